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
