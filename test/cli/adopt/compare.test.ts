import { compareWithCluster } from "../../../cli/adopt/compare";
import type { LiveCluster, LiveNode } from "../../../cli/adopt/live";
import { Address, Cidr } from "../../../core/cidr";
import { lenientSchema, type StackInput } from "../../../core/stack/schema";

const liveNode = (name: string, addresses: string[], podCIDRs: string[], roles: LiveNode["roles"] = ["worker"]): LiveNode => ({
  name,
  roles,
  addresses: addresses.map(Address.parse),
  podCIDRs: podCIDRs.map(Cidr.parse),
});

const live = (nodes: LiveNode[], rest: Partial<LiveCluster> = {}): LiveCluster => ({
  kubernetes: "1.34",
  podCIDRs: [Cidr.parse("10.244.0.0/16")],
  serviceCIDRs: [Cidr.parse("10.96.0.0/12")],
  domain: "cluster.local",
  proxyMode: "iptables",
  nodes,
  ...rest,
});

const always = () => true;
const never = () => false;
const stack = (input: Partial<StackInput>) => lenientSchema.parse(input);
const w1 = { name: "w1", address: "10.0.0.2", podCIDRs: ["10.244.1.0/24"] };
const liveW1 = liveNode("w1", ["10.0.0.2"], ["10.244.1.0/24"]);

test("nothing differs", () => {
  expect(compareWithCluster(stack({ nodes: [w1] }), live([liveW1]), never)).toEqual({ changes: [], findings: [] });
});

test("a node without a pin gets one, even where the computed range is the same", () => {
  const unpinned = stack({ nodes: [{ name: "w1", address: "10.0.0.2" }] });
  expect(compareWithCluster(unpinned, live([liveW1]), never).changes).toEqual([
    { path: ["nodes", 0, "podCIDRs"], declared: "10.244.2.0/24 (computed)", live: "10.244.1.0/24", value: ["10.244.1.0/24"] },
  ]);
  expect(compareWithCluster(unpinned, live([liveNode("w1", ["10.0.0.2"], ["10.244.2.0/24"])]), never).changes).toMatchObject([
    { path: ["nodes", 0, "podCIDRs"], value: ["10.244.2.0/24"] },
  ]);
});

test("the cluster wins in what Plumbline can't change", () => {
  const declared = stack({ cluster: { kubernetes: "1.33", domain: "a.example", serviceCIDRs: ["10.97.0.0/16"] }, nodes: [w1] });
  const found = live([liveW1], { nodePorts: "20000-22000", podCIDRs: [Cidr.parse("10.244.0.0/15")] });
  const says = (path: readonly unknown[]) => path.join(".") !== "cluster.podCIDRs";
  expect(compareWithCluster(declared, found, says).changes).toEqual([
    { path: ["cluster", "kubernetes"], declared: "1.33", live: "1.34", value: "1.34" },
    { path: ["cluster", "domain"], declared: "a.example", live: "cluster.local", value: "cluster.local" },
    { path: ["cluster", "podCIDRs"], declared: "10.244.0.0/16 (default)", live: "10.244.0.0/15", value: ["10.244.0.0/15"] },
    { path: ["cluster", "serviceCIDRs"], declared: "10.97.0.0/16", live: "10.96.0.0/12", value: ["10.96.0.0/12"] },
    { path: ["proxy", "nodePorts"], declared: "30000-32767", live: "20000-22000", value: "20000-22000" },
  ]);
});

test("ranges of services that were added to the cluster come over; those that are the stack's alone stay", () => {
  const ranges = (...additionalServiceCIDRs: string[]) => stack({ cluster: { additionalServiceCIDRs }, nodes: [w1] });
  const found = live([liveW1], { additionalServiceCIDRs: [Cidr.parse("10.112.0.0/16")] });
  const path = ["cluster", "additionalServiceCIDRs"];
  expect(compareWithCluster(ranges(), found, never).changes).toEqual([
    { path, declared: "none (default)", live: "10.112.0.0/16", value: ["10.112.0.0/16"] },
  ]);
  expect(compareWithCluster(ranges("10.128.0.0/16"), found, always).changes).toEqual([
    { path, declared: "10.128.0.0/16", live: "10.128.0.0/16, 10.112.0.0/16", value: ["10.128.0.0/16", "10.112.0.0/16"] },
  ]);
  expect(compareWithCluster(ranges("10.128.0.0/16", "10.112.0.0/16"), found, always).changes).toEqual([]);
});

