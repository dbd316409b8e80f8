import { Cidr } from "../../core/cidr";
import type { Flow } from "../../core/flow";
import type { LinkType } from "../../core/stack/hostLinks";
import { hostSettings } from "../../core/stack/hostSettings";
import type { Stack } from "../../core/stack/schema";

/** What carries a tunnel's packets: its protocol, with its usual port. */
const carriers: Partial<Record<LinkType, { readonly protocol: "udp" | "gre"; readonly port?: number }>> = {
  vxlan: { protocol: "udp", port: 4789 },
  "ovs-vxlan": { protocol: "udp", port: 4789 },
  "ovs-geneve": { protocol: "udp", port: 6081 },
  "ovs-gre": { protocol: "gre" },
};

/** The other ends of tunnels reach the nodes that have the tunnels. */
export function tunnelFlows(stack: Stack): Flow[] {
  return stack.nodes.flatMap((node) =>
    (hostSettings(stack, node).links ?? []).flatMap(({ name, type, remote, port }): Flow[] => {
      const carrier = carriers[type];
      if (!carrier || !remote) return [];
      const number = port ?? carrier.port;
      return [
        {
          from: { kind: "cidrs", cidrs: [Cidr.host(remote)] },
          to: { kind: "node", name: node.name },
          protocol: carrier.protocol,
          ...(number === undefined ? {} : { ports: [{ from: number, to: number }] }),
          why: `tunnel ${name}`,
          part: "host",
        },
      ];
    }),
  );
}
