import { obstacles } from "../../../components/cni/migration/obstacles";
import { type Seen, underWay } from "../../../components/cni/migration/progress";
import { planNetwork } from "../../../components/plan";
import { stackFile } from "../../support/stacks";

const { nodes } = planNetwork(stackFile("dev"));
const node = (name: string, podCIDR: string): Seen["nodes"][number] => ({
  name,
  podCIDRs: [podCIDR],
  isReady: true,
  isLabelled: false,
  isCordoned: false,
});
const fine: Seen = {
  agents: [{ name: "kube-flannel/kube-flannel-ds", isPinned: false }],
  nodes: [node("cp1", "10.244.10.0/24"), node("w1", "10.244.11.0/24")],
};
const [cp1, w1] = fine.nodes as [Seen["nodes"][number], Seen["nodes"][number]];

test("nothing is in the way", () => {
  expect(obstacles("kube-flannel", "vxlan", nodes, fine)).toEqual([]);
  expect(obstacles("bridge", "vxlan", nodes, { ...fine, agents: [], record: { provider: "bridge" } })).toEqual([]);
});

test("everything that is in the way, at once", () => {
  const seen: Seen = {
    change: { from: "weave", to: "bridge" },
    agents: [],
    nodes: [
      { ...cp1, isCordoned: true, isReady: false, podCIDRs: [] },
      { ...w1, podCIDRs: ["10.244.1.0/24"] },
      node("w9", "10.244.9.0/24"),
    ],
  };
  expect(obstacles("kube-flannel", "vxlan", nodes, seen)).toEqual([
    "A change from weave to bridge is under way. Bring it to its end first: plumbline migrate --run --from weave --to bridge",
    "cp1 is cordoned, and not by this command. Uncordon it, or where that was done for this change: kubectl annotate node cp1 plumbline.dev/cordoned-for=switch",
    "cp1 isn't Ready. See `kubectl describe node cp1`.",
    "cp1 has no pod range. Give kube-controller-manager --allocate-node-cidrs=true and --cluster-cidr with cluster.podCIDRs.",
    "w1 has the pod range 10.244.1.0/24, the plan 10.244.11.0/24. `plumbline adopt` writes the cluster's into the stack.",
    "w9 is a node of the cluster and not in the stack: it would be left without a pod network. Add it to nodes.",
  ]);
});

test("a node that is being changed may be down when it goes on", () => {
  const change = { from: "kube-flannel", to: "vxlan" } as const;
  const seen: Seen = { ...fine, change, nodes: [cp1, { ...w1, isReady: false, isCordoned: true, cordonedFor: "switch" }] };
  expect(obstacles("kube-flannel", "vxlan", nodes, seen)).toEqual([]);
});

test("a cluster that has another network than was said, or that is there already", () => {
  const without: Seen = { ...fine, agents: [] };
  expect(obstacles("calico", "vxlan", nodes, without)).toEqual([
    "The cluster has no calico: there is no DaemonSet calico-system/calico-node or DaemonSet kube-system/calico-node. Say with --from which network it has; `plumbline plan --cluster` looks.",
  ]);
  expect(obstacles("kube-flannel", "vxlan", nodes, { ...without, record: { provider: "vxlan" } })).toEqual([
    "The cluster has no kube-flannel: there is no DaemonSet kube-flannel/kube-flannel-ds. It has vxlan already; `plumbline verify` proves it.",
  ]);
  expect(obstacles("bridge", "vxlan", nodes, { ...without, record: { provider: "flannel" } })).toEqual([
    "The cluster has flannel, not bridge. Say so: --from flannel",
  ]);
  expect(obstacles("bridge", "vxlan", nodes, without)).toEqual([
    "The cluster has no record of bridge: apply the stack as it is once (`pulumi up`), before it changes.",
  ]);
});

test("preview and plan --cluster say that a change is under way, and which nodes are left", () => {
  const annotation = '{"from":"calico","to":"bridge","firewall":"enforce"}';
  expect(underWay(annotation, ["w2"])).toBe(
    "A change of the pod network from calico to bridge is under way.\nStill on calico: w2 (label plumbline.dev/former-pod-network).\n`plumbline migrate --run --from calico --to bridge` goes on where it stopped.",
  );
  expect([underWay(undefined, ["w2"]), underWay("by hand"), underWay('"x"')]).toEqual([undefined, undefined, undefined]);
});
