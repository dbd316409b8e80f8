import { stripVTControlCharacters } from "node:util";
import type { V1DaemonSet, V1Namespace, V1Pod } from "@kubernetes/client-node";
import { networkChange, showNetworkChange } from "../../../cli/plan/change";
import { liveNetwork } from "../../../cli/plan/live";
import { recordAnnotation } from "../../../components/cni/migration/record";
import { planNetwork } from "../../../components/plan";

import { stackWith } from "../../support/stacks";

const system = (record?: object): V1Namespace => ({
  metadata: { name: "kube-system", ...(record ? { annotations: { [recordAnnotation]: JSON.stringify(record) } } : {}) },
});
const daemonSet = (namespace: string, name: string): V1DaemonSet => ({ metadata: { namespace, name } });
const pod = (name: string, nodeName: string | undefined, more: Partial<V1Pod["spec"]> = {}, phase = "Running"): V1Pod => ({
  metadata: { namespace: "web", name },
  spec: { containers: [], ...(nodeName ? { nodeName } : {}), ...more },
  status: { phase },
});
const pods = [
  pod("shop-2", "w1"),
  pod("shop-1", "w1"),
  pod("db", "cp1"),
  pod("proxy", "w1", { hostNetwork: true }),
  pod("waits", undefined),
  pod("job", "w1", {}, "Succeeded"),
];
const vxlan = planNetwork(stackWith({ cni: { provider: "vxlan" } }));

/** As `plumbline plan --cluster` shows it. */
function shown(...live: Parameters<typeof liveNetwork>): string {
  const found = liveNetwork(...live);
  return stripVTControlCharacters(showNetworkChange(networkChange(vxlan, found), found));
}

test("what a cluster has: the record, the agents of others, and the pods that have addresses of the pod network", () => {
  expect(liveNetwork(system({ provider: "bridge" }), [daemonSet("kube-system", "kube-proxy")], pods)).toEqual({
    annotation: '{"provider":"bridge"}',
    pods: [
      { node: "cp1", pods: ["web/db"] },
      { node: "w1", pods: ["web/shop-1", "web/shop-2"] },
    ],
  });
  const agents = [
    daemonSet("kube-system", "weave-net"),
    daemonSet("calico-system", "calico-node"),
    daemonSet("kube-system", "calico-node"),
    daemonSet("kube-system", "cilium"),
    daemonSet("kube-flannel", "kube-flannel-ds"),
    daemonSet("kube-system", "kube-flannel-ds"),
  ];
  expect(agents.map((agent) => liveNetwork(system(), [agent], []).foreign)).toEqual([
    "weave",
    "calico",
    "calico",
    "cilium",
    "kube-flannel",
    undefined,
  ]);
});

test("from a network of others': the pods that are made anew, by node", () => {
  const text = shown(system(), [daemonSet("kube-system", "weave-net")], pods);
  expect(text).toMatch(/^Change of the pod network\nThe pod network changes from weave to vxlan at once\.\nRestarts: all pods\./);
  expect(text).toContain(
    "`plumbline migrate --from weave --to vxlan` says what each step does.\n\nnode  pods that are made anew\ncp1   web/db\nw1    web/shop-1, web/shop-2",
  );
});

test("between our own networks no pod is named", () => {
  const text = shown(system({ provider: "bridge" }), [], pods);
  expect(text).toContain("The pod network changes from bridge to vxlan at once.\nNo pod restarts, but");
  expect(text).not.toContain("web/");
});

test("where nothing changes, and where nothing is known", () => {
  expect([shown(system({ provider: "vxlan" }), [], pods), shown(system(), [], pods)]).toEqual([
    "Change of the pod network\nNone: the cluster has this pod network.",
    "Change of the pod network\nNot known: the cluster has no record of the pod network that it has now. `pulumi up` writes one.",
  ]);
});

test("a change that is under way, and the nodes that it hasn't reached", () => {
  const namespace = system({ provider: "vxlan", alongside: "flannel" });
  const annotations = { ...namespace.metadata?.annotations, "plumbline.dev/pod-network-change": '{"from":"kube-flannel","to":"vxlan"}' };
  const labelled = [{ metadata: { name: "w2" } }, { metadata: { name: "cp1" } }];
  expect(shown({ ...namespace, metadata: { ...namespace.metadata, annotations } }, [], [], labelled)).toContain(
    `Change of the pod network
A change of the pod network from kube-flannel to vxlan is under way.
Still on kube-flannel: w2, cp1 (label plumbline.dev/former-pod-network).
\`plumbline migrate --run --from kube-flannel --to vxlan\` goes on where it stopped.
`,
  );
});
