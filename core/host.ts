/** One piece of a host's desired network state. The bundle of a host is its items, rendered as text in a fixed order. */
export type HostItem =
  | RequireItem
  | KubeletItem
  | ProbeItem
  | SysctlItem
  | FileItem
  | LinkItem
  | ForeignLinkItem
  | CniNetworkItem
  | LinkPeerItem
  | PortItem
  | OvsBridgeItem
  | OvsPortItem
  | SoftwareChecksumsItem
  | NamespaceItem
  | NamespaceRouteItem
  | LinkMtuItem
  | TakeOverItem
  | LinkAddressItem
  | NeighbourItem
  | ForwardingEntryItem
  | RouteItem
  | StaticRouteItem
  | RuleItem
  | HostNameItem
  | ResolverItem
  | AcceptForwardedItem
  | ServiceItem
  | NftablesItem;

/** What the host must already have; checked before anything is touched, and reported with the mend. */
export type RequireItem =
  /** The directory that the container runtime reads CNI configurations from (containerd `conf_dir`, CRI-O `network_dir`). */
  | { readonly kind: "require"; readonly what: "cni-conf-dir"; readonly value: string }
  /** The file in the runtime's directory that it takes: none of somebody else's sorts before it. */
  | { readonly kind: "require"; readonly what: "cni-winner"; readonly value: string }
  /** A CNI plugin binary in the directory that the container runtime runs plugins from. */
  | { readonly kind: "require"; readonly what: "cni-plugin"; readonly value: string }
  /** The Node object's `spec.podCIDRs`, joined by commas: what the cluster expects, checked where the kubelet's credentials are at hand. */
  | { readonly kind: "require"; readonly what: "node-pod-cidrs"; readonly value: string }
  /** The DNS servers that the kubelet gives pods (`clusterDNS`), joined by commas: none but these, or a link-local one (NodeLocal DNSCache). */
  | { readonly kind: "require"; readonly what: "kubelet-cluster-dns"; readonly value: string }
  /** The DNS domain that the kubelet gives pods (`clusterDomain`). */
  | { readonly kind: "require"; readonly what: "kubelet-cluster-domain"; readonly value: string }
  /** The kubelet's `resolvConf` names no loopback address: in CoreDNS's pod that would be CoreDNS, the forward loop. */
  | { readonly kind: "require"; readonly what: "kubelet-resolv-conf"; readonly value: "loop-free" }
  /** The least version of Linux, as `5.13`. */
  | { readonly kind: "require"; readonly what: "kernel-version"; readonly value: string }
  /** On a control plane: the range from which its API server takes NodePorts, as `30000-32767`. */
  | { readonly kind: "require"; readonly what: "node-ports"; readonly value: string }
  /** A module of the kernel, loaded, built in or loadable. */
  | { readonly kind: "require"; readonly what: "kernel-module"; readonly value: string }
  /** A program that another one calls, on the PATH. */
  | { readonly kind: "require"; readonly what: "program"; readonly value: string }
  /** kube-proxy's program, and the cluster's version of Kubernetes, as `1.34`: at most three minor versions older, and never newer. */
  | { readonly kind: "require"; readonly what: "kube-proxy"; readonly path: string; readonly version: string }
  /** A kubeconfig, with which kube-proxy asks the API server. */
  | { readonly kind: "require"; readonly what: "kube-proxy-kubeconfig"; readonly value: string }
  /** No kube-proxy runs on the host but this unit's: two would write each other's rules anew. */
  | { readonly kind: "require"; readonly what: "kube-proxy-alone"; readonly value: string }
  /** The interface that has this address, the node's own, carries packets of so many bytes. */
  | { readonly kind: "require"; readonly what: "lan-mtu"; readonly address: string; readonly bytes: number };

/**
 * What the kubelet tells pods of the cluster's DNS, made so where it says something else: by a drop-in of ours, for which the kubelet is restarted.
 * cluster-dns: servers joined by commas, some of these and no others. node-local-dns: exactly these, in this order. resolv-conf: `loop-free`.
 */
export interface KubeletItem {
  readonly kind: "kubelet";
  readonly setting: "cluster-dns" | "node-local-dns" | "cluster-domain" | "resolv-conf";
  readonly value: string;
}

