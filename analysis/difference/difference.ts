import { proxyModeChange } from "../../components/proxy/migration";
import { type Flow, showPeer, showPorts } from "../../core/flow";
import { mtuBudget } from "../../core/mtu";
import type { Plan } from "../../core/plan";
import { changed, type Difference } from "./change";
import { ranges } from "./ranges";

/** What a cluster goes through from one plan to another: removals first, then changes, then what is added. Pure. */
export function differences(a: Plan, b: Plan): Difference[] {
  const all = [...ranges(a, b), ...settings(a, b), ...nodes(a, b), ...flows(a, b)];
  const rank = { removed: 0, changed: 1, added: 2 };
  return all.sort((one, other) => rank[one.kind] - rank[other.kind]);
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
    ...changed("kube-proxy runs as", [one.proxy.runs], [other.proxy.runs], () => ({
      class: "rolling",
      effect: "services keep their last rules on each node until the other kube-proxy has started there.",
      recipe:
        other.proxy.runs === "host"
          ? "Delete the DaemonSet right before: kubectl -n kube-system delete daemonset kube-proxy"
          : "Have kubeadm make the DaemonSet again right before: kubeadm init phase addon kube-proxy --config=kubeadm.yaml",
    })),
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
