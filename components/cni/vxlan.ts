import { createHash } from "node:crypto";
import { Cidr } from "../../core/cidr";
import type { Finding } from "../../core/finding";
import type { Flow } from "../../core/flow";
import type { HostItem } from "../../core/host";
import type { RouteItem } from "../../core/hostItems/routing";
import { mtuBudget } from "../../core/mtu";
import type { Layer, Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import { asNexthop, clusterBlackholes, manyRoutes } from "../routes/hostRoutes";

/** The tunnel's interface on every node. */
const link = "plumbline0";

/** Ethernet 14, outer IP 20 or 40, UDP 8, VXLAN 8 (RFC 7348). */
export const vxlanLayer: Layer = { name: "VXLAN", bytes: { 4: 50, 6: 70 } };

/**
 * An overlay without an agent: one VXLAN interface per node, and every peer's hardware address, underlay address and pod range written down on it.
 * Nothing is learned from packets, so nothing is flooded. Nodes reach each other by their first address.
 */
export function vxlan({ stack, nodes }: Context): Part {
  const part = "cni/vxlan";
  const { port, vni } = stack.cni.vxlan;
  return {
    name: part,
    layers: () => [vxlanLayer],
    flows: (): Flow[] => [
      {
        part,
        from: { kind: "nodes" },
        to: { kind: "nodes" },
        protocol: "udp",
        ports: [{ from: port, to: port }],
        why: "VXLAN tunnel between nodes",
      },
    ],
    findings: () => [...manyRoutes(nodes, "vxlan"), ...mixedUnderlay(nodes)],
    host: (node): HostItem[] => {
      const [local] = node.address;
      if (!local) return [];
      const peers = nodes.filter(({ name }) => name !== node.name);
      return [
        {
          kind: "link",
          name: link,
          mtu: mtuBudget(stack, [vxlanLayer]).pods,
          mac: macOf(node),
          type: `vxlan id ${vni} local ${local} dstport ${port} nolearning`,
        },
        // So that a node's own packets to pods have a source that comes back through the tunnel.
        ...node.podCIDRs.map((range): HostItem => ({ kind: "address", address: String(Cidr.host(range.at(0))), link })),
        ...peers.flatMap((peer) => towards(peer, asNexthop(nodes))),
        ...clusterBlackholes(stack, node),
      ];
    },
  };
}

/** What a node writes down of a peer. The first address of a peer's pod range stands for the peer on the tunnel. */
function towards(peer: PlannedNode, how: Pick<RouteItem, "nexthop">): HostItem[] {
  const mac = macOf(peer);
  return [
    { kind: "fdb", mac, destination: String(peer.address[0]), link },
    ...peer.podCIDRs.flatMap((range): HostItem[] => [
      { kind: "neighbour", address: String(range.at(0)), mac, link },
      { kind: "route", destination: String(range), via: String(range.at(0)), link, ...how },
    ]),
  ];
}

/** One that is ours to give (locally administered), the same on every run: from the node's own address. */
function macOf({ address }: PlannedNode): string {
  const digest = createHash("sha256").update(String(address[0])).digest("hex");
  return `02:${(digest.slice(0, 10).match(/../g) ?? []).join(":")}`;
}

/** A VXLAN interface has one underlay, of one family. */
function mixedUnderlay(nodes: readonly PlannedNode[]): Finding[] {
  const first = nodes[0]?.address[0]?.family;
  return nodes.flatMap(({ name, address }, index) =>
    address[0] && address[0].family !== first
      ? [
          {
            severity: "error",
            path: ["nodes", index, "address"],
            message: `${name}'s first address ${address[0]} is IPv${address[0].family}, that of ${nodes[0]?.name} is IPv${first}: a tunnel has one family.`,
            mend: `Give the IPv${first} address first.`,
          } as const,
        ]
      : [],
  );
}