test("kube-proxy's mode is the stack's to say: adopted only where the stack is silent", () => {
  const found = live([liveW1], { proxyMode: "ipvs" });
  expect(compareWithCluster(stack({ nodes: [w1] }), found, never)).toEqual({
    changes: [{ path: ["proxy", "mode"], declared: "iptables (default)", live: "ipvs", value: "ipvs" }],
    findings: [],
  });
  expect(compareWithCluster(stack({ nodes: [w1], proxy: { mode: "nftables" } }), found, always)).toEqual({
    changes: [],
    findings: [
      {
        severity: "info",
        path: ["proxy", "mode"],
        message: "kube-proxy runs in mode ipvs; `pulumi up` will change it to nftables.",
        mend: "",
      },
    ],
  });
});

test("node masks are seen from the nodes' ranges", () => {
  const found = live([liveNode("w1", ["10.0.0.2"], ["10.244.1.0/26"])]);
  expect(compareWithCluster(stack({ nodes: [{ ...w1, podCIDRs: ["10.244.1.0/26"] }] }), found, never).changes).toEqual([
    { path: ["cluster", "nodeMaskSizes"], declared: "24", live: "26", value: [26] },
  ]);
});

test("nodes: by name, else by address; new ones are added, unknown ones reported", () => {
  const declared = stack({
    nodes: [
      { name: "cp1.example", address: "10.0.0.1", podCIDRs: ["10.244.0.0/24"] },
      { name: "gone", address: "10.0.0.77" },
    ],
  });
  const found = live([
    liveNode("cp1", ["10.0.0.1"], ["10.244.0.0/24"], ["control-plane", "etcd"]),
    liveNode("w2", ["10.0.0.3", "fd00::3"], ["10.244.2.0/24"]),
  ]);
  expect(compareWithCluster(declared, found, never)).toEqual({
    changes: [
      { path: ["nodes", 0, "name"], declared: "cp1.example", live: "cp1", value: "cp1" },
      { path: ["nodes", 0, "roles"], declared: "worker", live: "control-plane, etcd", value: ["control-plane", "etcd"] },
      {
        path: ["nodes", 2],
        declared: "",
        live: "w2 (worker) at 10.0.0.3, fd00::3, pods 10.244.2.0/24",
        value: { name: "w2", roles: ["worker"], address: ["10.0.0.3", "fd00::3"], podCIDRs: ["10.244.2.0/24"] },
      },
    ],
    findings: [
      {
        severity: "warning",
        path: ["nodes", 1],
        message: "the cluster has no node gone.",
        mend: "It has cp1, w2. Let the host join, or take it out of the stack.",
      },
    ],
  });
});

test("an address of a family that the kubelet doesn't report stays", () => {
  const dual = stack({ nodes: [{ ...w1, address: ["10.0.0.2", "fd00::2"] }] });
  expect(compareWithCluster(dual, live([liveW1]), never).changes).toEqual([]);
  expect(compareWithCluster(dual, live([liveNode("w1", ["10.0.0.9"], ["10.244.1.0/24"])]), never).changes).toEqual([
    { path: ["nodes", 0, "address"], declared: "10.0.0.2, fd00::2", live: "10.0.0.9, fd00::2", value: ["10.0.0.9", "fd00::2"] },
  ]);
});

test("a cluster without pod ranges is a warning", () => {
  const found = { ...live([liveNode("w1", ["10.0.0.2"], [])]), podCIDRs: undefined };
  expect(compareWithCluster(stack({ nodes: [w1] }), found, never).findings).toMatchObject([
    { severity: "warning", message: "the cluster gives its nodes no pod ranges." },
  ]);
});
