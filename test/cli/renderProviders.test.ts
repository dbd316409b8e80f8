import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expectGoldenFolder } from "./golden";
import { run } from "./run";
import { inProject } from "./stacks";

inProject();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-render-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// The stack dev with each pod network: one worker, and the network's own objects.
test.each([
  ["vxlan", "{ provider: vxlan }"],
  ["flannel", "{ provider: flannel }"],
  ["calico", "{ provider: calico, calico: { bgpPeers: [{ address: 192.168.56.1, asNumber: 64513 }] } }"],
  ["cilium", "{ provider: cilium }"],
])("render with %s", async (name, cni) => {
  const stack = path.join(folder, "stack.yaml");
  const out = path.join(folder, "out");
  writeFileSync(stack, readFileSync("stacks/Pulumi.dev.yaml", "utf8").replace("config:\n", `config:\n  plumbline:cni: ${cni}\n`));
  expect(await run("render", "--stack", stack, "--out", out)).toMatchObject({ code: 0, stderr: "" });
  rmSync(path.join(out, ".plumbline-render"));
  rmSync(path.join(out, "hosts", "cp1"), { recursive: true });
  for (const file of readdirSync(path.join(out, "manifests"))) if (!file.includes("-cni-")) rmSync(path.join(out, "manifests", file));
  expectGoldenFolder(`providers/${name}`, out);
});
