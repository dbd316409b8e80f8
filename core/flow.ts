import type { Cidr } from "./cidr";
import type { Role } from "./stack/nodes";
import type { PortRange } from "./stack/values";

/** One end of a flow. */
export type Peer =
  /** Everybody. */
  | { readonly kind: "any" }
  /** All nodes, or those that have one of the roles. */
  | { readonly kind: "nodes"; readonly roles?: readonly Role[] }
  | { readonly kind: "node"; readonly name: string }
  /** All pods of the cluster that have addresses of their own (not those on the host network). */
  | { readonly kind: "pods" }
  /** The service addresses themselves, where every host answers for them: kube-proxy in ipvs mode. In the other modes they are translated before any filter. */
  | { readonly kind: "services" }
  /** As a source: hosts outside of the cluster. As a target: addresses of services beside the nodes' own, for which every node answers. */
  | { readonly kind: "cidrs"; readonly cidrs: readonly Cidr[] };

/** `any`: every protocol. vrrp: that of keepalived. */
export type Protocol = "any" | "tcp" | "udp" | "icmp" | "sctp" | "ipip" | "gre" | "vrrp";

/** Traffic that has to work: `from` may open connections to `to`. Every rule of the host firewall is the projection of one. */
export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  readonly protocol: Protocol;
  /** Inclusive; every port when absent. */
  readonly ports?: readonly PortRange[];
  /** The port is published on the nodes and translated to a pod's on the way: NodePort, hostPort. */
  readonly published?: boolean;
  /** The reason, which becomes the rule's comment. */
  readonly why: string;
  /** The part that declared it. */
  readonly part: string;
}

export function showPeer(peer: Peer): string {
  switch (peer.kind) {
    case "any":
      return "any";
    case "nodes":
      return peer.roles ? peer.roles.map((role) => `${role} nodes`).join(", ") : "nodes";
    case "node":
      return peer.name;
    case "pods":
    case "services":
      return peer.kind;
    case "cidrs":
      return peer.cidrs.join(", ");
  }
}

export function showPorts(ports: readonly PortRange[] | undefined): string {
  return ports ? ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",") : "all";
}
