import type { Layer } from "../../../core/part";
import type { Stack } from "../../../core/stack/schema";
import { vxlanLayer } from "../vxlan";

/** Outer IPv4 header (RFC 2003); Calico has no IPIP over IPv6. */
const ipipLayer: Layer = { name: "IPIP", bytes: { 4: 20, 6: 40 } };
/** Outer IP 20 or 40, UDP 8, WireGuard 32 (wireguard.com/papers). */
const wireguardLayer: Layer = { name: "WireGuard", bytes: { 4: 60, 6: 80 } };

/** What a packet between nodes carries at most. Encrypted packets aren't encapsulated too: WireGuard's interface takes the place of the tunnel's. */
export function calicoLayers({ cni: { calico } }: Stack): Layer[] {
  if (calico.wireguard) return [wireguardLayer];
  if (calico.encapsulation.startsWith("VXLAN")) return [vxlanLayer];
  return calico.encapsulation === "None" ? [] : [ipipLayer];
}

/** Whether nodes tell each other their blocks by BGP: without it, Felix knows the way to the blocks of VXLAN pools by itself. */
export const usesBgp = ({ cni: { calico } }: Stack): boolean => !calico.encapsulation.startsWith("VXLAN") || calico.bgpPeers.length > 0;
