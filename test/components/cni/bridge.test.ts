import path from "node:path";
import { planNetwork } from "../../../components/plan";
import type { FileItem } from "../../../core/hostItems/settings";
import type { Stack } from "../../../core/stack/schema";
import { expectGolden } from "../../support/golden";
import { stackFile, stackWith } from "../../support/stacks";

function items(stack: Stack, name: string) {
  const plan = planNetwork(stack);
  return plan.nodes.filter((node) => node.name === name).flatMap((node) => plan.hostItems(node));
}

function conflist(stack: Stack, name: string): FileItem {
  const [file, ...more] = items(stack, name).filter((item): item is FileItem => item.kind === "file" && item.path.endsWith(".conflist"));
  if (!file || more.length > 0) throw new Error("not one conflist");
  return file;
}

test("the conflist of a dual-stack node", () => {
  const file = conflist(stackFile("prod-example"), "w1");
  expect({ ...file, content: "" }).toEqual({ kind: "file", path: "/etc/cni/net.d/10-plumbline.conflist", mode: "0644", content: "" });
  expectGolden(path.join(__dirname, "golden", "prod-example-w1.conflist"), file.content);
});

test("the conflist of the lab: one family, the stack's bridge and MTU, the runtime's directory", () => {
  const stack = stackWith({ cni: { confDir: "/etc/cni/other.d", bridge: { name: "br-pods" }, mtu: 1450 } });
  const file = conflist(stack, "w1");
  expect(file.path).toBe("/etc/cni/other.d/10-plumbline.conflist");
  expect(JSON.parse(file.content)).toMatchObject({
    plugins: [{ bridge: "br-pods", mtu: 1450, ipam: { ranges: [[{ subnet: "10.244.21.0/24" }]], routes: [{ dst: "0.0.0.0/0" }] } }, {}],
  });
});

test("the conflist has what version 1.0.0 of the CNI specification asks for, and only keys that it knows", () => {
  const config = JSON.parse(conflist(stackFile("lab"), "w1").content) as Record<string, unknown> & { plugins: Record<string, unknown>[] };
  // "Section 1: Network configuration format": name, cniVersion and plugins; disableCheck is the one other key of 1.0.0.
  expect(Object.keys(config).filter((key) => !["cniVersion", "name", "disableCheck", "plugins"].includes(key))).toEqual([]);
  expect(config.cniVersion).toBe("1.0.0");
  expect(config.name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/);
  expect(config.plugins.length).toBeGreaterThan(0);
  const types = config.plugins.flatMap((plugin) => [plugin.type, ...(plugin.ipam ? [(plugin.ipam as { type: string }).type] : [])]);
  for (const type of types) expect(type).toMatch(/^[a-z0-9-]+$/);
  // Whatever the configuration calls has to be on the host; the runtime calls loopback by itself.
  const required = items(stackFile("lab"), "w1").flatMap((item) =>
    item.kind === "require" && item.what === "cni-plugin" ? [item.value] : [],
  );
  expect([...required].sort()).toEqual([...types, "loopback"].sort());
});

test("the runtime has to read the directory that the conflist goes to", () => {
  expect(items(stackWith({ cni: { confDir: "/etc/cni/other.d" } }), "w1")).toContainEqual({
    kind: "require",
    what: "cni-conf-dir",
    value: "/etc/cni/other.d",
  });
});

test.each([
  ["IPv4", stackFile("lab"), ["net.ipv4.ip_forward", "net.bridge.bridge-nf-call-iptables"]],
  [
    "dual stack",
    stackFile("prod-example"),
    ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables"],
  ],
])("forwarding, and service translation for pods of one bridge: %s", (_, stack, keys) => {
  expect(items(stack, "w1").flatMap((item) => (item.kind === "sysctl" ? [`${item.key}=${item.value}`] : []))).toEqual(
    keys.map((key) => `${key}=1`),
  );
});
