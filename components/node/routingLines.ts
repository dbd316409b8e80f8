import { Address, Cidr } from "../../core/cidr";
import type { RuleItem, StaticRouteItem } from "../../core/hostItems/routing";

/** An item as the line of a bundle, and what makes it one of its kind. */
interface Line {
  readonly key: string;
  readonly line: string;
}

/** Linux's metric of a route without one. */
const defaultMetric = { 4: 0, 6: 1024 } as const;
/** The numbers of tables with a name, as `ip -N` lists them. */
const tableNumber = (table: string) => (table === "main" ? "254" : table);

/** `static-route 10.20.0.0/16 table 254 metric 100 via 10.100.0.1 dev eth1 src 10.100.0.20 onlink`; a blackhole says so after the metric. */
export function staticRouteLine({ destination, table, metric, via, link, source, onlink }: StaticRouteItem): Line {
  const to = Cidr.parse(destination);
  const key = `${to} table ${tableNumber(table)} metric ${metric ?? defaultMetric[to.family]}`;
  const how = [
    via && `via ${Address.parse(via)}`,
    link && `dev ${link}`,
    source && `src ${Address.parse(source)}`,
    onlink && "onlink",
  ].filter((words) => words);
  return { key, line: `static-route ${key} ${via || link ? how.join(" ") : "blackhole"}` };
}

/** `rule 4 1000: from 10.1.0.0/24 to 10.20.0.0/16 fwmark 0x1/0xff iif eth1 lookup 100`: in the words of `ip -N rule`, so that the agent compares lines. */
export function ruleLine({ family, priority, from, to, iif, fwmark, table }: RuleItem): Line {
  const selectors = [
    `from ${from === undefined ? "all" : selector(from)}`,
    to === undefined || Cidr.parse(to).prefix === 0 ? "" : `to ${selector(to)}`,
    fwmark === undefined ? "" : `fwmark ${mark(fwmark)}`,
    iif === undefined ? "" : `iif ${iif}`,
  ].filter((words) => words !== "");
  const key = `${family} ${priority}: ${selectors.join(" ")} lookup ${tableNumber(table)}`;
  return { key, line: `rule ${key}` };
}

function selector(text: string): string {
  const range = Cidr.parse(text);
  if (range.prefix === 0) return "all";
  return range.size === 1n ? String(range.at(0)) : String(range);
}

function mark(text: string): string {
  const [value = "", mask] = text.split("/").map((part) => `0x${Number(part).toString(16)}`);
  return mask === undefined || mask === "0xffffffff" ? value : `${value}/${mask}`;
}
