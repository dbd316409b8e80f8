import { nodeRangeCount, podRanges } from "../../core/addresses";
import { aggregate, type Cidr } from "../../core/cidr";
import type { Plan } from "../../core/plan";
import { changed, type Difference, type Judgement } from "./change";

/** Changes of the cluster's address ranges. */
export function ranges({ stack: a }: Plan, { stack: b }: Plan): Difference[] {
  const masks = ({ cluster }: Plan["stack"]) =>
    podRanges({ ...a, cluster })
      .filter(({ pool }) => pool === undefined)
      .map(({ cidr, maskSize }) => `/${maskSize} of IPv${cidr.family}`);
  const pools = (cluster: Plan["stack"]["cluster"]) => cluster.podPools.map(({ name, podCIDRs }) => `${name} (${podCIDRs.join(", ")})`);
  const balancers = (cluster: Plan["stack"]["cluster"]) =>
    cluster.loadBalancerPools.map(({ name, cidr, range }) => `${name} (${cidr ?? (range ? `${range.first}-${range.last}` : "")})`);
  return [
    ...changed("pod ranges", a.cluster.podCIDRs, b.cluster.podCIDRs, () => podRangeJudgement(a, b)),
    ...changed("node range sizes", masks(a), masks(b), () => maskJudgement),
    ...changed("pod pools", pools(a.cluster), pools(b.cluster), () => ({
      class: keepsAll(
        a.cluster.podPools.flatMap(({ podCIDRs }) => podCIDRs),
        b.cluster.podPools.flatMap(({ podCIDRs }) => podCIDRs),
      )
        ? "in place"
        : "disruptive",
      effect: "every host knows the pools' ranges as the pods' and routes them; of a pool that goes, pods lose their way.",
      recipe: 'Empty a pool before it goes: drain its nodes and take them out. For a new one see docs/addresses.md, "A second pool".',
    })),
    ...changed("service ranges", a.cluster.serviceCIDRs, b.cluster.serviceCIDRs, () => serviceJudgement(b)),
    ...changed("additional service ranges", a.cluster.additionalServiceCIDRs, b.cluster.additionalServiceCIDRs, () =>
      keepsAll(a.cluster.additionalServiceCIDRs, b.cluster.additionalServiceCIDRs)
        ? { class: "in place", effect: "services keep the addresses that they have; new ones get theirs of any range." }
        : {
            class: "disruptive",
            effect:
              "the API server gives no more addresses of a range that goes, and keeps its ServiceCIDR object while a service has one: `pulumi up` waits for that.",
            recipe: "First make the services with addresses in it anew (`kubectl get ipaddresses` lists all addresses and whose they are).",
          },
    ),
    ...changed("load-balancer pools", balancers(a.cluster), balancers(b.cluster), () => ({
      class: "in place",
      effect: "hosts let in what comes for these addresses; services in a part that goes aren't reached any more.",
    })),
  ];
}

/** Every address of the one list is in the other. */
const keepsAll = (before: readonly Cidr[], after: readonly Cidr[]) =>
  before.every((cidr) => aggregate(after).some((other) => other.contains(cidr)));

/** Source: kube-controller-manager's range allocator, which ends when a Node object's part is outside of --cluster-cidr. */
function podRangeJudgement(a: Plan["stack"], b: Plan["stack"]): Judgement {
  const [old, now] = [a.cluster.podCIDRs, b.cluster.podCIDRs];
  const families = (list: readonly Cidr[]) => list.map(({ family }) => family).join();
  if (families(old) !== families(now))
    return {
      class: "refuse",
      effect:
        "running pods, nodes and services have addresses of the families that they were made with, and the first family is the cluster's own for good.",
      recipe:
        'To add a family, follow kubernetes.io, "Validate IPv4/IPv6 dual-stack", with the same first family: every component\'s flags, then each Node object anew (drain, delete, join), then write the ranges here. To change the first one, make a new cluster.',
    };
  if (keepsAll(old, now))
    return {
      class: "in place",
      effect: "nodes keep their parts; hosts learn the larger range.",
      recipe: "Set kube-controller-manager's --cluster-cidr and kubeadm's networking.podSubnet first, then apply.",
    };
  const shrinks = keepsAll(now, old);
  const fits = shrinks && b.nodes.every(({ podCIDRs }) => podCIDRs.every((part) => now.some((range) => range.contains(part))));
  if (fits && podRanges(b).every((range) => nodeRangeCount(b, range) >= 1n))
    return {
      class: "in place",
      effect: "every node's part is in what is left; addresses outside of it aren't the cluster's any more.",
      recipe: "Set kube-controller-manager's --cluster-cidr and kubeadm's networking.podSubnet along with it.",
    };
  return {
    class: "refuse",
    effect: "kube-controller-manager ends when a node's part is outside of --cluster-cidr, and a Node object's part never changes.",
    recipe:
      'Keep the range and add a second one: cluster.podPools (docs/addresses.md, "A second pool"). To be rid of the first, move every node: new nodes in the pool, drain the old ones and take them out.',
  };
}

/** Source: kubernetes/pkg/controller/nodeipam/ipam/cidrset: one size per range. */
const maskJudgement: Judgement = {
  class: "refuse",
  effect:
    "Node objects keep the parts that they have, and kube-controller-manager counts the range in parts of one size: with another one it gives out parts that are taken.",
  recipe: "Write the size for new nodes only (nodes[].podMaskSizes, or a pool with nodeMaskSizes), and move workloads to them.",
};

/** Source: kubernetes.io, "Extend Service IP Ranges" (ServiceCIDR, stable in 1.33). */
function serviceJudgement({ cluster: { kubernetes } }: Plan["stack"]): Judgement {
  const effect = "services keep the addresses that they have, and so do kubernetes.default, kube-dns and the API server's certificate.";
  const [, minor] = kubernetes.split(".").map(Number);
  return (minor ?? 0) >= 33
    ? {
        class: "refuse",
        effect,
        recipe:
          "Keep the range and add a second one: cluster.additionalServiceCIDRs. To be rid of the first, follow kubernetes.io, 'Kubernetes Default ServiceCIDR Reconfiguration'.",
      }
    : {
        class: "refuse",
        effect,
        recipe:
          "ServiceCIDR objects add a range from Kubernetes 1.33 on: upgrade first. Before, every service has to be made anew, and kube-dns's address changes for every pod.",
      };
}
