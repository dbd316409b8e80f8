import { proxyModeChange } from "../../components/proxy/migration";
import { nodeRangeCount, podRanges } from "../../core/addresses";
import { aggregate, type Cidr } from "../../core/cidr";
import { type Flow, showPeer, showPorts } from "../../core/flow";
import { mtuBudget } from "../../core/mtu";
import type { Plan } from "../../core/plan";

/** How a change reaches a running cluster. */
export type ChangeClass =
  /** Nothing that runs is touched. */
  | "in place"
  /** Node by node; what runs goes on. */
  | "rolling"
  /** Pods or connections break for a while. */
  | "disruptive"
  /** A running cluster can't take it; the recipe says what can be done instead. */
  | "refuse";

/** One difference between two plans, in words. */
export interface Difference {
  readonly kind: "removed" | "changed" | "added";
  /** What it is about: `pod ranges`, `node w2`, `flow`. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
  readonly class: ChangeClass;
  /** What it means for packets and pods. */
  readonly effect: string;
  /** What to do: the way to have it all the same where it is refused. */
  readonly recipe?: string;
}

/** What a cluster goes through from one plan to another: removals first, then changes, then what is added. Pure. */
export function differences(a: Plan, b: Plan): Difference[] {
  const all = [...ranges(a, b), ...settings(a, b), ...nodes(a, b), ...flows(a, b)];
  const rank = { removed: 0, changed: 1, added: 2 };
  return all.sort((one, other) => rank[one.kind] - rank[other.kind]);
}

type Judgement = Pick<Difference, "class" | "effect" | "recipe">;

/** A value that differs, with its judgement. A list that only lost something counts as a removal. */
function changed(what: string, before: readonly unknown[], after: readonly unknown[], judge: () => Judgement): Difference[] {
  const [old, now] = [before.map(String), after.map(String)];
  if (old.join() === now.join()) return [];
  const isLoss = now.every((one) => old.includes(one)) && now.length < old.length;
  const isGain = old.every((one) => now.includes(one)) && now.length > old.length;
  return [
    {
      kind: isLoss ? "removed" : isGain ? "added" : "changed",
      what,
      before: old.join(", ") || "none",
      after: now.join(", ") || "none",
      ...judge(),
    },
  ];
}

function ranges({ stack: a }: Plan, { stack: b }: Plan): Difference[] {
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
          "Keep the range and add a second one: a ServiceCIDR object (networking.k8s.io/v1, spec.cidrs), and name it in cluster.reserved, so that nothing else gets it. To be rid of the first, make services anew in the second, then delete the object `kubernetes` after the flag --service-cluster-ip-range is the new one.",
      }
    : {
        class: "refuse",
        effect,
        recipe:
          "ServiceCIDR objects add a range from Kubernetes 1.33 on: upgrade first. Before, every service has to be made anew, and kube-dns's address changes for every pod.",
      };
}

function settings(a: Plan, b: Plan): Difference[] {
  const [one, other] = [a.stack, b.stack];
  const mtu = ({ stack, layers }: Plan) => mtuBudget(stack, layers).pods;
  const flannel = ({ cni }: Plan["stack"]) => (cni.provider === "flannel" ? [cni.flannel.backend] : []);
  return [
    ...changed("domain", [one.cluster.domain], [other.cluster.domain], () => ({
      class: "refuse",
      effect: "running pods, certificates and configurations have the old domain in them: every name that ends in it stops to exist.",
      recipe: `Have CoreDNS serve both for a time (kubernetes ${one.cluster.domain} ${other.cluster.domain} in dns's Corefile), give kubelets clusterDomain: ${other.cluster.domain}, restart all pods, make the API server's certificate anew with the new names, then take the old domain out.`,
    })),
    ...changed("pod network", [one.cni.provider], [other.cni.provider], () => ({
      class: ours.includes(one.cni.provider) && ours.includes(other.cni.provider) ? "rolling" : "disruptive",
      effect:
        ours.includes(one.cni.provider) && ours.includes(other.cni.provider)
          ? "pods keep running, if the steps are kept to."
          : "every pod is made anew, and the two networks don't reach each other meanwhile.",
      recipe: ours.includes(other.cni.provider)
        ? `\`plumbline migrate --from ${one.cni.provider} --to ${other.cni.provider}\` prints the steps for this stack.`
        : "See docs/cni.md.",
    })),
    ...(one.cni.provider === other.cni.provider
      ? changed("flannel's backend", flannel(one), flannel(other), () => ({
          class: "disruptive",
          effect: "flanneld restarts node by node; a node on the new backend and one on the old don't reach each other's pods.",
          recipe: "Choose a quiet hour; or go by way of another network beside it (cni.alongside), which loses nothing.",
        }))
      : []),
    ...changed("kube-proxy's mode", [one.proxy.mode], [other.proxy.mode], () => {
      const { kind, differences: topics } = proxyModeChange(one.proxy.mode, other.proxy.mode, b);
      const actions = topics.flatMap(({ action }) => action ?? []);
      return {
        class: kind === "disruptive" ? "disruptive" : "rolling",
        effect: topics.map(({ topic, after }) => `${topic}: ${after}`).join("; "),
        ...(actions.length > 0 ? { recipe: actions.join(" ") } : {}),
      };
    }),
    ...changed(
      "NodePort range",
      [`${one.proxy.nodePorts.from}-${one.proxy.nodePorts.to}`],
      [`${other.proxy.nodePorts.from}-${other.proxy.nodePorts.to}`],
      () => ({
        class: "rolling",
        effect: "hosts let the new range in; services with a port outside of it aren't reached from outside.",
        recipe: "Set the API server's --service-node-port-range along with it.",
      }),
    ),
    ...changed("pods' MTU", [mtu(a)], [mtu(b)], () => ({
      class: "rolling",
      effect: "new pods get it; those that run keep theirs until they are restarted.",
      ...(mtu(b) < mtu(a) ? { recipe: "Restart pods that send large UDP packets: theirs are refused by the host until then." } : {}),
    })),
  ];
}

