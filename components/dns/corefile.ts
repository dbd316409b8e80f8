import type { Stack } from "../../core/stack/schema";

/** A plugin's line or block of a server block. */
function directive(words: readonly (string | number)[], body: readonly string[] = [], indent = "    "): string {
  const line = `${indent}${words.join(" ")}`;
  return body.length === 0 ? `${line}\n` : `${line} {\n${body.map((entry) => `${indent}    ${entry}\n`).join("")}${indent}}\n`;
}

/** The Corefile for a stack: kubeadm's own, with the stack's settings in. */
export function corefile({ cluster, dns }: Stack): string {
  const cache = (body: string[] = []) => (dns.cache > 0 ? [directive(["cache", dns.cache], body)] : []);
  const log = dns.log ? [directive(["log"])] : [];
  const root = [
    directive(["errors"]),
    ...log,
    directive(["health"], ["lameduck 5s"]),
    directive(["ready"]),
    ...(dns.hosts.length > 0
      ? [directive(["hosts"], [...dns.hosts.map(({ address, names }) => `${address} ${names.join(" ")}`), "fallthrough"])]
      : []),
    directive(
      ["kubernetes", cluster.domain, "in-addr.arpa", "ip6.arpa"],
      [`pods ${dns.podRecords}`, "fallthrough in-addr.arpa ip6.arpa", `ttl ${dns.ttl}`],
    ),
    directive(["prometheus", ":9153"]),
    directive(["forward", ".", ...dns.upstream], ["max_concurrent 1000"]),
    // The cluster's own names come from memory already; cached, they would be stale after a change.
    ...cache([`disable success ${cluster.domain}`, `disable denial ${cluster.domain}`]),
    directive(["loop"]),
    directive(["reload"]),
    directive(["loadbalance"]),
  ];
  const stubs = dns.zones.map(
    ({ zone, forward }) =>
      `${zone}:53 {\n${[directive(["errors"]), ...log, directive(["forward", ".", ...forward.map(String)]), ...cache()].join("")}}\n`,
  );
  return [`.:53 {\n${root.join("")}}\n`, ...stubs].join("");
}
