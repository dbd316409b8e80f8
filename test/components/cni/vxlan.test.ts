import { renderBundle } from "../../../components/node/bundle";
import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import type { HostItem } from "../../../core/host";
import { parseStack, requireStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";

const kinds: readonly HostItem["kind"][] = ["link", "address", "neighbour", "fdb", "route"];

const input = {
  cluster: { podCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"], serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"] },
  nodes: [
    { name: "cp1", roles: ["control-plane", "etcd"], address: ["192.168.0.20", "fd00:1::20"] },
    { name: "w1", address: ["192.168.0.21", "fd00:1::21"] },
  ] as [StackInput["nodes"][number], StackInput["nodes"][number]],
  ssh: { agent: true },
  cni: { provider: "vxlan", vxlan: { port: 8472, vni: 42 } },
} satisfies StackInput;

const planOf = (changes: Partial<StackInput> = {}) => planNetwork(requireStack(parseStack({ ...input, ...changes })));

const [cp1, w1] = input.nodes;

/** The lines of a node's bundle that are about the tunnel; hardware addresses by the node that has them. */
function tunnel(plan: ReturnType<typeof planOf>, name: string): string[] {
  const node = plan.nodes.find((one) => one.name === name);
  if (!node) throw new Error(`no node ${name}`);
  const items = plan.hostItems(node).filter(({ kind }) => kinds.includes(kind));
  const macs = new Map(
    plan.nodes.flatMap((one) => plan.hostItems(one).flatMap((item) => (item.kind === "link" ? [[item.mac, `<${one.name}>`]] : []))) as [
      string,
      string,
    ][],
  );
  const text = renderBundle({ node: name, confirmTimeoutSeconds: 60, items });
  return text
    .trim()
    .split("\n")
    .slice(3)
    .map((line) => line.replace(/02(:[0-9a-f]{2}){5}/, (mac) => macs.get(mac) ?? mac));
}

test("what a host of a dual-stack tunnel gets: each peer's underlay address, hardware address and pod ranges", () => {
  expect(tunnel(planOf(), "w1")).toEqual([
    "link plumbline0 mtu 1450 address <w1> type vxlan id 42 local 192.168.0.21 dstport 8472 nolearning",
    "address 10.244.21.0/32 dev plumbline0",
    "address fd00:10:244:15::/128 dev plumbline0",
    "neighbour 10.244.20.0 lladdr <cp1> dev plumbline0",
    "neighbour fd00:10:244:14:: lladdr <cp1> dev plumbline0",
    "fdb <cp1> dst 192.168.0.20 dev plumbline0",
    "route 10.244.0.0/16 blackhole",
    "route 10.244.20.0/24 via 10.244.20.0 dev plumbline0 onlink",
    "route fd00:10:244::/56 blackhole",
    "route fd00:10:244:14::/64 via fd00:10:244:14:: dev plumbline0 onlink",
  ]);
});

test("over IPv6 the tunnel takes 70 bytes", () => {
  const plan = planOf({
    nodes: [
      { name: "cp1", roles: ["control-plane", "etcd"], address: ["fd00:1::20", "192.168.0.20"] },
      { name: "w1", address: ["fd00:1::21", "192.168.0.21"] },
    ],
  });
  expect(tunnel(plan, "w1")).toContain("link plumbline0 mtu 1430 address <w1> type vxlan id 42 local fd00:1::21 dstport 8472 nolearning");
  expect(tunnel(plan, "w1")).toContain("fdb <cp1> dst fd00:1::20 dev plumbline0");
});

test("the hardware address is the node's own, whatever else is in the stack", () => {
  const mac = (plan: ReturnType<typeof planOf>, name: string) =>
    plan.nodes
      .filter((node) => node.name === name)
      .flatMap((node) => plan.hostItems(node).flatMap((item) => (item.kind === "link" ? [item.mac] : [])));
  const more = planOf({ nodes: [{ name: "w0", address: ["192.168.0.30", "fd00:1::30"] }, ...input.nodes] });
  expect(mac(more, "w1")).toEqual(mac(planOf(), "w1"));
  expect(new Set(["w0", "w1", "cp1"].flatMap((name) => mac(more, name))).size).toBe(3);
});

test("the tunnel's port is open between nodes, and for nobody else", () => {
  expect(planOf().flows.filter(({ part }) => part === "cni/vxlan")).toEqual([
    {
      part: "cni/vxlan",
      from: { kind: "nodes" },
      to: { kind: "nodes" },
      protocol: "udp",
      ports: [{ from: 8472, to: 8472 }],
      why: "VXLAN tunnel between nodes",
    },
  ]);
  const tables = (changes: Partial<StackInput>) => {
    const plan = planOf(changes);
    return plan.nodes.flatMap((node) => plan.hostItems(node).flatMap((item) => (item.kind === "nftables" ? [item.table] : []))).join();
  };
  expect(tables({})).toContain("ip saddr @nodes_v4 udp dport 8472 accept");
  expect(tables({ cni: { provider: "bridge" } })).not.toContain("8472");
});

test("pods reach nodes with their own node's address: the LAN carries no pod addresses", () => {
  const masquerade = (provider: "vxlan" | "bridge") => {
    const plan = planOf({ cni: { provider } });
    const text = plan.nodes
      .filter(({ name }) => name === "w1")
      .flatMap((node) => plan.hostItems(node))
      .flatMap((item) => (item.kind === "nftables" ? [item.table] : []))
      .join();
    return text
      .split("\n")
      .filter((line) => line.includes("ip saddr") && line.includes("masquerade"))
      .map((line) => line.trim().replace(/ comment.*/, ""));
  };
  expect(masquerade("vxlan")).toEqual(["ip saddr 10.244.21.0/24 ip daddr != @pods_v4 ip daddr != 224.0.0.0/4 masquerade"]);
  expect(masquerade("bridge")).toEqual([
    "ip saddr 10.244.21.0/24 ip daddr != @pods_v4 ip daddr != @nodes_v4 ip daddr != 224.0.0.0/4 masquerade",
  ]);
});

test("nodes whose first addresses are of different families have no tunnel between them", () => {
  const findings = planOf({
    nodes: [cp1, { ...w1, address: ["fd00:1::21", "192.168.0.21"] }],
  }).findings;
  expect(findings.map((finding) => showFinding(finding))).toEqual([
    "nodes[1].address: w1's first address fd00:1::21 is IPv6, that of cp1 is IPv4: a tunnel has one family.\n  Give the IPv4 address first.",
  ]);
});
