import { readStackFile } from "../../../core/stack/file";
import { parseStack } from "../../../core/stack/parse";
import { smallest } from "../../support/stacks";

/** Address plans that people run: [what, pods, services, node addresses, node masks, LAN, maxPods]. None of them deserves more than a remark. */
const plans: [string, string[], string[], (string | string[])[], number[]?, string[]?, number?][] = [
  ["kubeadm with flannel", ["10.244.0.0/16"], ["10.96.0.0/12"], ["192.168.1.10", "192.168.1.11"], undefined, ["192.168.1.0/24"]],
  ["kubeadm with Calico's default on another LAN", ["192.168.128.0/17"], ["10.96.0.0/12"], ["10.0.0.10", "10.0.0.11"]],
  ["k3s and RKE2", ["10.42.0.0/16"], ["10.43.0.0/16"], ["10.0.0.5", "10.0.0.6"]],
  [
    "kind, in containers of Docker's second network",
    ["10.244.0.0/16"],
    ["10.96.0.0/16"],
    ["172.18.0.2", "172.18.0.3"],
    undefined,
    ["172.18.0.0/16"],
  ],
  ["minikube on libvirt", ["10.244.0.0/16"], ["10.96.0.0/12"], ["192.168.39.10", "192.168.39.11"]],
  [
    "VMs on libvirt's default network",
    ["10.244.0.0/16"],
    ["10.96.0.0/12"],
    ["192.168.122.10", "192.168.122.11"],
    undefined,
    ["192.168.122.0/24"],
  ],
  [
    "containers on Docker's default bridge",
    ["10.244.0.0/16"],
    ["10.96.0.0/12"],
    ["172.17.0.2", "172.17.0.3"],
    undefined,
    ["172.17.0.0/16"],
  ],
  ["Vagrant with VirtualBox", ["10.244.0.0/16"], ["10.96.0.0/12"], ["192.168.56.10", "192.168.56.11"], undefined, ["192.168.56.0/24"]],
  ["kubespray", ["10.233.64.0/18"], ["10.233.0.0/18"], ["10.10.1.3", "10.10.1.4"]],
  // kubespray's inventory/sample k8s-cluster.yml: kube_pods_subnet_ipv6, kube_service_addresses_ipv6, kube_network_node_prefix_ipv6: 120.
  [
    "kubespray, dual stack",
    ["10.233.64.0/18", "fd85:ee78:d8a6:8607::1:0000/112"],
    ["10.233.0.0/18", "fd85:ee78:d8a6:8607::1000/116"],
    [
      ["10.10.1.3", "fd85:ee78:d8a6:8601::3"],
      ["10.10.1.4", "fd85:ee78:d8a6:8601::4"],
    ],
    [24, 120],
  ],
  // docs.k3s.io, "Dual-stack (IPv4 + IPv6) Networking".
  [
    "k3s, dual stack",
    ["10.42.0.0/16", "2001:db8:42::/56"],
    ["10.43.0.0/16", "2001:db8:43::/112"],
    [
      ["192.168.10.2", "2001:db8:10::2"],
      ["192.168.10.3", "2001:db8:10::3"],
    ],
  ],
  // rke.docs.rancher.com, cluster.yml: cluster_cidr, service_cluster_ip_range.
  ["RKE", ["10.42.0.0/16"], ["10.43.0.0/16"], ["172.31.5.10", "172.31.6.11"], [24], ["172.31.0.0/16"]],
  // talos.dev, cluster.network: podSubnets, serviceSubnets.
  ["Talos", ["10.244.0.0/16"], ["10.96.0.0/12"], ["10.5.0.2", "10.5.0.3"], undefined, ["10.5.0.0/24"]],
  // docs.k0sproject.io, spec.network, and its dual-stack page.
  ["k0s", ["10.244.0.0/16"], ["10.96.0.0/12"], ["10.0.0.1", "10.0.0.2"]],
  [
    "k0s, dual stack",
    ["10.244.0.0/16", "fd00::/108"],
    ["10.96.0.0/12", "fd01::/108"],
    [
      ["10.0.0.1", "fd0f::1"],
      ["10.0.0.2", "fd0f::2"],
    ],
    [24, 117],
  ],
  // docs.kubermatic.com, KubeOne's clusterNetwork.
  ["KubeOne", ["10.244.0.0/16"], ["10.96.0.0/12"], ["172.18.3.1", "172.18.3.2"]],
  // docs.cilium.io: cluster-pool's default is 10.0.0.0/8, which kubeadm's services would be in; its guides give pods 10.244/16 or this one.
  ["Cilium's cluster pool as its kubeadm guide has it", ["10.217.0.0/16"], ["10.96.0.0/12"], ["192.168.33.11", "192.168.33.12"]],
  // documentation.ubuntu.com/canonical-kubernetes, "How to enable Dual-Stack networking".
  [
    "Canonical Kubernetes, dual stack",
    ["10.1.0.0/16", "fd01::/108"],
    ["10.152.183.0/24", "fd98::/108"],
    [
      ["192.168.64.2", "fd02::2"],
      ["192.168.64.3", "fd02::3"],
    ],
    [24, 117],
  ],
  // kind.sigs.k8s.io, networking.ipFamily: ipv6.
  [
    "kind, IPv6 only",
    ["fd00:10:244::/56"],
    ["fd00:10:96::/112"],
    ["fc00:f853:ccd:e793::2", "fc00:f853:ccd:e793::3"],
    undefined,
    ["fc00:f853:ccd:e793::/64"],
  ],
  // docs.aws.amazon.com/eks: services from 10.100.0.0/16 where the VPC isn't in 10/8.
  ["EKS-like, a VPC in 192.168/16", ["100.64.0.0/10"], ["10.100.0.0/16"], ["192.168.32.10", "192.168.64.11"], [24], ["192.168.0.0/16"]],
  // docs.rke2.io, "Basic Network Options".
  [
    "RKE2, dual stack",
    ["10.42.0.0/16", "2001:cafe:42::/56"],
    ["10.43.0.0/16", "2001:cafe:43::/112"],
    [
      ["10.0.0.5", "2001:cafe:1::5"],
      ["10.0.0.6", "2001:cafe:1::6"],
    ],
  ],
  // docs.openshift.com, OVN-Kubernetes dual stack.
  [
    "OpenShift, dual stack",
    ["10.128.0.0/14", "fd01::/48"],
    ["172.30.0.0/16", "fd02::/112"],
    [
      ["10.0.0.10", "2001:db8::10"],
      ["10.0.0.11", "2001:db8::11"],
    ],
    [23, 64],
  ],
  ["kOps", ["100.96.0.0/11"], ["100.64.0.0/13"], ["172.20.33.10", "172.20.34.11"]],
  ["MicroK8s", ["10.1.0.0/16"], ["10.152.183.0/24"], ["192.168.64.2", "192.168.64.3"]],
  ["OpenShift", ["10.128.0.0/14"], ["172.30.0.0/16"], ["10.0.0.10", "10.0.0.11"], [23], ["10.0.0.0/16"]],
  ["GKE-like", ["10.4.0.0/14"], ["10.8.0.0/20"], ["10.128.0.2", "10.128.0.3"], undefined, ["10.128.0.0/20"]],
  ["GKE-like with few pods per node", ["10.4.0.0/17"], ["10.8.0.0/20"], ["10.128.0.2", "10.128.0.3"], [26], undefined, 32],
  ["EKS-like", ["100.64.0.0/16"], ["172.20.0.0/16"], ["10.0.32.10", "10.0.64.11"], undefined, ["10.0.0.0/16"]],
  ["AKS-like", ["10.244.0.0/16"], ["10.0.0.0/16"], ["10.224.0.4", "10.224.0.5"], undefined, ["10.224.0.0/12"]],
  ["the API server's default services", ["10.200.0.0/16"], ["10.0.0.0/24"], ["10.240.0.10", "10.240.0.11"]],
  ["a small office", ["192.168.64.0/20"], ["192.168.80.0/24"], ["192.168.1.10", "192.168.1.11"], undefined, ["192.168.0.0/22"]],
  ["one node that has the whole pod range", ["10.244.0.0/24"], ["10.96.0.0/24"], ["10.0.0.10"]],
  ["nodes on public addresses", ["10.244.0.0/16"], ["10.96.0.0/12"], ["203.0.113.10", "198.51.100.11"]],
  ["the last usable ranges", ["10.244.0.0/30"], ["10.96.0.0/28"], ["10.0.0.10"], [30], undefined, 1],
  ["the largest accepted", ["10.0.0.0/8"], ["172.16.0.0/16"], ["192.168.1.10", "192.168.1.11"], [24]],
  ["IPv6 only", ["fd00:10:244::/56"], ["fd00:10:96::/112"], ["fd00:100::20", "fd00:100::21"], undefined, ["fd00:100::/64"]],
  ["IPv6 only, global", ["2001:db8:42::/56"], ["2001:db8:43::/108"], ["2001:db8:44::a", "2001:db8:44::b"]],
  [
    "dual stack as kubeadm documents it",
    ["10.244.0.0/16", "2001:db8:42:0::/56"],
    ["10.96.0.0/16", "2001:db8:42:100::/112"],
    [
      ["10.100.0.2", "fd00:1:2:3::2"],
      ["10.100.0.3", "fd00:1:2:3::3"],
    ],
  ],
  [
    "dual stack, IPv6 first",
    ["fd00:10:244::/56", "10.244.0.0/16"],
    ["fd00:10:96::/112", "10.96.0.0/16"],
    [
      ["fd00:100::20", "10.100.0.20"],
      ["fd00:100::21", "10.100.0.21"],
    ],
    [64, 24],
    ["fd00:100::/64", "10.100.0.0/24"],
  ],
  ["dual-stack pods, single-stack services", ["10.244.0.0/16", "fd00:10:244::/56"], ["10.96.0.0/16"], [["10.100.0.20", "fd00::20"]]],
  [
    "dual-stack nodes, single-stack cluster",
    ["10.244.0.0/16"],
    ["10.96.0.0/16"],
    [
      ["10.100.0.20", "fd00::20"],
      ["fd00::21", "10.100.0.21"],
    ],
  ],
];

