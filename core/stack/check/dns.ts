import { dnsServiceAddresses } from "../../addresses";
import { Cidr } from "../../cidr";
import type { Finding, Path } from "../../finding";
import { Resolver } from "../../resolver";
import { isInZone, reverseRange } from "../../zones";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Where the cluster's DNS sends queries: never back to itself, and never away from the names that are the cluster's own. */
export function checkDns(stack: Stack, losses: Losses): Finding[] {
  return [
    ...resolvers(stack, losses),
    ...zones(stack, losses),
    ...rewrites(stack, losses),
    ...search(stack, losses),
    ...image(stack, losses),
    ...service(stack, losses),
    ...nodeLocal(stack, losses),
  ];
}

const finding = (severity: Finding["severity"], path: Path, message: string, mend: string): Finding => ({
  severity,
  path: ["dns", ...path],
  message,
  mend,
});

type Forwarding = Pick<Stack["dns"], "upstream" | "tlsServerName">;

/** Every list of resolvers: that of all names, and those of the zones. */
function resolvers({ dns, ...stack }: Stack, { intact }: Losses): Finding[] {
  const own = intact("cluster", "serviceCIDRs") ? dnsServiceAddresses({ ...stack, dns }).map(String) : [];
  const findings = (list: Forwarding["upstream"], path: Path): Finding[] =>
    list.flatMap((resolver, index) => {
      if (!(resolver instanceof Resolver)) return [];
      const text = String(resolver.address);
      if (own.includes(text)) {
        const message = `${text} is this cluster's own DNS service: queries would go round for ever.`;
        return [finding("error", [...path, index], message, "Name a resolver outside of the cluster.")];
      }
      if (!/^127\.|^::1$/.test(text)) return [];
      const message = `${text} is loopback, which inside of CoreDNS's pod is CoreDNS itself: queries would go round for ever.`;
      return [
        finding(
          "error",
          [...path, index],
          message,
          "Name the resolver's address on the network (systemd-resolved: see `resolvectl status`).",
        ),
      ];
    });
  const file = dns.upstream.findIndex((resolver) => !(resolver instanceof Resolver));
  const mixed =
    file >= 0 && dns.upstream.length > 1
      ? [
          finding(
            "error",
            ["upstream", file],
            "/etc/resolv.conf is listed along with addresses.",
            "Write either the file alone or addresses only.",
          ),
        ]
      : [];
  return [
    ...findings(dns.upstream, ["upstream"]),
    ...mixed,
    ...(intact("dns", "upstream") && intact("dns", "tlsServerName") ? encryption(dns, [], "upstream") : []),
    ...dns.zones.flatMap(({ forward, tlsServerName }, index) => [
      ...findings(forward, ["zones", index, "forward"]),
      ...(intact("dns", "zones") ? encryption({ upstream: forward, tlsServerName }, ["zones", index], "forward") : []),
    ]),
  ];
}

function encryption({ upstream, tlsServerName }: Forwarding, path: Path, key: string): Finding[] {
  const encrypted = upstream.filter((resolver) => resolver instanceof Resolver && resolver.tls);
  if (encrypted.length === 0) {
    if (tlsServerName === undefined) return [];
    const message = "does nothing: no resolver of this list is asked over TLS.";
    return [finding("warning", [...path, "tlsServerName"], message, "Write the resolvers as tls://ADDRESS, or remove it.")];
  }
  const findings: Finding[] = [];
  if (encrypted.length < upstream.length) {
    const message =
      "Some of these resolvers are asked over TLS and some in plain text: part of the queries can be read and changed on their way.";
    findings.push(finding("warning", [...path, key], message, "Write tls:// before all of them, or before none."));
  }
  if (tlsServerName === undefined) {
    // CoreDNS, plugin/forward/README.md on tls_servername.
    const message = `${encrypted[0]} is asked over TLS without the name that its certificate has to carry.`;
    findings.push(finding("warning", [...path, key], message, "Write it as tlsServerName, for example dns.quad9.net for 9.9.9.9."));
  }
  return findings;
}

function zones({ cluster, dns }: Stack, { intact }: Losses): Finding[] {
  const ranges = (["serviceCIDRs", "additionalServiceCIDRs", "podCIDRs"] as const).flatMap((key) =>
    intact("cluster", key) ? cluster[key].map((range) => ({ range, what: key === "podCIDRs" ? "pods" : "services" })) : [],
  );
  return dns.zones.flatMap(({ zone }, index) => {
    const path = ["zones", index, "zone"];
    const earlier = dns.zones.findIndex((other) => other.zone === zone);
    const range = reverseRange(zone);
    const own = range && ranges.find((candidate) => candidate.range.family === range.family && candidate.range.contains(range));
    return [
      ...(earlier < index ? [finding("error", path, `${zone} is also dns.zones[${earlier}].`, "Merge the two into one zone.")] : []),
      ...(intact("cluster", "domain") && isInZone(zone, cluster.domain)
        ? [finding("error", path, `${zone} is a part of the cluster's own domain ${cluster.domain}.`, "Name a zone outside of it.")]
        : []),
      ...(own
        ? [
            finding(
              "error",
              path,
              `${zone} has the reverse names of the cluster's own ${own.what} (${own.range}).`,
              "Name a zone outside of that range; a wider one may be named.",
            ),
          ]
        : []),
    ];
  });
}

