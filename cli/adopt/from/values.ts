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

/** A cluster without kube-proxy. */
export function noProxy(draft: Draft): void {
  draft.set("proxy", "mode", "none");
}

/**
 * An extra argument of a component: a field, or an element with name and value (the last one counts); with `--` in front or not, as the tools have it.
 */
export function argument(args: Entry, name: string): Entry {
  const list: unknown[] = Array.isArray(args.value) ? args.value : [];
  const index = list.findLastIndex((item) => (item as { name?: unknown } | null)?.name === name);
  if (index < 0) return args.at(name).given ? args.at(name) : args.at(`--${name}`);
  args.at(index, "name");
  return args.at(index, "value");
}

/** The node masks of kube-controller-manager's arguments: one for a single family, or -ipv4 and -ipv6 for dual stack. Call it when the pod ranges are known. */
export function nodeMasks(manager: Entry, draft: Draft, defaults: { 4: number; 6: number } = { 4: 24, 6: 64 }): void {
  const mask = (name: string) => draft.number(argument(manager, name));
  const [plain, four, six] = ["node-cidr-mask-size", "node-cidr-mask-size-ipv4", "node-cidr-mask-size-ipv6"].map(mask);
  const ranges = draft.ranges("podCIDRs");
  const sizes = (ranges.length > 0 ? ranges : ["0.0.0.0"]).map((range) =>
    range.includes(":") ? (six ?? plain ?? defaults[6]) : (four ?? plain ?? defaults[4]),
  );
  const usual = ranges.every((range, index) => sizes[index] === (range.includes(":") ? 64 : 24));
  if (!usual || plain !== undefined || four !== undefined || six !== undefined) draft.set("cluster", "nodeMaskSizes", sizes);
}

/** A host name, where an address is needed. */
export const isName = (text: string): boolean => /[a-z]/i.test(text) && !text.includes(":");
