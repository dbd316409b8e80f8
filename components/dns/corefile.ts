import type { Cidr } from "../../core/cidr";
import type { Path } from "../../core/finding";
import type { Stack } from "../../core/stack/schema";
import { isInZone, reverseRange, reverseZone } from "../../core/zones";
import { readCorefile } from "./corefile/model";
import { atLeast, coreDnsOf, defaultVersion } from "./corefile/versions";

/** Some lines of a Corefile, and the setting that they come from. */
export interface Passage {
  readonly text: string;
  readonly path: Path;
}

type Body = readonly string[];

/** A plugin's line or block of a server block. */
function directive(words: readonly (string | number)[], body: Body = []): string {
  const line = `    ${words.join(" ")}`;
  return body.length === 0 ? `${line}\n` : `${line} {\n${body.map((entry) => `        ${entry}\n`).join("")}    }\n`;
}

/** The Corefile for a stack: kubeadm's own, with the stack's settings in. */
export function corefile(stack: Stack): string {
  return passages(stack)
    .map(({ text }) => text)
    .join("");
}

/** The Corefile for a stack, passage by passage. */
export function passages(stack: Stack): Passage[] {
  const { dns } = stack;
  const at = (...path: Path) => ["dns", ...path];
  const stubs = dns.zones.flatMap((stub, index): Passage[] => [
    { text: `${stub.zone}:53 {\n${directive(["errors"])}${dns.log ? directive(["log"]) : ""}`, path: at("zones", index) },
    ...hosts(stack, stub.zone),
    { text: forward(stub.forward, stub), path: at("zones", index, "forward") },
    { text: cache(stub.cache ?? dns.cache), path: at("zones", index) },
    { text: "}\n", path: at("zones", index) },
  ]);
  const blocks = dns.blocks === undefined ? [] : [{ text: dns.blocks.replace(/\n*$/, "\n"), path: at("blocks") }];
  return [...root(stack), ...stubs, ...blocks].filter(({ text }) => text !== "");
}

/** The server block of the cluster's names, and of all that no other one has. */
function root(stack: Stack): Passage[] {
  const { cluster, dns } = stack;
  const at = (text: string, ...path: Path) => ({ text, path: ["dns", ...path] });
  const names = [`pods ${dns.podRecords}`, "fallthrough in-addr.arpa ip6.arpa", `ttl ${dns.ttl}`];
  // The cluster's own names come from memory already; cached, they would be stale after a change.
  const canDisable = atLeast(coreDnsOf(cluster.kubernetes) ?? defaultVersion, "1.9.4");
  const uncached = canDisable ? [`disable success ${cluster.domain}`, `disable denial ${cluster.domain}`] : [];
  return [
    at(`${rootKeys(stack).join(" ")} {\n${directive(["errors"])}`),
    at(dns.log ? directive(["log"]) : "", "log"),
    at(directive(["health"], ["lameduck 5s"]) + directive(["ready"])),
    ...dns.rewrites.map((rule, index) => at(rewrite(rule), "rewrites", index)),
    ...hosts(stack, "."),
    at(dns.autopath ? directive(["autopath", "@kubernetes"]) : "", "autopath"),
    at(directive(["kubernetes", cluster.domain, "in-addr.arpa", "ip6.arpa"], names), "podRecords"),
    at(directive(["prometheus", ":9153"])),
    at(forward(dns.upstream, dns, ["max_concurrent 1000"]), "upstream"),
    at(cache(dns.cache, uncached), "cache"),
    at(["loop", "reload", "loadbalance"].map((name) => directive([name])).join("")),
    at(dns.extra === undefined ? "" : dns.extra.replace(/\n*$/, "\n").replace(/^(?=.)/gm, "    "), "extra"),
    at("}\n"),
  ];
}

/** Every name, and by name those of the cluster that a server block around them would take otherwise: the longest zone wins. */
function rootKeys({ cluster, dns }: Stack): string[] {
  const others = [...dns.zones.map(({ zone }) => zone), ...zonesOfBlocks(dns.blocks ?? "")];
  const isTaken = (own: string) => others.some((zone) => isInZone(own, zone));
  // Of a range that ends within a label, as 10.96.0.0/12 does, the zone around it is the smallest that there is.
  const isAnothers = (range: Cidr) => others.some((zone) => reverseRange(zone)?.equals(range));
  const ranges = [...cluster.serviceCIDRs, ...cluster.additionalServiceCIDRs, ...cluster.podCIDRs].filter(
    (range) => isTaken(reverseZone(range)) && !isAnothers(range),
  );
  const isOwnDomain = isTaken(cluster.domain) && !others.includes(cluster.domain);
  return [".", ...(isOwnDomain ? [cluster.domain] : []), ...ranges.map(String)].map((zone) => `${zone}:53`);
}

/** The zones of the user's own server blocks that are asked as the cluster's are. */
function zonesOfBlocks(text: string): string[] {
  const keys = readCorefile(text).flatMap((server) => server.keys);
  const zones = keys.filter(({ transport, port }) => transport === "dns" && port === "53").flatMap((key) => key.zones);
  return zones.filter((zone) => zone !== ".").map((zone) => zone.replace(/\.$/, ""));
}

/** The fixed names that a server block is asked for: those whose longest zone is its own. */
function hosts({ dns }: Stack, block: string): Passage[] {
  const owner = (name: string) =>
    dns.zones
      .map(({ zone }) => zone)
      .filter((zone) => isInZone(name, zone))
      .reduce((longest, zone) => (zone.length > longest.length ? zone : longest), ".");
  const entries = dns.hosts.flatMap(({ address, names }, index) => {
    const own = names.filter((name) => owner(name) === block);
    return own.length === 0 ? [] : [{ text: `        ${address} ${own.join(" ")}\n`, path: ["dns", "hosts", index] }];
  });
  if (entries.length === 0) return [];
  const path = ["dns", "hosts"];
  return [{ text: "    hosts {\n", path }, ...entries, { text: "        fallthrough\n    }\n", path }];
}

function rewrite({ match, from, to, answer }: Stack["dns"]["rewrites"][number]): string {
  // An exact rule always mends the answer, and needs no word for it (plugin/rewrite, newExactNameRule).
  const auto = answer === "auto" && match !== "exact" ? ["answer", "auto"] : [];
  return directive(["rewrite", "name", match, from, to, ...auto]);
}

type Forwarding = Pick<Stack["dns"], "tlsServerName" | "policy" | "healthCheck">;

function forward(
  upstreams: readonly { toString(): string }[],
  { tlsServerName, policy, healthCheck }: Forwarding,
  body: Body = [],
): string {
  return directive(
    ["forward", ".", ...upstreams.map(String)],
    [
      ...(tlsServerName === undefined ? [] : [`tls_servername ${tlsServerName}`]),
      ...(policy === "random" ? [] : [`policy ${policy}`]),
      ...(healthCheck === undefined ? [] : [`health_check ${healthCheck}s`]),
      ...body,
    ],
  );
}

const cache = (seconds: number, body: Body = []) => (seconds > 0 ? directive(["cache", seconds], body) : "");
