import { podRanges, serviceRanges } from "../../core/addresses";
import { aggregate, Cidr, type Family } from "../../core/cidr";
import { type Flow, type Peer, showPeer } from "../../core/flow";
import type { Masquerade, PlannedNode, Translation } from "../../core/part";
import type { Context } from "../../core/plan";
import type { PortRange } from "../../core/stack/values";
import { forwardAccept, forwardRule, sourceRule } from "./translations";

const families: Family[] = [4, 6];
const ip = { 4: "ip", 6: "ip6" } as const;

/** Does a flow towards this peer arrive at the host itself? */
export function targets(peer: Peer, node: PlannedNode): boolean {
  if (peer.kind === "node") return peer.name === node.name;
  if (peer.kind === "services" || peer.kind === "cidrs") return true;
  return peer.kind === "nodes" && (!peer.roles || peer.roles.some((role) => node.roles.includes(role)));
}

/** The nodes that a peer stands for. */
function members(peer: Peer, nodes: readonly PlannedNode[]): readonly PlannedNode[] {
  return peer.kind === "nodes" || peer.kind === "node" ? nodes.filter((node) => targets(peer, node)) : [];
}

/** The addresses of a peer in one family; undefined means everybody. */
function addresses(peer: Peer, family: Family, { stack, nodes }: Context): Cidr[] | undefined {
  const all =
    peer.kind === "any"
      ? undefined
      : peer.kind === "pods"
        ? podRanges(stack).map(({ cidr }) => cidr)
        : peer.kind === "services"
          ? serviceRanges(stack).map(({ cidr }) => cidr)
          : peer.kind === "cidrs"
            ? peer.cidrs
            : members(peer, nodes).flatMap((node) => node.address.map((address) => Cidr.host(address)));
  return all && aggregate(all.filter((cidr) => cidr.family === family));
}

const short = (cidr: Cidr) => (cidr.size === 1n ? String(cidr.at(0)) : String(cidr));

/** Networks in ascending order as nft lists them in a set without a name: those that touch as a range. */
function spans(cidrs: readonly Cidr[]): string[] {
  const runs: Cidr[][] = [];
  for (const cidr of cidrs) {
    const run = runs.at(-1);
    const top = run?.at(-1);
    if (run && top && cidr.base === top.base + top.size) run.push(cidr);
    else runs.push([cidr]);
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) return [];
    return run.length === 1 ? [short(first)] : [`${first.at(0)}-${last.last}`];
  });
}

const quote = (why: string) => `"${why.replaceAll('"', "'")}"`;

/** Sorted, and merged where they touch: nft refuses a set with overlapping elements. */
function mergedPorts(ports: readonly PortRange[]): string[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...ports].sort((a, b) => a.from - b.from)) {
    const top = merged.at(-1);
    if (top && from <= top.to + 1) top.to = Math.max(top.to, to);
    else merged.push({ from, to });
  }
  return merged.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}

/** A set without a name, as nft lists it. */
const anonymous = (elements: readonly string[]) => (elements.length === 1 ? elements.join() : `{ ${elements.join(", ")} }`);

/** The names of the sets that a table uses, filled as rules ask for them. */
class Sets {
  private readonly used = new Map<string, { family: Family; elements: Cidr[] }>();

  constructor(private readonly context: Context) {}

  /** The match on a peer's addresses; "" for everybody, undefined when the peer has no address of the family. */
  match(side: "saddr" | "daddr", peer: Peer, family: Family): string | undefined {
    const elements = addresses(peer, family, this.context);
    if (!elements) return "";
    if (elements.length === 0) return undefined;
    if (peer.kind === "cidrs" || peer.kind === "node") return `${ip[family]} ${side} ${anonymous(spans(elements))} `;
    const name = `${showPeer(peer).replaceAll(/[^a-z]+/g, "_")}_v${family}`;
    this.used.set(name, { family, elements });
    return `${ip[family]} ${side} @${name} `;
  }

  render(): string[] {
    return [...this.used]
      .sort()
      .flatMap(([name, { family, elements }]) => [
        `\tset ${name} {`,
        `\t\ttype ipv${family}_addr`,
        "\t\tflags interval",
        `\t\telements = { ${elements.map(short).join(",\n\t\t\t     ")} }`,
        "\t}",
        "",
      ]);
  }
}

/** Addresses that services have beside the nodes' own, on every node. */
const areServices = ({ kind }: Peer) => kind === "services" || kind === "cidrs";

/** A rule per range for addresses that are translated to a pod's on the way. */
const translated = ({ to, why }: Flow) =>
  to.kind === "cidrs"
    ? families.flatMap((family) =>
        spans(aggregate(to.cidrs.filter((cidr) => cidr.family === family))).map(
          (span) => `\t\tct status dnat ct original ${ip[family]} daddr ${span} accept comment ${quote(why)}`,
        ),
      )
    : [];