test.each(plans.map((plan) => ({ what: plan[0], plan })))("$what", ({ plan }) => {
  const [, podCIDRs, serviceCIDRs, addresses, nodeMaskSizes, nodeCIDRs, maxPods] = plan;
  const { stack, findings } = parseStack({
    ...smallest,
    cluster: {
      podCIDRs,
      serviceCIDRs,
      ...(nodeMaskSizes && { nodeMaskSizes }),
      ...(nodeCIDRs && { nodeCIDRs }),
      ...(maxPods && { maxPods }),
    },
    nodes: addresses.map((address, index) => ({
      name: `n${index}`,
      roles: index === 0 ? ["control-plane", "etcd", "worker"] : ["worker"],
      address,
    })),
  });
  expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
  expect(stack?.nodes).toHaveLength(addresses.length);
});

/** Documented plans that are right where they come from, and deserve a warning elsewhere: [what, pods, services, warning]. */
const warned: [string, string, string, string][] = [
  // docs.tigera.io: kubeadm init --pod-network-cidr=192.168.0.0/16.
  ["Calico's quickstart", "192.168.0.0/16", "10.96.0.0/12", "192.168.0.0/16 overlaps 192.168.122.0/24, libvirt's default network."],
  // cloud.google.com/kubernetes-engine, "VPC-native clusters": Google's own 34.118.224.0/20.
  [
    "GKE's services",
    "10.52.0.0/21",
    "34.118.224.0/20",
    "34.118.224.0/20 is public address space: unless it is yours, pods can't reach its owners on the Internet.",
  ],
];

test.each(warned)("%s: a warning and no error", (_, podCIDR, serviceCIDR, warning) => {
  const { findings } = parseStack({
    ...smallest,
    cluster: { podCIDRs: [podCIDR], serviceCIDRs: [serviceCIDR] },
    nodes: ["172.31.1.10", "172.31.2.11"].map((address, index) => ({
      name: `n${index}`,
      roles: index === 0 ? ["control-plane", "etcd"] : ["worker"],
      address,
    })),
  });
  expect(findings.filter(({ severity }) => severity !== "info").map(({ severity, message }) => [severity, message])).toEqual([
    ["warning", warning],
  ]);
});

test.each(["lab", "dev", "prod-example"])("the stack %s has no finding", (name) => {
  expect(readStackFile(`stacks/Pulumi.${name}.yaml`).findings).toEqual([]);
});
