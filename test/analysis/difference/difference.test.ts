import { differences } from "../../../analysis/difference/difference";
import type { StackInput } from "../../../core/stack/schema";
import { planOf } from "../verify/plans";

const cp1 = {
  name: "cp1",
  roles: ["control-plane", "etcd"] as ("control-plane" | "etcd")[],
  address: "10.100.0.20",
  podCIDRs: ["10.244.0.0/24"],
};
const w1 = { name: "w1", address: "10.100.0.21", podCIDRs: ["10.244.1.0/24"] };
const pinned: Partial<StackInput> = { nodes: [cp1, w1] };

/** `KIND WHAT: BEFORE -> AFTER [CLASS]` of each difference. */
function lines(before: Partial<StackInput>, after: Partial<StackInput>): string[] {
  return differences(planOf({ ...pinned, ...before }), planOf({ ...pinned, ...after })).map(
    ({ kind, what, before: old, after: now, class: verdict }) =>
      `${kind} ${what}: ${[old, now].filter((value) => value !== undefined).join(" -> ")} [${verdict}]`,
  );
}
/** Changes of section `cluster` alone. */
const ofCluster = (before: StackInput["cluster"], after: StackInput["cluster"]) =>
  lines({ cluster: { serviceCIDRs: ["10.96.0.0/16"], ...before } }, { cluster: { serviceCIDRs: ["10.96.0.0/16"], ...after } });

test("a plan and itself", () => {
  expect(lines({}, {})).toEqual([]);
});

test("a pod range grows in place when the new one contains it, and is refused elsewhere", () => {
  expect(ofCluster({ podCIDRs: ["10.244.0.0/17"] }, { podCIDRs: ["10.244.0.0/16"] })).toEqual([
    "changed pod ranges: 10.244.0.0/17 -> 10.244.0.0/16 [in place]",
  ]);
  expect(ofCluster({ podCIDRs: ["10.244.0.0/16"] }, { podCIDRs: ["10.244.0.0/17"] })).toEqual([
    "changed pod ranges: 10.244.0.0/16 -> 10.244.0.0/17 [in place]",
  ]);
  expect(
    lines(
      {},
      {
        cluster: { podCIDRs: ["10.32.0.0/16"], serviceCIDRs: ["10.97.0.0/16"] },
        nodes: [
          { ...cp1, podCIDRs: ["10.32.0.0/24"] },
          { ...w1, podCIDRs: ["10.32.1.0/24"] },
        ],
      },
    ).filter((line) => !line.includes("flow")),
  ).toEqual([
    "changed pod ranges: 10.244.0.0/16 -> 10.32.0.0/16 [refuse]",
    "changed service ranges: 10.96.0.0/16 -> 10.97.0.0/16 [refuse]",
    "changed node cp1's pod range: 10.244.0.0/24 -> 10.32.0.0/24 [refuse]",
    "changed node w1's pod range: 10.244.1.0/24 -> 10.32.1.0/24 [refuse]",
  ]);
});

test("a node whose range is computed is told to be pinned when its range would move", () => {
  const nodes = [cp1, { name: "w1", address: "10.100.200.21" }];
  const [, moved] = differences(
    planOf({ cluster: { podCIDRs: ["10.244.0.0/21"], serviceCIDRs: ["10.96.0.0/16"] }, nodes }),
    planOf({ cluster: { podCIDRs: ["10.244.0.0/16"], serviceCIDRs: ["10.96.0.0/16"] }, nodes }),
  );
  expect(moved).toEqual({
    kind: "changed",
    what: "node w1's pod range",
    before: "10.244.5.0/24",
    after: "10.244.21.0/24",
    class: "refuse",
    effect: "a Node object's part never changes.",
    recipe: "Pin what it has (podCIDRs: [10.244.5.0/24]), or take the node out and let it join again: drain, delete, kubeadm reset, join.",
  });
});

