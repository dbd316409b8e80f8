/** A bridge of Open vSwitch's that is ours, with the host's own interface on it, which has its name. */
export interface OvsBridgeItem {
  readonly kind: "ovs-bridge";
  readonly name: string;
  /** Who forwards: the kernel, or the program ovs-vswitchd (`netdev`). */
  readonly datapath: "system" | "netdev";
  /** Bytes, of the host's interface. Default: the least of its ports'. */
  readonly mtu?: number;
}

/** A port of such a bridge. */
export interface OvsPortItem {
  readonly kind: "ovs-port";
  readonly name: string;
  readonly bridge: string;
  /** The VLAN that it is an access port of. */
  readonly tag?: number;
  /** The VLANs that it carries tagged. Default, without a tag: all. */
  readonly trunks?: readonly number[];
  /** What Open vSwitch makes it. Default: it is there, an interface of ours or not. */
  readonly made?:
    | { readonly type: "internal"; readonly mtu?: number }
    | {
        readonly type: "vxlan" | "geneve" | "gre";
        readonly remote: string;
        readonly local?: string;
        /** The number of the virtual network. */
        readonly key?: number;
        /** UDP. */
        readonly port?: number;
      };
}

/** An end of a veth of ours, whose packets get their checksums before they leave it: Open vSwitch's userspace datapath doesn't see that they are missing. */
export interface SoftwareChecksumsItem {
  readonly kind: "software-checksums";
  readonly name: string;
  /** One of our network namespaces. Default: the host's. */
  readonly namespace?: string;
}
