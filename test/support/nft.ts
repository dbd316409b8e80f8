import { BlockList, isIP } from "node:net";

/** A packet as a chain of the host's filter sees it. */
export interface Packet {
  readonly from: string;
  /** After address translation. */
  readonly to: string;
  readonly protocol: string;
  /** Destination port, after translation. */
  readonly port?: number;
  readonly sourcePort?: number;
  /** ICMP or ICMPv6 type, by nft's name. */
  readonly type?: string;
  /** Default: new. */
  readonly state?: "new" | "established" | "related" | "invalid" | "untracked";
  /** The destination port before translation, where the packet's destination was translated. */
  readonly translatedFrom?: number;
  /** The destination address before translation. */
  readonly translatedFromAddress?: string;
  /** Default: some network card. */
  readonly interface?: string;
}

export type Verdict = "accept" | "drop" | "masquerade";

/** What a rule decides, and the comment that says why; of a policy, the word. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly why: string;
}

type Matcher = (packet: Packet) => boolean;
interface Rule extends Judgement {
  readonly matches: readonly Matcher[];
}
interface Chain {
  readonly policy: Verdict;
  readonly rules: readonly Rule[];
}

/**
 * Reads a rendered table and judges packets by it: only the constructs that we render, and an error for any other.
 * Written from nft(8), not from the renderer: an independent second opinion.
 */
export class NftTable {
  private readonly sets = new Map<string, string[]>();
  private readonly chains = new Map<string, Chain>();

  constructor(text: string) {
    const body = /^table inet plumbline \{\n(.*)\}\n$/s.exec(text)?.[1];
    if (body === undefined) throw new Error("not the table inet plumbline");
    const rest = body.replaceAll(/^\t(set|chain) (\w+) \{\n(.*?)^\t\}\n/gms, (_, kind: string, name: string, inner: string) => {
      if (kind === "set") this.sets.set(name, elements(inner));
      else this.chains.set(name, { policy: policyOf(inner), rules: [] });
      return "";
    });
    if (rest.trim()) throw new Error(`not understood: ${rest}`);
    // Rules second: they refer to sets.
    for (const [, name = "", inner = ""] of body.matchAll(/^\tchain (\w+) \{\n(.*?)^\t\}\n/gms)) {
      const [, ...lines] = inner.trimEnd().split("\n");
      this.chains.set(name, { policy: policyOf(inner), rules: lines.map((line) => this.rule(line.trim())) });
    }
  }

  get chainNames(): string[] {
    return [...this.chains.keys()];
  }

  judge(name: string, packet: Packet): Judgement {
    const chain = this.chains.get(name);
    if (!chain) throw new Error(`no chain ${name}`);
    const rule = chain.rules.find(({ matches }) => matches.every((matches) => matches(packet)));
    return rule ? { verdict: rule.verdict, why: rule.why } : { verdict: chain.policy, why: "policy" };
  }

  private rule(line: string): Rule {
    const [, matching = "", verdict = "", why = ""] = /^(.*?)(accept|drop|masquerade)(?: comment "([^"]*)")?$/.exec(line) ?? [];
    if (!verdict) throw new Error(`no verdict: ${line}`);
    const matches: Matcher[] = [];
    let rest = matching;
    while (rest.trim()) {
      const [, words = "", operand = "", next = ""] =
        /^((?:ct state|ct status|ct original proto-dst|ct original ip6? daddr|iif|ip saddr|ip daddr|ip6 saddr|ip6 daddr|meta l4proto|icmp type|icmpv6 type|\w+ [sd]port)(?: !=)?) (\{[^}]*\}|\S+) ?(.*)$/.exec(
          rest,
        ) ?? [];
      if (!words) throw new Error(`not understood: ${rest}`);
      matches.push(this.matcher(words, operand));
      rest = next;
    }
    return { verdict: verdict as Verdict, why, matches };
  }

  private matcher(words: string, operand: string): Matcher {
    const isNot = words.endsWith(" !=");
    const key = words.replace(" !=", "");
    const values = operand.startsWith("@")
      ? this.set(operand.slice(1))
      : operand
          .replaceAll(/[{}]/g, "")
          .split(",")
          .map((text) => text.trim());
    const positive = positiveMatcher(key, values);
    // nft: `ip saddr != X` still demands an IPv4 packet.
    const family = /^ip6? /.exec(key)?.[0].trim();
    if (!isNot) return positive;
    return (packet) => (family === undefined || isIP(packet.from) === (family === "ip" ? 4 : 6)) && !positive(packet);
  }

  private set(name: string): string[] {
    const set = this.sets.get(name);
    if (!set) throw new Error(`no set ${name}`);
    return set;
  }
}

const elements = (inner: string) => (/elements = \{([^}]*)\}/s.exec(inner)?.[1] ?? "").split(",").map((text) => text.trim());

function policyOf(inner: string): Verdict {
  const policy = /^\t\ttype (?:filter|nat) hook \w+ priority \w+; policy (accept|drop);\n/.exec(inner)?.[1];
  if (!policy) throw new Error(`no chain head: ${inner}`);
  return policy as Verdict;
}

function positiveMatcher(key: string, values: readonly string[]): Matcher {
  const [first = "", second] = key.split(" ");
  switch (key) {
    case "ct state":
      return ({ state = "new" }) => values.includes(state);
    case "ct status":
      if (values.join() !== "dnat") throw new Error(`ct status ${values}`);
      return ({ translatedFrom }) => translatedFrom !== undefined;
    case "ct original proto-dst":
      return ({ translatedFrom, port }) => inPorts(values, translatedFrom ?? port);
    case "iif":
      return (packet) => values.includes(JSON.stringify(packet.interface ?? "host0"));
    case "meta l4proto":
      // vrrp is 112 in IANA's list of protocols.
      return ({ protocol }) => values.includes(protocol === "vrrp" ? "112" : protocol);
    case "icmp type":
    case "icmpv6 type":
      return ({ protocol, type = "" }) => protocol === first && values.includes(type);
    case "ip saddr":
    case "ip6 saddr":
      return inNetworks(values, first, ({ from }) => from);
    case "ct original ip daddr":
    case "ct original ip6 daddr":
      return inNetworks(values, key.includes("ip6") ? "ip6" : "ip", ({ to, translatedFromAddress }) => translatedFromAddress ?? to);
    case "ip daddr":
    case "ip6 daddr":
      return inNetworks(values, first, ({ to }) => to);
    default:
      return (packet) => packet.protocol === first && inPorts(values, second === "sport" ? packet.sourcePort : packet.port);
  }
}

function inPorts(values: readonly string[], port: number | undefined): boolean {
  return values.some((value) => {
    const [low, high = low] = value.split("-").map(Number);
    return port !== undefined && low !== undefined && high !== undefined && port >= low && port <= high;
  });
}

function inNetworks(values: readonly string[], ip: string, side: (packet: Packet) => string): Matcher {
  const [version, type] = ip === "ip" ? ([4, "ipv4"] as const) : ([6, "ipv6"] as const);
  const list = new BlockList();
  for (const value of values) {
    const [first, last] = value.split("-");
    if (first && last) {
      list.addRange(first, last, type);
      continue;
    }
    const [address = "", prefix = version === 4 ? "32" : "128"] = value.split("/");
    list.addSubnet(address, Number(prefix), type);
  }
  return (packet) => isIP(side(packet)) === version && list.check(side(packet), type);
}
