import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { partFindings } from "../../components/plan";
import { readStackFile } from "../../core/stack/file";
import { versions } from "../../core/versions";
import { showFindings } from "../support/stacks";

const guide = readFileSync("docs/cni.md", "utf8");

test("the guide's table has the versions of the code", () => {
  const [, table = ""] = guide.split("\n## Versions\n");
  const rows = table
    .split("\n## ")[0]
    ?.split("\n")
    .filter((line) => /^\| [a-z-]+ \| v?\d/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(rows?.map(([, name, version, kubernetes]) => [name, version, kubernetes])).toEqual(
    Object.entries(versions).map(([name, pinned]) => [name, pinned.version, "kubernetes" in pinned ? pinned.kubernetes : "any"]),
  );
  for (const [, name, , , kernel] of rows ?? []) {
    const pinned = versions[name as keyof typeof versions];
    expect(kernel).toMatch("kernel" in pinned ? new RegExp(`^${pinned.kernel}$`) : /^any/);
  }
});

describe("the guide's examples of custom networks are fine", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "plumbline-cni-guide-"));
    const object = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: kube-router, namespace: kube-system}\n";
    writeFileSync(path.join(folder, "kube-router.yaml"), object);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const examples = [...guide.matchAll(/```yaml\n(plumbline:cni:\n[\s\S]*?)```/g)].map(([, text = ""]) => text);

  test("there are three", () => expect(examples).toHaveLength(3));

  test.each(examples)("%s", (text) => {
    const file = path.join(folder, "stack.yaml");
    const nodes = "[{name: cp1, roles: [control-plane, etcd], address: 10.0.0.1}, {name: w1, address: 10.0.0.2}]";
    const rest = `plumbline:nodes: ${nodes}\nplumbline:ssh: {agent: true}\nplumbline:cluster: {podCIDRs: [10.244.0.0/16]}\n`;
    writeFileSync(file, `config:\n${`${rest}${text}`.replaceAll(/^/gm, "  ")}`);
    expect(showFindings(readStackFile(file, partFindings))).toBe("no finding");
  });
});
