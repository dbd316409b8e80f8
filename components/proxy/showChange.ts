import { parse } from "yaml";
import type { Context } from "../../core/plan";
import { type ModeChange, type ProxyMode, proxyModeChange } from "./migration";

/** The mode of a KubeProxyConfiguration; undefined when it isn't one. */
export function modeOf(configuration: string | undefined): ProxyMode | undefined {
  const { kind, mode } = (parse(configuration ?? "") ?? {}) as { kind?: unknown; mode?: unknown };
  if (kind !== "KubeProxyConfiguration") return undefined;
  // An empty mode is kube-proxy's default.
  return modes.find((known) => known === (mode || "iptables"));
}

const modes: readonly ProxyMode[] = ["iptables", "nftables", "ipvs"];

/** What happens when a cluster with this configuration gets the plan's mode, for people; undefined when the mode stays. */
export function announceModeChange(configuration: string | undefined, context: Context): string | undefined {
  const from = modeOf(configuration);
  const to = context.stack.proxy.mode;
  if (from === undefined || from === to) return undefined;
  return [`kube-proxy changes from ${from} to ${to}, node by node.`, ...showDifferences(proxyModeChange(from, to, context))].join("\n");
}

/** A line per difference, and one for what to do about it. */
export const showDifferences = ({ differences }: ModeChange): string[] =>
  differences.flatMap(({ topic, before, after, action }) => [
    `${topic}: ${before}; afterwards ${after}.`,
    ...(action === undefined ? [] : [`  ${action}`]),
  ]);
