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

/**
 * What the kubelet tells pods of the cluster's DNS, made so where it says something else: by a drop-in of ours, for which the kubelet is restarted.
 * cluster-dns: servers joined by commas, some of these and no others. node-local-dns: exactly these, in this order. resolv-conf: `loop-free`.
 */
export interface KubeletItem {
  readonly kind: "kubelet";
  readonly setting: "cluster-dns" | "node-local-dns" | "cluster-domain" | "resolv-conf";
  readonly value: string;
}

/** A service of systemd's, or a socket, whose unit is a file of ours: enabled and running, and restarted when one of its files changes. */
export interface ServiceItem {
  readonly kind: "service";
  /** `kube-proxy.service`; if the host had it before us, it runs again once this isn't wanted any more. */
  readonly name: string;
  /** Paths of file items: the unit, and what the program reads at its start. */
  readonly files: readonly string[];
}

/** What of somebody else's is replaced by ours, instead of being a reason to refuse. */
export type TakeOverItem =
  /** Routes to our routes' destinations. */
  | { readonly kind: "take-over"; readonly what: "routes" }
  /** CNI configurations that the runtime would take instead of ours: they are moved away, and back when this isn't wanted any more. */
  | { readonly kind: "take-over"; readonly what: "cni-configurations" };
