import type { V1ConfigMap, V1Node } from "@kubernetes/client-node";
import { liveCluster } from "../../../cli/adopt/live";

const internal = (...addresses: string[]) => [
  ...addresses.map((address) => ({ type: "InternalIP", address })),
  { type: "Hostname", address: "x" },
];

const controlPlane: V1Node = {
  metadata: { name: "cp1", labels: { "node-role.kubernetes.io/control-plane": "" } },
  spec: {
    podCIDRs: ["10.244.0.0/24", "fd00:10:244::/64"],
    taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
  },
  status: { addresses: internal("10.0.0.1", "fd00::1", "10.9.9.9") },
};
const worker: V1Node = { metadata: { name: "w1" }, spec: { podCIDRs: ["10.244.1.0/24"] }, status: { addresses: internal("10.0.0.2") } };

const configMap = (key: string, text: string): V1ConfigMap => ({ data: { [key]: text } });
const clusterConfiguration = (rest: string) =>
  configMap(
    "ClusterConfiguration",
    `networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/48", serviceSubnet: 10.96.0.0/12, dnsDomain: k.example }\n${rest}`,
  );

test("a kubeadm cluster", () => {
  const live = liveCluster({
    version: { major: "1", minor: "34" },
    nodes: [controlPlane, worker],
    etcdPods: [{ spec: { nodeName: "cp1", containers: [] } }],
    kubeadmConfig: clusterConfiguration("apiServer: { extraArgs: [{ name: service-node-port-range, value: 20000-22000 }] }"),
    kubeProxy: configMap("config.conf", "mode: nftables\n"),
    coreDns: configMap("Corefile", ".:53 {\n}\n"),
    serviceCIDRs: [{ metadata: { name: "kubernetes" }, spec: { cidrs: ["10.96.0.0/12"] } }],
  });
  expect(JSON.parse(JSON.stringify(live))).toEqual({
    kubernetes: "1.34",
    podCIDRs: ["10.244.0.0/16", "fd00:10:244::/48"],
    serviceCIDRs: ["10.96.0.0/12"],
    domain: "k.example",
    nodePorts: "20000-22000",
    proxyMode: "nftables",
    corefile: ".:53 {\n}\n",
    nodes: [
      {
        name: "cp1",
        roles: ["control-plane", "etcd"],
        addresses: ["10.0.0.1", "fd00::1"],
        podCIDRs: ["10.244.0.0/24", "fd00:10:244::/64"],
      },
      { name: "w1", roles: ["worker"], addresses: ["10.0.0.2"], podCIDRs: ["10.244.1.0/24"] },
    ],
  });
});

test("kubeadm before 1.31 writes arguments as a mapping; an empty mode is iptables", () => {
  const live = liveCluster({
    version: { major: "1", minor: "30" },
    nodes: [],
    etcdPods: [],
    kubeadmConfig: clusterConfiguration("apiServer: { extraArgs: { service-node-port-range: 20000-22000 } }"),
    kubeProxy: configMap("config.conf", 'mode: ""\n'),
    coreDns: undefined,
    serviceCIDRs: [],
  });
  expect(live).toMatchObject({ nodePorts: "20000-22000", proxyMode: "iptables" });
});

test("a cluster that kubeadm didn't make says less", () => {
  const live = liveCluster({
    version: { major: "1", minor: "33+" },
    nodes: [{ ...controlPlane, spec: {} }],
    etcdPods: [],
    kubeadmConfig: undefined,
    kubeProxy: undefined,
    coreDns: undefined,
    serviceCIDRs: [],
  });
  expect(JSON.parse(JSON.stringify(live))).toEqual({
    kubernetes: "1.33",
    // Without the taint it is a worker too; etcd runs elsewhere.
    nodes: [{ name: "cp1", roles: ["control-plane", "worker"], addresses: ["10.0.0.1", "fd00::1"], podCIDRs: [] }],
  });
});

test("ranges of services: the API server's own, and those that were added and stay", () => {
  const object = (name: string, ...cidrs: string[]) => ({ metadata: { name }, spec: { cidrs } });
  const live = liveCluster({
    version: { major: "1", minor: "34" },
    nodes: [],
    etcdPods: [],
    kubeadmConfig: clusterConfiguration(""),
    kubeProxy: undefined,
    coreDns: undefined,
    serviceCIDRs: [
      object("also", "10.112.0.0/16", "fd00:10:97::/112"),
      { metadata: { name: "going", deletionTimestamp: new Date(0) }, spec: { cidrs: ["10.113.0.0/16"] } },
      object("kubernetes", "10.96.0.0/16", "fd00:10:96::/112"),
    ],
  });
  expect(JSON.parse(JSON.stringify(live))).toMatchObject({
    serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"],
    additionalServiceCIDRs: ["10.112.0.0/16", "fd00:10:97::/112"],
  });
});
