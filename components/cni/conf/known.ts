import { distance } from "fastest-levenshtein";
import type { Kind } from "./kind";
import { bridge } from "./plugins/bridge";
import { hostLocal } from "./plugins/hostLocal";
import { dhcp, staticIpam } from "./plugins/ipam";
import { dummy, hostDevice, ipvlan, loopback, macvlan, ptp, tap, vlan } from "./plugins/links";
import { bandwidth, firewall, portmap, sbr, tuning, vrf } from "./plugins/meta";
import { winBridge, winOverlay } from "./plugins/windows";

/** The plugins of containernetworking/plugins v1.9.1. */
const kinds = [
  ...[bridge, ptp, vlan, macvlan, ipvlan, hostDevice, dummy, tap, loopback, winBridge, winOverlay],
  ...[hostLocal, staticIpam, dhcp],
  ...[portmap, bandwidth, tuning, firewall, sbr, vrf],
] as readonly Kind[];

const byType = new Map(kinds.map((kind) => [kind.type, kind]));

/** What is known about a plugin, by its `type`; nothing about other projects' plugins. */
export const kindOf = (type: string): Kind | undefined => byType.get(type);

/** Plugins of other projects: how their configurations look is theirs to say. */
const foreign = new Set(
  [
    // Pod networks.
    "calico cilium-cni flannel antrea weave-net kube-router ovn-k8s-cni-overlay kube-ovn aws-cni azure-vnet terway canal romana contiv",
    "contrail-k8s-cni vrouter-k8s-cni nsx openshift-sdn spiderpool coordinator hybridnet coil galaxy-sdn nuage-cni-k8s danm",
    "sdnbridge sdnoverlay l2bridge overlay nat vpc-bridge ecs-bridge ecs-eni",
    // Several networks per pod, and devices.
    "multus multus-shim genie sriov ib-sriov ib-sriov-cni rdma ovs ovs-mirror-producer ovs-mirror-consumer bond macvtap userspace",
    "vhostuser afxdp accelerated-bridge tc-redirect-tap passthru",
    // Addresses.
    "calico-ipam whereabouts weave-ipam azure-vnet-ipam azure-ipam antrea-ipam nv-ipam infoblox ecs-ipam",
    // Chained behind others.
    "istio-cni linkerd-cni kuma-cni consul-cni route-override dnsname egress-cni egress-v4-cni egress-v6-cni",
    // Of the CNI project, for tests.
    "noop debug sample",
  ].flatMap((names) => names.split(" ")),
);

export type Standing =
  | { readonly is: "reference"; readonly kind: Kind }
  | { readonly is: "foreign" }
  | { readonly is: "misspelt"; readonly meant: string }
  | { readonly is: "unknown" };

/** Whose plugin a `type` names. A name that is a slip of the pen away from a reference plugin's is taken for one. */
export function standingOf(type: string): Standing {
  const kind = kindOf(type);
  if (kind) return { is: "reference", kind };
  if (foreign.has(type)) return { is: "foreign" };
  const lower = type.toLowerCase().replaceAll("_", "-");
  const names = [...byType.keys(), ...foreign];
  const meant = names.find((name) => name === lower) ?? names.find((name) => isSlip(lower, name));
  return meant ? { is: "misspelt", meant } : { is: "unknown" };
}

function isSlip(text: string, name: string): boolean {
  const slips = distance(text, name);
  // Of short names too many others are near.
  return name.length >= 8 ? slips <= 2 : name.length >= 4 && (slips <= 1 || isSwap(text, name));
}

/** Two neighbouring letters changed places. */
function isSwap(text: string, name: string): boolean {
  if (text.length !== name.length) return false;
  const at = [...text].findIndex((letter, index) => letter !== name[index]);
  return at >= 0 && text.slice(0, at) + (text[at + 1] ?? "") + text[at] + text.slice(at + 2) === name;
}
