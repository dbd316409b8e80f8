import { aggregate, Cidr } from "../../core/cidr";
import type { Translation } from "../../core/part";
import type { PortRange } from "../../core/stack/values";

const ip = { 4: "ip", 6: "ip6" } as const;
const multicast = { 4: Cidr.parse("224.0.0.0/4"), 6: Cidr.parse("ff00::/8") } as const;
const range = ({ from, to }: PortRange) => (from === to ? `${from}` : `${from}-${to}`);
const short = (cidr: Cidr) => (cidr.size === 1n ? String(cidr.at(0)) : String(cidr));
const oneOf = (cidrs: readonly Cidr[]) => (cidrs.length === 1 ? cidrs.map(short).join() : `{ ${cidrs.map(short).join(", ")} }`);

/** The rule of a source translation, for a chain that packets pass when they leave. */
export function sourceRule(translation: Translation): string[] {
  if (translation.kind === "forward") return [];
  const { from, out, kind } = translation;
  const spared = kind === "masquerade" ? translation.notTo.filter(({ family }) => family === from.family) : [];
  const others = aggregate([from, multicast[from.family], ...spared]);
  const to = kind === "snat" ? `snat ${ip[from.family]} to ${translation.to}` : "masquerade";
  const match = `${from.prefix === 0 ? `meta nfproto ipv${from.family}` : `${ip[from.family]} saddr ${short(from)} ${ip[from.family]} daddr != ${oneOf(others)}`}`;
  return [`\t\t${match} ${out === undefined ? "" : `oifname "${out}" `}${to} comment "host.nat.${kind}"`];
}

/** The rule of a port forward, for a chain that packets pass when they arrive; only those to an address of the host's own. */
export function forwardRule(translation: Translation): string[] {
  if (translation.kind !== "forward") return [];
  const { protocol, ports, from, to, toPort } = translation;
  const family = ip[to.family];
  const target = toPort === undefined ? String(to) : to.family === 6 ? `[${to}]:${toPort}` : `${to}:${toPort}`;
  const who = from.length > 0 ? `${family} saddr ${oneOf(aggregate(from))}` : `meta nfproto ipv${to.family}`;
  return [`\t\t${who} fib daddr type local ${protocol} dport ${range(ports)} dnat ${family} to ${target} comment "host.nat.forwards"`];
}

/** Lets exactly that through, where the target is a pod. */
export function forwardAccept(translation: Translation): string[] {
  if (translation.kind !== "forward") return [];
  const { protocol, ports, to, toPort } = translation;
  const arriving = toPort === undefined ? range(ports) : toPort;
  return [`\t\tct status dnat ${ip[to.family]} daddr ${to} ${protocol} dport ${arriving} accept comment "host.nat.forwards"`];
}
