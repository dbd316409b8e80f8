import { addressOf } from "../../core/addresses";
import type { HostItem } from "../../core/host";
import { type HostLink, isOvs, type LinuxLinkType } from "../../core/stack/hostLinks";
import type { Stack, StackNode } from "../../core/stack/schema";
import type { InterfaceAddress } from "../../core/stack/values";
import { ovsBridgeItems } from "./ovs";

const text = ({ address, network }: InterfaceAddress) => `${address}/${network.prefix}`;

/** A link with its addresses, its other end and its ports. */
export function linkItems(link: HostLink, links: readonly HostLink[], stack: Stack, node: StackNode): HostItem[] {
  const { name, peer, parent, type } = link;
  const addresses = (link.addresses ?? []).map((address) => ({ kind: "address", address: text(address), link: name }) as const);
  if (isOvs(type)) return [...(type === "ovs-bridge" ? ovsBridgeItems(link, links) : []), ...addresses];
  const mtu = link.mtu ?? (type === "vxlan" ? tunnelMtu(link, stack, node) : undefined);
  const isBridge = type === "bridge";
  return [
    {
      kind: "link",
      name,
      type: kindOf(type, link, node),
      ...(mtu === undefined || isBridge ? {} : { mtu }),
      ...(parent && type !== "vxlan" ? { parent } : {}),
    },
    // A bridge takes over the MTU of its ports unless it is set afterwards.
    ...(mtu !== undefined && isBridge ? [{ kind: "link-mtu", name, bytes: mtu } as const] : []),
    ...addresses,
    ...(link.ports ?? []).map((port) => ({ kind: "port", name: port.name, bridge: name }) as const),
    ...(peer ? peerItems(peer) : []),
    // Linux makes this entry of `remote` itself, and the agent would take it away as one that nobody wants.
    ...(link.remote ? [{ kind: "fdb", mac: "00:00:00:00:00:00", destination: String(link.remote), link: name } as const] : []),
  ];
}

function peerItems({ name, namespace, addresses = [] }: NonNullable<HostLink["peer"]>): HostItem[] {
  const where = namespace === undefined ? {} : { namespace };
  return [
    { kind: "link-peer", name, ...where },
    ...addresses.map((address) => ({ kind: "address", address: text(address), link: name, ...where }) as const),
  ];
}

/** What `ip link add` takes after `type`. */
function kindOf(type: LinuxLinkType, { mtu, peer, parent, id, local, remote, port, mode }: HostLink, node: StackNode): string {
  switch (type) {
    case "bridge":
    case "dummy":
      return type;
    case "veth": {
      const words = [peer?.name, mtu && `mtu ${mtu}`, peer?.namespace && `netns ${peer.namespace}`].filter((word) => word);
      return `veth peer name ${words.join(" ")}`;
    }
    case "vlan":
      return `vlan id ${id}`;
    case "macvlan":
      return `macvlan mode ${mode ?? "bridge"}`;
    case "vxlan": {
      const own = local ?? addressOf(node, remote?.family ?? 4);
      const ends = [own && `local ${own}`, remote && `remote ${remote}`, parent && `dev ${parent}`].filter((word) => word);
      return `vxlan id ${id} ${ends.join(" ")} dstport ${port ?? 4789}`;
    }
  }
}

/** What VXLAN leaves of the LAN's packets: 50 bytes less over IPv4, 70 over IPv6. */
function tunnelMtu({ remote, local }: HostLink, { cluster }: Stack, node: StackNode): number {
  const family = remote?.family ?? local?.family ?? node.address[0]?.family ?? 4;
  return cluster.mtu - (family === 4 ? 50 : 70);
}
