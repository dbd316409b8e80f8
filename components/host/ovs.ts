import type { HostItem } from "../../core/host";
import type { OvsPortItem } from "../../core/hostItems/ovs";
import { type BridgePort, type HostLink, isOvs, isOvsTunnel, ovsTunnels } from "../../core/stack/hostLinks";

/** A bridge of Open vSwitch's with its ports. */
export function ovsBridgeItems({ name, datapath = "system", mtu, ports = [] }: HostLink, links: readonly HostLink[]): HostItem[] {
  return [
    { kind: "ovs-bridge", name, datapath, ...(mtu === undefined ? {} : { mtu }) },
    ...ports.flatMap((port): HostItem[] => {
      const link = links.find((candidate) => candidate.name === port.name);
      return [
        portItem(port, name, link),
        ...(datapath === "netdev" && link?.peer ? [{ kind: "software-checksums", ...end(link.peer) } as const] : []),
      ];
    }),
  ];
}

function portItem({ name, tag, trunks }: BridgePort, bridge: string, link: HostLink | undefined): OvsPortItem {
  const made = link && isOvs(link.type) ? madeBy(link) : undefined;
  return {
    kind: "ovs-port",
    name,
    bridge,
    ...(tag === undefined ? {} : { tag }),
    ...(trunks === undefined ? {} : { trunks }),
    ...(made ? { made } : {}),
  };
}

function madeBy({ type, mtu, remote, local, id, port }: HostLink): OvsPortItem["made"] {
  const kind = isOvsTunnel(type) ? ovsTunnels[type] : undefined;
  if (!kind) return { type: "internal", ...(mtu === undefined ? {} : { mtu }) };
  return {
    type: kind,
    remote: String(remote),
    ...(local === undefined ? {} : { local: String(local) }),
    ...(id === undefined ? {} : { key: id }),
    ...(port === undefined ? {} : { port }),
  };
}

const end = ({ name, namespace }: NonNullable<HostLink["peer"]>) => ({ name, ...(namespace === undefined ? {} : { namespace }) });