/** A rule per family in which source and target exist; one for both where neither side is limited. */
function rules(flow: Flow, sets: Sets, target: Peer | undefined): string[] {
  if (flow.published && flow.to.kind === "cidrs") return translated(flow);
  const addresses = families.flatMap((family) => {
    const from = sets.match("saddr", flow.from, family);
    const to = target ? sets.match("daddr", target, family) : "";
    return from === undefined || to === undefined ? [] : [`${from}${to}`];
  });
  return [...new Set(addresses)].flatMap((address) =>
    portMatches(flow).map((port) => `\t\t${address}${port}accept comment ${quote(flow.why)}`),
  );
}

/** The matches on protocol and ports, each for a rule of its own. */
function portMatches({ protocol, ports, published }: Flow): string[] {
  // By number: not every host has a list of protocols' names (/etc/protocols).
  if (!ports) return [protocol === "any" ? "" : `meta l4proto ${protocol === "vrrp" ? 112 : protocol} `];
  const merged = mergedPorts(ports);
  // A rule per range instead of a set: nft 1.0.6 (Debian 12) lists sets of original ports as `[invalid type]`, which it can't read back.
  if (published) return merged.map((range) => `ct status dnat meta l4proto ${protocol} ct original proto-dst ${range} `);
  return [`${protocol} dport ${anonymous(merged)} `];
}

/** ICMP that networks break without: errors, path MTU discovery, neighbour discovery (RFC 4890), and ping. Address assignment by DHCP. */
const essentials = [
  '\t\tct state established,related accept comment "replies"',
  '\t\tiif "lo" accept comment "the host to itself"',
  '\t\tct state invalid drop comment "packets of no connection"',
  '\t\ticmp type { destination-unreachable, echo-request, time-exceeded, parameter-problem } accept comment "ICMP essentials"',
  '\t\ticmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, mld-listener-query, mld-listener-report, mld-listener-done, nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept comment "ICMPv6 essentials"',
  '\t\tudp sport 67 udp dport 68 accept comment "DHCP"',
  '\t\tip6 saddr fe80::/10 udp dport 546 accept comment "DHCPv6"',
];

/** The table `inet plumbline` of a host, as `nft list` shows it, except for the sets: one element per line, so that a diff shows the one that changed. */
export function nftTable(
  context: Context,
  node: PlannedNode,
  flows: readonly Flow[],
  masquerades: readonly Masquerade[],
  translations: readonly Translation[],
): string {
  const sets = new Sets(context);
  const pods: Peer = { kind: "pods" };
  const filter =
    context.stack.firewall.mode === "off"
      ? []
      : [
          "\tchain input {",
          "\t\ttype filter hook input priority filter; policy drop;",
          ...essentials,
          ...flows
            .filter((flow) => targets(flow.to, node))
            .flatMap((flow) => rules(flow, sets, areServices(flow.to) ? flow.to : undefined)),
          "\t}",
          "",
          // Other software's forwarding (containers, VMs) is none of our business: only connections to pods are judged here.
          "\tchain forward {",
          "\t\ttype filter hook forward priority filter; policy accept;",
          '\t\tct state established,related accept comment "replies"',
          // Pods of one bridge ask for each other from link-local addresses; br_netfilter shows us these packets too (RFC 4861, 7.3.3).
          ...(context.stack.cluster.podCIDRs.some((range) => range.family === 6)
            ? [
                '\t\ticmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept comment "neighbour discovery between pods of one bridge"',
              ]
            : []),
          ...flows.filter((flow) => flow.to.kind === "pods").flatMap((flow) => rules(flow, sets, pods)),
          ...flows.filter((flow) => flow.published && targets(flow.to, node)).flatMap((flow) => rules(flow, sets, undefined)),
          ...translations.flatMap(forwardAccept),
          ...families.flatMap((family) => {
            const match = sets.match("daddr", pods, family);
            return match ? [`\t\t${match}drop comment "no declared flow opens a connection to this pod"`] : [];
          }),
          "\t}",
          "",
        ];
  const outside = (family: Family, towardsNodes = false) =>
    [pods, ...(towardsNodes ? [] : [{ kind: "nodes" } as const])]
      .map((peer) => sets.match("daddr", peer, family)?.replace("daddr ", "daddr != ") ?? "")
      .join("");
  const sources = translations.flatMap(sourceRule);
  const forwards = translations.flatMap(forwardRule);
  const nat =
    masquerades.length === 0 && sources.length === 0
      ? []
      : [
          "\tchain postrouting {",
          "\t\ttype nat hook postrouting priority srcnat; policy accept;",
          ...masquerades.map(({ from, towardsNodes, why }) => {
            const multicast = from.family === 4 ? "224.0.0.0/4" : "ff00::/8";
            return `\t\t${ip[from.family]} saddr ${from} ${outside(from.family, towardsNodes)}${ip[from.family]} daddr != ${multicast} masquerade comment ${quote(why)}`;
          }),
          ...sources,
          "\t}",
          "",
        ];
  const inbound =
    forwards.length === 0
      ? []
      : ["\tchain prerouting {", "\t\ttype nat hook prerouting priority dstnat; policy accept;", ...forwards, "\t}", ""];
  const chains = [...filter, ...inbound, ...nat];
  if (chains.at(-1) === "") chains.pop();
  return `${["table inet plumbline {", ...sets.render(), ...chains, "}"].join("\n")}\n`;
}
