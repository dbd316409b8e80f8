/** One piece of a host's desired network state. The bundle of a host is its items, rendered as text in a fixed order. */
export type HostItem = RequireItem | ProbeItem | SysctlItem | FileItem | RouteItem | NftablesItem;

/** What the host must already have; checked before anything is touched, and reported with the mend. */
export type RequireItem =
  /** The directory that the container runtime reads CNI configurations from (containerd `conf_dir`, CRI-O `network_dir`). */
  | { readonly kind: "require"; readonly what: "cni-conf-dir"; readonly value: string }
  /** A CNI plugin binary in the directory that the container runtime runs plugins from. */
  | { readonly kind: "require"; readonly what: "cni-plugin"; readonly value: string }
  /** The Node object's `spec.podCIDRs`, joined by commas: what the cluster expects, checked where the kubelet's credentials are at hand. */
  | { readonly kind: "require"; readonly what: "node-pod-cidrs"; readonly value: string };

/** A connection that, if it works before the change, must still work after it; else the host goes back. */
export interface ProbeItem {
  readonly kind: "probe";
  readonly protocol: "tcp" | "icmp";
  readonly address: string;
  /** Required for tcp. */
  readonly port?: number;
}

/** A kernel setting, by its dotted name as `sysctl` takes it. */
export interface SysctlItem {
  readonly kind: "sysctl";
  readonly key: string;
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
}

/** A route in the main table, marked with Plumbline's route protocol. `via` is a gateway's address; without it the route is a blackhole. */
export interface RouteItem {
  readonly kind: "route";
  readonly destination: string;
  readonly via?: string;
}

/** The one nftables table that is ours, as `nft -f` reads it: `table inet plumbline { … }`. */
export interface NftablesItem {
  readonly kind: "nftables";
  readonly table: string;
}
