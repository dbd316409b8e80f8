import type { FileItem } from "../../core/hostItems/settings";
import type { HostLink } from "../../core/stack/hostLinks";
import { fileHeader } from "./fileHeader";

/** systemd-networkd removes routes and rules that it didn't make when it restarts, unless told so (networkd.conf(5)). */
export const foreignRoutesItem: FileItem = {
  kind: "file",
  path: "/etc/systemd/networkd.conf.d/10-plumbline.conf",
  mode: "0644",
  content: `${fileHeader}[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no\n`,
};

/** What pod networks call their interfaces: our bridges and tunnels, CNI's veths, flannel, Calico, Cilium, and kube-proxy's in IPVS mode. */
const podNetworks = [
  ...["cni*", "plumbline*", "veth*", "flannel*"],
  ...["cali*", "tunl*", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"],
  ...["cilium_*", "lxc*", "kube-ipvs0", "nodelocaldns"],
];

/**
 * NetworkManager takes addresses and routes off interfaces that it manages and has no profile for, so it is told not to manage these. `+=`: besides those
 * that the host's own configuration names (NetworkManager.conf(5)).
 */
export function unmanagedItem(bridge: string, links: readonly HostLink[]): FileItem {
  const own = links.flatMap(({ name, peer }) => [name, ...(peer && peer.namespace === undefined ? [peer.name] : [])]);
  const names = [...new Set([...podNetworks, ...(/^cni/.test(bridge) ? [] : [bridge]), ...own])].map((name) => `interface-name:${name}`);
  return {
    kind: "file",
    path: "/etc/NetworkManager/conf.d/10-plumbline.conf",
    mode: "0644",
    where: "/etc/NetworkManager",
    content: `${fileHeader}[keyfile]\nunmanaged-devices+=${names.join(";")}\n`,
  };
}