/** A rule belongs to the server block of all names; a stub domain has a server block of its own. */
function rewrites({ cluster, dns }: Stack, { intact }: Losses): Finding[] {
  const stubOf = (text: string) => {
    const name = text.replace(/^\.|\.$/g, "");
    const isOwn = !intact("cluster", "domain") || isInZone(name, cluster.domain);
    return isOwn ? undefined : dns.zones.find(({ zone }) => isInZone(name, zone))?.zone;
  };
  return dns.rewrites.flatMap(({ match, from, to, answer }, index): Finding[] => {
    const [asked, target] = match === "exact" || match === "suffix" ? [stubOf(from), stubOf(to)] : [];
    const findings: Finding[] = [];
    if (asked !== undefined)
      findings.push(
        finding(
          "warning",
          ["rewrites", index, "from"],
          `Names in ${asked} are asked at that zone's own resolvers, so this rule is never tried.`,
          "Have those resolvers answer the name, or write the zone with its rules as a server block of your own (dns.blocks) instead.",
        ),
      );
    else if (target !== undefined)
      findings.push(
        finding(
          "warning",
          ["rewrites", index, "to"],
          `The name that is put in is in ${target}, but it is asked at dns.upstream: a rule doesn't lead into another zone.`,
          `Have the resolvers of dns.upstream know ${target}.`,
        ),
      );
    if (match === "suffix" && !from.startsWith("."))
      findings.push(
        finding(
          "warning",
          ["rewrites", index, "from"],
          `The suffix ${from} is also that of other names, such as not${from}.`,
          `Write .${from}, and a dot before dns.rewrites[${index}].to.`,
        ),
      );
    if (match === "exact" && answer === "none")
      findings.push(
        finding(
          "warning",
          ["rewrites", index, "answer"],
          "CoreDNS always mends the answer of an exact rule.",
          "Remove it, or write match: regex.",
        ),
      );
    return findings;
  });
}

function search({ dns }: Stack, { intact }: Losses): Finding[] {
  if (!intact("dns", "podRecords") || !dns.autopath || dns.podRecords === "verified") return [];
  // CoreDNS, plugin/autopath/README.md: @kubernetes knows a pod's namespace by its address only then.
  const message = `does nothing with podRecords: ${dns.podRecords}: CoreDNS has to know a pod by its address.`;
  return [finding("error", ["autopath"], message, "Write podRecords: verified, or autopath: false.")];
}

function image({ dns }: Stack, { intact }: Losses): Finding[] {
  if (!intact("dns") || dns.nodeLocal || dns.image === undefined) return [];
  return [finding("warning", ["image"], "does nothing without nodeLocal: true.", "Write nodeLocal: true, or remove it.")];
}

/** The DNS service's addresses are some of the services', one of each family at most. */
function service({ cluster, dns }: Stack, { intact }: Losses): Finding[] {
  if (!intact("dns", "serviceAddresses") || !intact("cluster", "serviceCIDRs")) return [];
  const ranges = cluster.serviceCIDRs.join(", ");
  return dns.serviceAddresses.flatMap((address, index, all): Finding[] => {
    const path = ["serviceAddresses", index];
    const inside = cluster.serviceCIDRs.some((range) => range.family === address.family && range.contains(Cidr.host(address)));
    if (!inside)
      return [
        finding(
          "error",
          path,
          `${address} is no service address: those are ${ranges}.`,
          `Write the one that \`kubectl -n kube-system get service ${dns.service}\` shows.`,
        ),
      ];
    if (all.findIndex(({ family }) => family === address.family) === index) return [];
    return [finding("error", path, `${address} is a second address of its family, and a service has one.`, "Write one of each family.")];
  });
}

/** The cache's own addresses, and what asks it. */
function nodeLocal({ cluster, dns }: Stack, { intact }: Losses): Finding[] {
  if (!intact("dns")) return [];
  if (!dns.nodeLocal) {
    if (dns.nodeLocalAddresses.length === 0) return [];
    return [finding("warning", ["nodeLocalAddresses"], "does nothing without nodeLocal: true.", "Write nodeLocal: true, or remove it.")];
  }
  const families = new Set(cluster.serviceCIDRs.map(({ family }) => family));
  return dns.nodeLocalAddresses.flatMap((address, index): Finding[] => {
    const path = ["nodeLocalAddresses", index];
    if (intact("cluster", "serviceCIDRs") && !families.has(address.family))
      return [
        finding("error", path, `${address} is of a family that the cluster doesn't have.`, "Write an address of the services' family."),
      ];
    return [];
  });
}
