import { addressOf, podRanges } from "../../core/addresses";
import type { Finding } from "../../core/finding";
import type { RouteItem } from "../../core/host";
import type { Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";

/** Above this many nodes a route per peer on each node is worth a warning: the routes of all hosts grow with the square. */
const manyNodes = 250;

/** Pods of other nodes are reached through those nodes' addresses; a pod address that no node has is refused instead of leaving by the default route. */
export function hostRoutes({ stack, nodes }: Context): Part {
  return {
    name: "routes",
    findings: () => manyRoutes(nodes, "bridge"),
    host: (node): RouteItem[] => [
      ...nodes
        .filter((peer) => peer.name !== node.name)
        .flatMap((peer) =>
          peer.podCIDRs.flatMap((range) => {
            const via = addressOf(peer, range.family);
            return via ? [{ kind: "route" as const, destination: String(range), via: String(via) }] : [];
          }),
        ),
      ...clusterBlackholes(stack, node),
    ],
  };
}

/** Pod addresses that no node has are refused. A node that has the whole range needs that not: it would shadow the bridge's own route. */
export function clusterBlackholes(stack: Stack, node: PlannedNode): RouteItem[] {
  return podRanges(stack)
    .map(({ cidr }) => cidr)
    .filter((range) => !node.podCIDRs.some((own) => own.equals(range)))
    .map((range) => ({ kind: "route", destination: String(range) }));
}

/** What a provider with something to set on each host for every peer has to say of a large cluster. */
export function manyRoutes(nodes: readonly PlannedNode[], provider: string): Finding[] {
  if (nodes.length <= manyNodes) return [];
  return [
    {
      severity: "warning",
      path: ["cni", "provider"],
      message: `${provider} keeps a route per peer on each host: ${nodes.length - 1} routes on each of ${nodes.length} hosts.`,
      mend: "It works, but a change of one node then touches every host. A network with an agent, or BGP, suits clusters of this size better.",
    },
  ];
}
