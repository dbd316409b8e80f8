import { Address } from "../../core/cidr";
import type { OvsBridgeItem, OvsPortItem } from "../../core/hostItems/ovs";

/** Pairs of a word and its value; without those that have none. */
const words = (pairs: readonly (readonly [string, unknown])[]) =>
  pairs
    .filter(([, value]) => value !== undefined)
    .map((pair) => pair.join(" "))
    .join(" ");

/** `ovs-bridge ovs1 datapath system mtu 1400` */
export function ovsBridgeLine({ name, datapath, mtu }: OvsBridgeItem): string {
  return words([
    ["ovs-bridge", name],
    ["datapath", datapath],
    ["mtu", mtu],
  ]);
}

/** `ovs-port eth1 bridge ovs1 trunks 10,20`, `ovs-port host10 bridge ovs1 type internal mtu 1400 tag 10`, `ovs-port t1 bridge ovs1 type vxlan remote 10.0.0.2 key 42` */
export function ovsPortLine({ name, bridge, tag, trunks, made }: OvsPortItem): string {
  const tunnel = made && made.type !== "internal" ? made : undefined;
  return words([
    ["ovs-port", name],
    ["bridge", bridge],
    ["type", made?.type],
    ["mtu", made?.type === "internal" ? made.mtu : undefined],
    ["remote", tunnel && Address.parse(tunnel.remote)],
    ["local", tunnel?.local && Address.parse(tunnel.local)],
    ["key", tunnel?.key],
    ["port", tunnel?.port],
    ["tag", tag],
    ["trunks", trunks && [...trunks].sort((a, b) => a - b).join(",")],
  ]);
}
