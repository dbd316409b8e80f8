import type { Draft } from "./draft";
import type { Entry } from "./entry";

/** `v1.34.4`, `1.34.4+k0s.0` and `v1.28.3-rancher1-1` are 1.34 and 1.28. */
export function minorVersion(entry: Entry, draft: Draft): string | undefined {
  const text = draft.text(entry);
  const [, minor] = /^v?(1\.\d+)(?:[.+-]|$)/.exec(text ?? "") ?? [];
  if (text !== undefined && minor === undefined)
    draft.leave(entry, `${text} doesn't say which minor version it is.`, 'Write cluster.kubernetes, for example "1.34".');
  return minor;
}

/** kube-proxy's mode; empty means its default, iptables. */
export function proxyMode(entry: Entry, draft: Draft): void {
  const mode = draft.text(entry);
  if (mode === "userspace")
    draft.leave(entry, "userspace was removed in Kubernetes 1.26.", "The stack takes iptables; on newer clusters write nftables.");
  else draft.set("proxy", "mode", mode);
}