/** Something that, if it works before the change, must still work after it; else the host goes back. */
export type ProbeItem =
  | {
      readonly kind: "probe";
      readonly protocol: "tcp" | "icmp";
      readonly address: string;
      /** Required for tcp. */
      readonly port?: number;
    }
  /** `api-name`: a connection to the API server by the name that the kubelet has for it. `resolver`: an answer from a nameserver of /etc/resolv.conf. */
  | { readonly kind: "probe"; readonly protocol: "api-name" | "resolver" };

/** A kernel setting, by its dotted name as `sysctl` takes it. */
export interface SysctlItem {
  readonly kind: "sysctl";
  readonly key: string;
  /** `+40000-40100`: for a list such as net.ipv4.ip_local_reserved_ports, what is added to the host's own entries. */
  readonly value: string;
}

/** A whole file. `content` ends with a newline and holds printable text only. */
export interface FileItem {
  readonly kind: "file";
  /** Absolute. */
  readonly path: string;
  /** Octal, for example `0644`. Owned by root. */
  readonly mode: string;
  readonly content: string;
  /** A directory: a host without it, which hasn't got the program that reads the file, gets no file. */
  readonly where?: string;
}

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

/** A network namespace that is ours. */
export interface NamespaceItem {
  readonly kind: "namespace";
  readonly name: string;
}

/** A route in one of our namespaces. */
export interface NamespaceRouteItem {
  readonly kind: "namespace-route";
  readonly namespace: string;
  readonly destination: string;
  readonly via: string;
}

/** How large a packet an interface of somebody else's carries, once it is there. */
export interface LinkMtuItem {
  readonly kind: "link-mtu";
  readonly name: string;
  readonly bytes: number;
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

/** What of somebody else's is replaced by ours, instead of being a reason to refuse. */
export type TakeOverItem =
  /** Routes to our routes' destinations. */
  | { readonly kind: "take-over"; readonly what: "routes" }
  /** CNI configurations that the runtime would take instead of ours: they are moved away, and back when this isn't wanted any more. */
  | { readonly kind: "take-over"; readonly what: "cni-configurations" };

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

/** A route in the main table, marked with Plumbline's route protocol. `via` is a gateway's address; without it the route is a blackhole. */
export interface RouteItem {
  readonly kind: "route";
  readonly destination: string;
  readonly via?: string;
  /** One of our links, behind which the gateway is taken to be, whatever addresses the link has (`onlink`). */
  readonly link?: string;
  /** The gateway as a nexthop object, for hosts with thousands of gateways. */
  readonly nexthop?: boolean;
}

/** A route that the stack file asks for, in any table, marked with a route protocol of its own. */
export interface StaticRouteItem {
  readonly kind: "static-route";
  readonly destination: string;
  /** A number, or `main`. */
  readonly table: string;
  readonly metric?: number;
  /** Without a gateway, an interface or both it is a blackhole. */
  readonly via?: string;
  readonly link?: string;
  readonly source?: string;
  readonly onlink?: boolean;
}

/** A rule of policy routing, marked with the same protocol. */
export interface RuleItem {
  readonly kind: "rule";
  readonly family: 4 | 6;
  readonly priority: number;
  readonly from?: string;
  readonly to?: string;
  readonly iif?: string;
  readonly fwmark?: string;
  readonly table: string;
}

/** A line of /etc/hosts, in our block of it. */
export interface HostNameItem {
  readonly kind: "host-name";
  readonly address: string;
  readonly names: readonly string[];
}

/** The host's resolver, as resolv.conf(5) says it. The agent gives it to whoever writes /etc/resolv.conf on that host. */
export interface ResolverItem {
  readonly kind: "resolver";
  readonly content: string;
}

/**
 * What the host forwards from and to this range passes its other filters: an iptables that drops it in the end (Docker's) gets a chain of ours; ufw and
 * firewalld have to let it through already.
 */
export interface AcceptForwardedItem {
  readonly kind: "accept-forwarded";
  readonly range: string;
}

/** A service of systemd's, or a socket, whose unit is a file of ours: enabled and running, and restarted when one of its files changes. */
export interface ServiceItem {
  readonly kind: "service";
  /** `kube-proxy.service`; if the host had it before us, it runs again once this isn't wanted any more. */
  readonly name: string;
  /** Paths of file items: the unit, and what the program reads at its start. */
  readonly files: readonly string[];
}

/** The one nftables table that is ours, as `nft -f` reads it: `table inet plumbline { … }`. */
export interface NftablesItem {
  readonly kind: "nftables";
  readonly table: string;
}
