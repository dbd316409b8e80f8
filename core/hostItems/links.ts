/** A network interface that is ours: made if it isn't there, made anew when one of these changes, removed when it isn't wanted any more. */
export interface LinkItem {
  readonly kind: "link";
  /** At most 15 characters. */
  readonly name: string;
  /** Bytes. Default: Linux's. */
  readonly mtu?: number;
  readonly mac?: string;
  /** The interface that it is on. */
  readonly parent?: string;
  /** What `ip link add` takes after `type`: `vxlan id 1 dstport 4789`. */
  readonly type: string;
}

/** The other end of a veth of ours, which its link's `type` makes. */
export interface LinkPeerItem {
  readonly kind: "link-peer";
  readonly name: string;
  /** One of our network namespaces. Default: the host's. */
  readonly namespace?: string;
}

/** An interface, ours or not, that is a port of a bridge of ours. */
export interface PortItem {
  readonly kind: "port";
  readonly name: string;
  readonly bridge: string;
}

/** A network namespace that is ours. */
export interface NamespaceItem {
  readonly kind: "namespace";
  readonly name: string;
}

/** How large a packet an interface of somebody else's carries, once it is there. */
export interface LinkMtuItem {
  readonly kind: "link-mtu";
  readonly name: string;
  readonly bytes: number;
}

/** An address of one of our links. */
export interface LinkAddressItem {
  readonly kind: "address";
  /** With its prefix length. */
  readonly address: string;
  readonly link: string;
  /** One of our network namespaces. Default: the host's. */
  readonly namespace?: string;
}

/** A permanent neighbour on one of our links: the hardware address behind an address. */
export interface NeighbourItem {
  readonly kind: "neighbour";
  readonly address: string;
  readonly mac: string;
  readonly link: string;
}

/** Where a VXLAN link of ours sends the frames for a hardware address: the other end's underlay address. */
export interface ForwardingEntryItem {
  readonly kind: "fdb";
  readonly mac: string;
  readonly destination: string;
  readonly link: string;
}

/**
 * An interface that a program of the pod network makes, flannel's for example. Its routes to pods are left to that program; the interface is removed when
 * it isn't wanted any more.
 */
export interface ForeignLinkItem {
  readonly kind: "foreign-link";
  readonly name: string;
}

/**
 * A network of the reference plugins (bridge, host-local, portmap) that only our configuration has. When it isn't wanted any more, the bridge goes unless it
 * has ports, and so does what the plugins left of pods that are gone; pods that run keep theirs.
 */
export interface CniNetworkItem {
  readonly kind: "cni-network";
  /** As the configuration says it. */
  readonly name: string;
  readonly bridge: string;
}