/** Pod networks on Plumbline's own bridges, between which pods keep running. */
const ours: readonly string[] = ["bridge", "vxlan", "flannel"];

function nodes(a: Plan, b: Plan): Difference[] {
  const gone = a.nodes.filter(({ name }) => !b.nodes.some((node) => node.name === name));
  const come = b.nodes.filter(({ name }) => !a.nodes.some((node) => node.name === name));
  const words = ({ roles, address, podCIDRs }: Plan["nodes"][number]) =>
    `${roles.join(", ")} at ${address.join(", ")}, pods ${podCIDRs.join(", ")}`;
  return [
    ...gone.map(
      (node): Difference => ({
        kind: "removed",
        what: `node ${node.name}`,
        before: words(node),
        class: "disruptive",
        effect: `no host has a route to its pods any more, and none lets it in${node.roles.includes("etcd") ? "; etcd loses a member" : ""}.`,
        recipe: `First \`kubectl drain ${node.name}\` and \`kubectl delete node ${node.name}\`${node.roles.includes("etcd") ? ", and `kubeadm reset` on it, which takes its etcd out of the quorum" : ""}.`,
      }),
    ),
    ...b.nodes.flatMap((node) => {
      const old = a.nodes.find(({ name }) => name === node.name);
      return old === undefined
        ? []
        : [
            ...changed(`node ${node.name}'s pod range`, old.podCIDRs, node.podCIDRs, () => ({
              class: "refuse",
              effect: "a Node object's part never changes.",
              recipe: `Pin what it has (podCIDRs: [${old.podCIDRs.join(", ")}]), or take the node out and let it join again: drain, delete, kubeadm reset, join.`,
            })),
            ...changed(`node ${node.name}'s address`, old.address, node.address, () => ({
              class: "disruptive",
              effect:
                "all hosts' routes and firewalls follow; its kubelet has to register the new one, and a control plane's certificates and etcd have the old one in them.",
              recipe: "Drain it, change its address and the kubelet's --node-ip, then apply. A control plane is better made anew.",
            })),
            ...changed(`node ${node.name}'s roles`, old.roles, node.roles, () => ({
              class: "rolling",
              effect: "hosts open and close the ports of these roles.",
            })),
          ];
    }),
    ...come.map(
      (node): Difference => ({
        kind: "added",
        what: `node ${node.name}`,
        after: words(node),
        class: "rolling",
        effect: "all hosts get a route to its pods and let it in.",
      }),
    ),
  ];
}

/** What was let in and isn't any more, and the other way round. */
function flows(a: Plan, b: Plan): Difference[] {
  const words = ({ from, to, protocol, ports }: Flow) => `${showPeer(from)} to ${showPeer(to)}, ${protocol} ${showPorts(ports)}`;
  const all = (plan: Plan) => new Map(plan.flows.map((flow) => [words(flow), flow]));
  const [old, now] = [all(a), all(b)];
  const enforced = (plan: Plan) => plan.stack.firewall.mode !== "off";
  return [
    ...changed("firewall", [a.stack.firewall.mode], [b.stack.firewall.mode], () => ({
      class: "rolling",
      effect: enforced(b) ? "what no flow names is dropped, where it wasn't before." : "every port is open.",
    })),
    ...[...old].flatMap(([text, { why }]): Difference[] =>
      now.has(text)
        ? []
        : [
            {
              kind: "removed",
              what: "flow",
              before: text,
              class: "rolling",
              effect: `no longer let in: ${why}. Open connections go on until they end.`,
            },
          ],
    ),
    ...[...now].flatMap(([text, { why }]): Difference[] =>
      old.has(text) ? [] : [{ kind: "added", what: "flow", after: text, class: "rolling", effect: `let in: ${why}.` }],
    ),
  ];
}
