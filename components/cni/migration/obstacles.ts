import type { PlannedNode } from "../../../core/part";
import { cordonedFor } from "./actions";
import { isForeign, leftovers } from "./leftovers";
import type { Seen } from "./progress";

/** What has to be mended before `--run` begins or goes on; nothing is changed before. */
export function obstacles(from: string, to: string, nodes: readonly PlannedNode[], seen: Seen): string[] {
  return [
    ...otherChange(from, to, seen),
    ...startingPoint(from, to, seen),
    ...nodes.flatMap((node) => ofNode(node, seen, isForeign(from))),
    ...strangers(nodes, seen),
  ];
}

function otherChange(from: string, to: string, { change }: Seen): string[] {
  if (!change || (change.from === from && change.to === to)) return [];
  return [
    `A change from ${change.from} to ${change.to} is under way. Bring it to its end first: plumbline migrate --run --from ${change.from} --to ${change.to}`,
  ];
}

/** The cluster has to have what it is to be led away from. */
function startingPoint(from: string, to: string, { change, record, agents }: Seen): string[] {
  if (change) return [];
  if (isForeign(from)) {
    if (agents.length > 0) return [];
    const expected = leftovers[from].agents.map((agent) => `DaemonSet ${agent}`).join(" or ");
    return [
      `The cluster has no ${from}: there is no ${expected}. ${
        record?.provider === to
          ? `It has ${to} already; \`plumbline verify\` proves it.`
          : `Say with --from which network it has; \`plumbline plan --cluster\` looks.`
      }`,
    ];
  }
  if (record === undefined)
    return [`The cluster has no record of ${from}: apply the stack as it is once (\`pulumi up\`), before it changes.`];
  const has: string[] = [record.provider, ...(record.alongside ? [record.alongside] : [])];
  if (has.includes(from)) return [];
  return [`The cluster has ${has.join(" beside ")}, not ${from}. Say so: --from ${record.provider}`];
}

/** @param drains whether nodes are cordoned and drained: those that somebody else cordoned would stay so, and look as if they were being changed. */
function ofNode({ name, podCIDRs }: PlannedNode, { nodes }: Seen, drains: boolean): string[] {
  const node = nodes.find((one) => one.name === name);
  if (!node) return [`${name}: the cluster has no such node. Take it out of the stack, or let it join.`];
  const planned = podCIDRs.map(String);
  const found = node.podCIDRs.join(",");
  return [
    ...(drains && node.isCordoned && !node.cordonedFor
      ? [
          `${name} is cordoned, and not by this command. Uncordon it, or where that was done for this change: kubectl annotate node ${name} ${cordonedFor}=switch`,
        ]
      : []),
    // The one that is being changed may be on its way up.
    ...(node.isReady || node.cordonedFor === "switch" ? [] : [`${name} isn't Ready. See \`kubectl describe node ${name}\`.`]),
    ...(found === planned.join(",")
      ? []
      : found === ""
        ? [`${name} has no pod range. Give kube-controller-manager --allocate-node-cidrs=true and --cluster-cidr with cluster.podCIDRs.`]
        : [`${name} has the pod range ${found}, the plan ${planned.join(",")}. \`plumbline adopt\` writes the cluster's into the stack.`]),
  ];
}

const strangers = (nodes: readonly PlannedNode[], seen: Seen) =>
  seen.nodes
    .filter(({ name }) => !nodes.some((node) => node.name === name))
    .map(({ name }) => `${name} is a node of the cluster and not in the stack: it would be left without a pod network. Add it to nodes.`);