test("sizes, services, domain and families are refused, each with its recipe", () => {
  const found = differences(
    planOf(pinned),
    planOf({
      nodes: [
        { ...cp1, podCIDRs: ["10.244.0.0/25"] },
        { ...w1, podCIDRs: ["10.244.1.0/25"] },
      ],
      cluster: { nodeMaskSizes: [25], serviceCIDRs: ["10.112.0.0/16"], domain: "corp.local" },
    }),
  ).filter(({ what }) => !what.startsWith("node "));
  expect(found.map(({ what, class: verdict, recipe }) => [what, verdict, recipe?.split(":")[0]])).toEqual([
    ["service ranges", "refuse", "Keep the range and add a second one"],
    [
      "domain",
      "refuse",
      "Have CoreDNS serve both for a time (kubernetes cluster.local corp.local in dns's Corefile), give kubelets clusterDomain",
    ],
  ]);
  expect(
    lines(
      {},
      {
        cluster: { serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"], podCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"] },
        nodes: [cp1, w1].map((node, index) => ({ ...node, address: [node.address, `fd00::${index + 1}`] })),
      },
    ),
  ).toContain("added pod ranges: 10.244.0.0/16 -> 10.244.0.0/16, fd00:10:244::/56 [refuse]");
});

test("services beyond the first range: ServiceCIDR objects from 1.33 on", () => {
  const recipe = (kubernetes: string) =>
    differences(
      planOf({ ...pinned, cluster: { kubernetes, serviceCIDRs: ["10.96.0.0/24"] } }),
      planOf({ ...pinned, cluster: { kubernetes, serviceCIDRs: ["10.96.0.0/16"] } }),
    )[0]?.recipe;
  expect(recipe("1.33")).toMatch(/^Keep the range and add a second one: cluster\.additionalServiceCIDRs\./);
  expect(recipe("1.32")).toMatch(/^ServiceCIDR objects add a range from Kubernetes 1\.33 on: upgrade first\./);
});

test("an additional range of services comes in place, and goes with the services in it", () => {
  const cluster = { serviceCIDRs: ["10.96.0.0/16"] };
  const more = { cluster: { ...cluster, additionalServiceCIDRs: ["10.112.0.0/16"] } };
  expect(lines({ cluster }, more)).toEqual(["added additional service ranges: none -> 10.112.0.0/16 [in place]"]);
  expect(lines(more, { cluster })).toEqual(["removed additional service ranges: 10.112.0.0/16 -> none [disruptive]"]);
});

test("pod network, backend, proxy and MTU", () => {
  const notFlows = (before: Partial<StackInput>, after: Partial<StackInput>) =>
    lines(before, after).filter((line) => !/^\S+ flow:/.test(line));
  expect(notFlows({ cni: { provider: "bridge" } }, { cni: { provider: "vxlan" } })).toEqual([
    "changed pod network: bridge -> vxlan [rolling]",
    "changed pods' MTU: 1500 -> 1450 [rolling]",
  ]);
  expect(notFlows({ cni: { provider: "bridge" } }, { cni: { provider: "calico" } })[0]).toBe(
    "changed pod network: bridge -> calico [disruptive]",
  );
  expect(notFlows({ cni: { provider: "flannel" } }, { cni: { provider: "flannel", flannel: { backend: "host-gw" } } })).toEqual([
    "changed flannel's backend: vxlan -> host-gw [disruptive]",
    "changed pods' MTU: 1450 -> 1500 [rolling]",
  ]);
  expect(notFlows({ proxy: { mode: "iptables" } }, { proxy: { mode: "nftables" } })).toEqual([
    "changed kube-proxy's mode: iptables -> nftables [rolling]",
  ]);
  expect(notFlows({ proxy: { mode: "ipvs" } }, { proxy: { mode: "nftables" } })).toEqual([
    "changed kube-proxy's mode: ipvs -> nftables [disruptive]",
  ]);
});

test("what goes comes first: a node, a flow; then what comes", () => {
  const allow = (port: number) => ({
    admin: ["10.100.0.1/32"],
    allow: [{ from: "10.9.0.0/16", to: "workers" as const, tcp: [port], why: "node exporter" }],
  });
  const w2 = { name: "w2", address: "10.100.0.22", podCIDRs: ["10.244.2.0/24"] };
  expect(lines({ nodes: [cp1, w1], firewall: allow(9100) }, { nodes: [cp1, w2], firewall: allow(9101) })).toEqual([
    "removed node w1: worker at 10.100.0.21, pods 10.244.1.0/24 [disruptive]",
    "removed flow: 10.9.0.0/16 to worker nodes, tcp 9100 [rolling]",
    "added node w2: worker at 10.100.0.22, pods 10.244.2.0/24 [rolling]",
    "added flow: 10.9.0.0/16 to worker nodes, tcp 9101 [rolling]",
  ]);
});
