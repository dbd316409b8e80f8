import type { PlannedNode } from "../../../core/part";
import type { Plan } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";
import { network } from "../bridge";
import type { TransitProvider } from "../providers";
import { type Action, label, networkAvailable, onHost, onNodes, restart } from "./actions";
import { type Foreign, type Leftovers, leftovers } from "./leftovers";
import type { MigrationStep, Recipe, StackCommands } from "./recipe";

/** From a network that gives pods their addresses itself: node by node, and every pod is made anew. */
export function fromForeign({ stack, nodes }: Plan, from: Foreign, to: TransitProvider, commands: StackCommands): Recipe {
  const apply: Action = { kind: "apply", command: commands.apply };
  const left = leftovers[from];
  const { alongside } = left;
  const opens = stack.firewall.mode === "enforce" && !alongside;
  // Control planes last: then the workers' network is known to work.
  const ordered = [...nodes].sort((a, b) => Number(isPlane(a)) - Number(isPlane(b)));
  return {
    restarts: "all pods",
    window: `until the last node is switched, pods that are on ${to} already and pods that are still on ${from} may not reach each other, nor does a service where it leads from one to the other. Plan it as maintenance, and take the nodes without a break`,
    steps: [
      ranges(nodes),
      ...(left.leases ? [keepLeases(stack, nodes, left.leases, to)] : []),
      {
        title: `Keep ${from}'s agents where they are needed`,
        actions: [{ kind: "label", nodes: names(nodes), command: `kubectl label nodes --all ${label}=true` }, ...left.pin],
        done: { kind: "pinned" },
        effects: [
          `${from}'s agents restart once, one after the other, and run on until their node loses the label. Else they would write their configuration again.`,
          ...left.notes,
        ],
      },
      {
        title: `Bring ${to} to all hosts`,
        write: {
          cni: { provider: to, ...(alongside ? { alongside } : {}), takeover: true },
          ...(opens ? { firewall: { mode: "off" } } : {}),
        },
        actions: left.leases ? [{ ...apply, frees: names(nodes) }, onNodes("uncordon", "addresses", names(nodes))] : [apply],
        done: { kind: "brought", provider: to },
        effects: [
          `Running pods stay on ${from}. ${from}'s configuration gives way, so that new pods get addresses of the plan.`,
          ...(alongside
            ? [
                `${from}'s routes are replaced one by one, and its tunnels and ports are kept. cni.${alongside} has to say its backend, VNI and port, where they aren't ${alongside}'s defaults.`,
              ]
            : []),
          ...(opens ? [`The firewall is off meanwhile: it would close ${from}'s ports, which no part of this stack declares.`] : []),
        ],
      },
      ...ordered.map((node) => switchNode(stack, node, left, from)),
      {
        title: `Take ${from} out of the cluster`,
        actions: [...left.remove, { kind: "unlabel", nodes: names(nodes), command: `kubectl label nodes --all ${label}-` }],
        effects: ["Nothing runs of it any more. From here on there is no way back."],
      },
      {
        title: opens ? "Close the firewall again, and prove the network" : "Prove the network",
        write: { cni: { provider: to, takeover: true }, ...(opens ? { firewall: { mode: "enforce" } } : {}) },
        actions: [apply, { kind: "verify", of: "everything", command: commands.verify }],
        effects: [
          ...(alongside ? [`cni.alongside is left out. ${from}'s interfaces and ports go from the hosts.`] : []),
          `Keep cni.takeover: true. Without it, configurations that were moved away are put back.`,
        ],
      },
    ],
    back: [
      `Until ${from} is taken out of the cluster: \`pulumi destroy\` moves its configuration back; label all nodes again (${label}=true), and restart the switched ones.`,
      "After that: none but installing it anew.",
    ],
  };
}

const names = (nodes: readonly PlannedNode[]) => nodes.map(({ name }) => name);
const isPlane = ({ roles }: PlannedNode) => roles.includes("control-plane");

function ranges(nodes: readonly PlannedNode[]): MigrationStep {
  return {
    title: "Compare the pod ranges",
    actions: [{ kind: "compare pod ranges", command: "kubectl get nodes -o custom-columns=NODE:.metadata.name,PODS:.spec.podCIDRs" }],
    effects: [
      `It has to show the plan's: ${nodes.map(({ name, podCIDRs }) => `${name} ${podCIDRs.join(",")}`).join("; ")}.`,
      "Where it shows others, `plumbline adopt` writes them into the stack. Where it shows <none>, give kube-controller-manager --allocate-node-cidrs=true and --cluster-cidr with cluster.podCIDRs first.",
      "The former network's own pods must be outside of cluster.podCIDRs, or have addresses of their own node's range: else two pods can get one address while both networks are there.",
    ],
  };
}

/** Else a pod that is made while others run could get the address of one of them. */
function keepLeases(stack: Stack, nodes: readonly PlannedNode[], leases: string, to: TransitProvider): MigrationStep {
  return {
    title: "Keep the addresses that pods have",
    actions: [
      onNodes("cordon", "addresses", names(nodes)),
      ...nodes.map((node) => onHost(stack, node, `sudo mkdir -p ${leases} ${ourLeases} && sudo cp -au ${leases}/. ${ourLeases}`)),
    ],
    done: { kind: "needed until brought", provider: to },
    effects: [
      `Until ${to} is on all hosts no pod starts. It then gives no address away that a running pod still has; such an address is free again when that pod ends.`,
    ],
  };
}

/** host-local's folder for the network that the bridge part writes. */
const ourLeases = `/var/lib/cni/networks/${network}`;

const available = JSON.stringify({ status: { conditions: [networkAvailable] } });

function switchNode(stack: Stack, node: PlannedNode, left: Leftovers, from: string): MigrationStep {
  const { name } = node;
  const { configurations, files, links, chains, alongside } = left;
  const paths = [...configurations.map((file) => `${stack.cni.confDir}/${file}`), ...files];
  return {
    title: `Switch ${name}`,
    actions: [
      onNodes("cordon", "switch", [name]),
      { kind: "drain", node: name, command: `kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data` },
      { kind: "unlabel", nodes: [name], command: `kubectl label node ${name} ${label}-` },
      onHost(stack, node, `sudo rm -rf ${paths.join(" ")}`),
      restart(stack, node),
      {
        kind: "await node",
        node: name,
        command: `sleep 60; until kubectl wait --for=condition=Ready node/${name} --timeout=10m; do sleep 5; done`,
      },
      onHost(
        stack,
        node,
        `ip -br link | grep -E '^(${links})[@ ]'; sudo iptables-save | grep -E '^:(${chains}) '; sudo ip6tables-save | grep -E '^:(${chains}) '`,
        true,
      ),
      { kind: "take mark away", node: name, command: `kubectl patch node ${name} --subresource=status -p '${available}'` },
      // Where the former network's tunnels are kept, all nodes reach each other meanwhile.
      { kind: "verify", of: alongside ? "everything" : "switched nodes", isFresh: true },
      onNodes("uncordon", "switch", [name]),
    ],
    done: { kind: "switched", node: name },
    effects: [
      `${from}'s interfaces, routes and iptables chains go with the restart; its files are removed before. The last command on the host prints nothing when all is gone.`,
      "The patch takes away the mark that a network (Calico does) leaves on a node that it goes from: with it the node takes no pods.",
      "The node's pods start on other nodes, and those of its DaemonSets anew, with addresses of the plan.",
    ],
  };
}
