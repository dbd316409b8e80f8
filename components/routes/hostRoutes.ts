import { addressOf } from "../../core/addresses";
import type { RouteItem } from "../../core/host";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";

/** Above this many nodes a route per peer on each node is worth a warning: the routes of all hosts grow with the square. */
const manyNodes = 250;

/** Pods of other nodes are reached through those nodes' addresses; a pod address that no node has is refused instead of leaving by the default route. */
export function hostRoutes({ stack, nodes }: Context): Part {
  return {
    name: "routes",
    findings: () =>
      nodes.length > manyNodes
        ? [
            {
              severity: "warning",
              path: ["cni", "provider"],
              message: `bridge keeps a route per peer on each host: ${nodes.length - 1} routes on each of ${nodes.length} hosts.`,
              mend: "Fine on one LAN, but a change of one node then touches every host. An overlay or BGP suits clusters of this size better.",
            },
          ]
        : [],
    host: (node): RouteItem[] => [
      ...nodes
        .filter((peer) => peer.name !== node.name)
        .flatMap((peer) =>
          peer.podCIDRs.flatMap((range) => {
            const via = addressOf(peer, range.family);
            return via ? [{ kind: "route" as const, destination: String(range), via: String(via) }] : [];
          }),
        ),
      // A node that has the whole range needs none; it would shadow the bridge's own route.
      ...stack.cluster.podCIDRs
        .filter((range) => !node.podCIDRs.some((own) => own.equals(range)))
        .map((range) => ({ kind: "route" as const, destination: String(range) })),
    ],
  };
}
