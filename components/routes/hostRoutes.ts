import { addressOf, podRanges } from "../../core/addresses";
import type { Address, Cidr } from "../../core/cidr";
import type { Finding } from "../../core/finding";
import type { RouteItem } from "../../core/hostItems/routing";
import type { Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";

/** Above this many nodes a route per peer on each node is worth a warning: the routes of all hosts grow with the square. */
const manyNodes = 250;

/**
 * Above this many nodes a route's gateway is a nexthop object. Measured by bench/routes.ts: with 1,000 gateways a host sets plain routes in two thirds of the
 * time, with 5,000 in more than twice the time.
 */
const manyGateways = 2000;
export const asNexthop = (nodes: readonly PlannedNode[]): Pick<RouteItem, "nexthop"> =>
  nodes.length > manyGateways ? { nexthop: true } : {};

/** Pods of other nodes are reached through those nodes' addresses; a pod address that no node has is refused instead of leaving by the default route. */
export function hostRoutes({ stack, nodes }: Context): Part {
  return {
    name: "routes",
    findings: () => [...manyRoutes(nodes, "bridge"), ...routers(stack)],
    host: (node): RouteItem[] => [
      ...nodes
        .filter((peer) => peer.name !== node.name)
        .flatMap((peer) =>
          peer.podCIDRs.flatMap((range) => {
            const via = nextHop(stack, node, addressOf(peer, range.family));
            return via ? [{ kind: "route" as const, destination: String(range), via: String(via), ...asNexthop(nodes) }] : [];
          }),
        ),
      ...clusterBlackholes(stack, node),
    ],
  };
}

const lanOf = ({ cluster }: Stack, address: Address | undefined): Cidr | undefined =>
  address && cluster.nodeCIDRs.find((lan) => lan.contains(address));

/** The peer itself on one LAN, which is also what nothing is said about; else the router of the node's LAN. */
function nextHop(stack: Stack, node: PlannedNode, peer: Address | undefined): Address | undefined {
  const [own, other] = [lanOf(stack, peer && addressOf(node, peer.family)), lanOf(stack, peer)];
  return !own || !other || own.equals(other) ? peer : stack.cni.bridge.gateways.find((gateway) => own.contains(gateway));
}

/** Linux takes no route whose gateway isn't on a network of the host's own, so nodes of another LAN need a router. */
function routers(stack: Stack): Finding[] {
  const { cluster, cni, nodes } = stack;
  const used = cluster.nodeCIDRs.filter((lan) => nodes.some(({ address }) => address.some((own) => lan.contains(own))));
  const missing = used.flatMap((lan): Finding[] => {
    const other = used.find((one) => one.family === lan.family && !one.equals(lan));
    if (!other || !cluster.podCIDRs.some(({ family }) => family === lan.family)) return [];
    if (cni.bridge.gateways.some((gateway) => lan.contains(gateway))) return [];
    return [
      {
        severity: "error",
        path: ["cni", "bridge", "gateways"],
        message: `nodes of ${lan} reach those of ${other} by a router, and none of ${lan} is here.`,
        mend: `Write its address in ${lan}; it has to know the nodes' pod ranges. Or write cni.provider: vxlan, which needs no routes on routers.`,
      },
    ];
  });
  const strays = cni.bridge.gateways.flatMap((gateway, index): Finding[] =>
    lanOf(stack, gateway)
      ? []
      : [
          {
            severity: "error",
            path: ["cni", "bridge", "gateways", index],
            message: `${gateway} is in none of cluster.nodeCIDRs (${cluster.nodeCIDRs.join(", ") || "none is given"}).`,
            mend: "Write the router's address on the nodes' LAN, and that LAN in cluster.nodeCIDRs.",
          },
        ],
  );
  return [...missing, ...strays];
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
