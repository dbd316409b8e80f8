import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeStack } from "../../../../cli/migrate/run/write";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-write-"));
  file = path.join(folder, "Pulumi.x.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stack = (cni: string) => `# Ours.
config:
  plumbline:nodes:
    - { name: cp1, roles: [control-plane, etcd], address: 192.168.0.20 } # rack 1
    - { name: w1, address: 192.168.0.21 }
  plumbline:ssh: { privateKeyFile: id }
${cni}`;

test.each([
  [
    "a section that isn't there",
    "",
    { cni: { provider: "vxlan", alongside: "flannel", takeover: true }, firewall: { mode: "off" } },
    // YAML 1.1, which Pulumi's engine reads, takes off without quotes for false.
    '  plumbline:cni: { provider: vxlan, alongside: flannel, takeover: true }\n  plumbline:firewall: { mode: "off" }\n',
  ],
  [
    "on one line, alongside last",
    "  plumbline:cni: {provider: vxlan, takeover: true, alongside: flannel} # under way\n",
    { cni: { provider: "vxlan", takeover: true } },
    "  plumbline:cni: {provider: vxlan, takeover: true} # under way\n",
  ],
  [
    "on one line, alongside first, another provider",
    "  plumbline:cni: {alongside: vxlan, provider: bridge}\n",
    { cni: { provider: "vxlan" } },
    "  plumbline:cni: {provider: vxlan}\n",
  ],
  [
    "lines of their own",
    "  plumbline:cni:\n    provider: vxlan # new\n    alongside: flannel # old\n    mtu: 1400\n",
    { cni: { provider: "vxlan", takeover: true } },
    "  plumbline:cni:\n    provider: vxlan # new\n    mtu: 1400\n    takeover: true\n",
  ],
  [
    "lines of their own, alongside last",
    "  plumbline:cni:\n    provider: vxlan\n    alongside: flannel\n",
    { cni: { provider: "vxlan" } },
    "  plumbline:cni:\n    provider: vxlan\n",
  ],
])("%s: only what differs changes, comments stay", (_name, before, sections, after) => {
  writeFileSync(file, stack(before));
  expect(writeStack(file, sections)).toBe(true);
  expect(readFileSync(file, "utf8")).toBe(stack(after));
  expect(writeStack(file, sections)).toBe(false);
});

test("a stack that can't be edited: what to write, and nothing is changed", () => {
  const base = "base: &base { alongside: flannel }\n";
  const text = base + stack("  plumbline:cni: { <<: *base, provider: vxlan }\n");
  writeFileSync(file, text);
  expect(() => writeStack(file, { cni: { provider: "vxlan", takeover: true } })).toThrow(
    `${file} can't be changed here: what is taken away is not in the stack file. Write it yourself, cni.alongside only where it is said, and run this again:\n  plumbline:cni: {"provider":"vxlan","takeover":true}`,
  );
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("a value that makes a mistake of the stack is not written", () => {
  const text = stack("  plumbline:cni: {provider: bridge, mtu: 1480}\n");
  writeFileSync(file, text);
  expect(() => writeStack(file, { cni: { provider: "wrong" } })).toThrow("cni.provider");
  expect(readFileSync(file, "utf8")).toBe(text);
});
