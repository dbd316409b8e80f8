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

test.each(["lab", "dev", "prod-example"])("the stack %s has no finding", (name) => {
  expect(readStackFile(`stacks/Pulumi.${name}.yaml`).findings).toEqual([]);
});
