import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../run";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-service-lint-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, ports: string): string {
  const target = path.join(folder, name);
  writeFileSync(target, `apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  ports: ${ports}\n`);
  return target;
}

test("fine and bad, for people and for machines", async () => {
  const good = file("good.yaml", "[{ port: 80 }]");
  const bad = file("bad.yaml", "[{ port: 80, nodePort: 30080 }]");
  expect(await run("service", "lint", good)).toEqual({ code: 0, stdout: `${good} is fine.\n`, stderr: "" });
  const message = "can't be together with type ClusterIP: the API server refuses that.";
  const mend = "Write type: NodePort, or remove it.";
  expect(await run("service", "lint", good, bad)).toEqual({
    code: 1,
    stdout: `${bad}:6:23  service spec.ports[0].nodePort: ${message}\n  ${mend}\n${good} is fine.\n${bad} has 1 error.\n`,
    stderr: "",
  });
  const { code, stdout } = await run("service", "lint", bad, "--json");
  expect({ code, json: JSON.parse(stdout) }).toEqual({
    code: 1,
    json: {
      findings: [{ severity: "error", file: bad, path: "spec.ports[0].nodePort", line: 6, column: 23, plugin: "service", message, mend }],
    },
  });
});

test("a file that isn't there", async () => {
  const missing = path.join(folder, "missing.yaml");
  expect(await run("service", "lint", missing)).toEqual({
    code: 2,
    stdout: "",
    stderr: `${missing} can't be read: there is no such file.\n`,
  });
});
