import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "./run";
import { inProject, stacks } from "./stacks";

inProject();

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-check-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stackFile(text: string): string {
  const file = path.join(folder, "Pulumi.test.yaml");
  writeFileSync(file, text);
  return file;
}

test.each(stacks)("the stack %s is fine", async (stack) => {
  expect(await run("check", "--stack", stack, "--json")).toEqual({ code: 0, stdout: '{\n  "findings": []\n}\n', stderr: "" });
});

test("a friendly line when all is fine; the stack lab unless told otherwise", async () => {
  expect(await run("check")).toEqual({
    code: 0,
    stdout: "stacks/Pulumi.lab.yaml is fine: 3 nodes, pods 10.244.0.0/16 (bridge), services 10.96.0.0/16 (nftables).\n",
    stderr: "",
  });
});

const overlapping = `config:
  plumbline:cluster:
    podCIDRs: [10.244.0.0/16]
    serviceCIDRs: [10.244.128.0/17]
  plumbline:ssh: { agent: true }
  plumbline:nodes:
    - { name: cp1, roles: [control-plane, etcd], address: 10.0.0.1 }
`;

test("mistakes with their places, exit code 1", async () => {
  const file = stackFile(overlapping);
  expect(await run("check", "--stack", file)).toEqual({
    code: 1,
    stdout:
      `${file}:4:20  cluster.serviceCIDRs[0]: 10.244.128.0/17 overlaps cluster.podCIDRs[0] 10.244.0.0/16.\n` +
      "  Give services a range of their own, for example 10.96.0.0/16.\n" +
      `${file} has 1 error.\n`,
    stderr: "",
  });
});

test("mistakes for machines", async () => {
  const { code, stdout } = await run("check", "--json", "--stack", stackFile(overlapping));
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    findings: [
      {
        severity: "error",
        path: "cluster.serviceCIDRs[0]",
        line: 4,
        column: 20,
        message: "10.244.128.0/17 overlaps cluster.podCIDRs[0] 10.244.0.0/16.",
        mend: "Give services a range of their own, for example 10.96.0.0/16.",
      },
    ],
  });
});

test("what the plan has to say is there too, with its place; warnings are no failure", async () => {
  const nodes = Array.from(
    { length: 251 },
    (_, index) => `    - { name: n${index}, roles: [control-plane, etcd], address: 10.0.${index >> 8}.${index & 255} }\n`,
  );
  const file = stackFile(
    `config:\n  plumbline:cluster: { podCIDRs: [10.128.0.0/11] }\n  plumbline:ssh: { agent: true }\n  plumbline:cni: { provider: bridge }\n  plumbline:nodes:\n${nodes.join("")}`,
  );
  const { code, stdout } = await run("check", "--json", "--stack", file);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).findings).toMatchObject([{ severity: "warning", path: "cni.provider", line: 4, column: 20 }]);
});

test("a file that isn't there can't be checked", async () => {
  const { code, stdout, stderr } = await run("check", "--stack", "./nowhere.yaml");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe("./nowhere.yaml can't be read (ENOENT). Name a stack of stacks/ or a file with --stack.\n");
});

test("broken YAML is a mistake like any other", async () => {
  const { code, stdout } = await run("check", "--json", "--stack", stackFile("config:\n\tplumbline:nodes: []\n"));
  expect(code).toBe(1);
  expect(JSON.parse(stdout).findings).toMatchObject([{ severity: "error", line: 2, mend: "Indent with spaces." }]);
});
