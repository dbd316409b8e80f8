import { isIP } from "node:net";
import { planNetwork } from "../../components/plan";
import type { Family } from "../../core/cidr";
import type { NftablesItem } from "../../core/hostItems/filters";
import type { Plan } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { NftTable, type Packet } from "./nft";

export function tableText(plan: Plan, name: string): string {
  const node = plan.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`no node ${name}`);
  const [item, ...more] = plan.hostItems(node).filter((candidate): candidate is NftablesItem => candidate.kind === "nftables");
  if (!item || more.length > 0) throw new Error("not one table");
  return item.table;
}

interface Line {
  /** `from -> to protocol[ port][ (was [ADDRESS:]PORT)][ STATE][ on HOST]` */
  readonly packet: string;
  readonly verdict: string;
}

/** The lines of a table of packets and verdicts, `packet: verdict`; empty ones and comments are left out. */
export function packetTable(text: string): Line[] {
  const lines = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  return lines.filter(Boolean).map((line) => {
    const [, packet = "", verdict = ""] = /^(.*?)\s*: (.*)$/.exec(line) ?? [];
    if (!verdict) throw new Error(`no verdict: ${line}`);
    return { packet, verdict };
  });
}

/**
 * Sends packets through the hosts' rendered tables. Names of nodes stand for their addresses, `pod@w1` for a pod of that node, others are given.
 * A packet to a node goes through that node's input chain, one to a pod through the forward chain of the pod's node; `on HOST` looks at another
 * host on the way, in its forward chain.
 */
export class Wire {
  private readonly plan: Plan;
  private readonly tables = new Map<string, NftTable>();

  constructor(
    stack: Stack,
    private readonly others: Record<string, string> = {},
    private readonly family: Family = 4,
  ) {
    this.plan = planNetwork(stack);
  }

  table(host: string): NftTable {
    const table = this.tables.get(host) ?? new NftTable(tableText(this.plan, host));
    this.tables.set(host, table);
    return table;
  }

  /** `accept REASON`, `drop REASON`; the reason is the rule's comment, or `policy`. */
  send(text: string): string {
    const match =
      /^(\S+) -> (\S+) (\w+)(?: ([\w-]+))?(?: from (\d+))?(?: \(was (?:([\d.]+):)?(\d+)\))?(?: (established|related|invalid|untracked))?(?: if (\w+))?(?: on (\w+))?$/.exec(
        text,
      );
    if (!match) throw new Error(`not understood: ${text}`);
    const [, from = "", to = "", protocol = "", operand, sourcePort, wasAddress, was, state, card, on] = match;
    const isPort = /^\d+$/.test(operand ?? "");
    const packet: Packet = {
      from: this.address(from),
      to: this.address(to),
      protocol,
      ...(operand && isPort ? { port: Number(operand) } : {}),
      ...(operand && !isPort ? { type: operand } : {}),
      ...(sourcePort ? { sourcePort: Number(sourcePort) } : {}),
      ...(was ? { translatedFrom: Number(was) } : {}),
      ...(wasAddress ? { translatedFromAddress: wasAddress } : {}),
      ...(state ? { state: state as "established" } : {}),
      ...(card ? { interface: card } : {}),
    };
    const [kind, host = to] = to.split("@");
    const isNode = this.plan.nodes.some(({ name }) => name === kind);
    const { verdict, why } = this.table(on ?? host).judge(isNode && !on ? "input" : "forward", packet);
    return `${verdict} ${why}`;
  }

  /** Does the packet get the address of its host when it leaves it? */
  isMasqueraded(from: string, to: string): boolean {
    const [kind = "", host = kind] = from.split("@");
    const packet = { from: this.address(from), to: this.address(to), protocol: "tcp", port: 443 };
    return this.table(host).judge("postrouting", packet).verdict === "masquerade";
  }

  private address(name: string): string {
    const given = this.others[name] ?? (isIP(name) ? name : undefined);
    if (given) return given;
    const [kind = "", host] = name.split("@");
    const node = this.plan.nodes.find((candidate) => candidate.name === (host ?? kind));
    const range = node?.podCIDRs.find((candidate) => candidate.family === this.family);
    const own = node?.address.find((candidate) => candidate.family === this.family);
    const address = host ? range?.at(7) : own;
    if (!address) throw new Error(`no IPv${this.family} address of ${name}`);
    return String(address);
  }
}
