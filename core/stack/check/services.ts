import { dnsServiceAddresses } from "../../addresses";
import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Where the cluster's DNS sends queries: never back to itself. */
export function checkDns(stack: Stack, { intact }: Losses): Finding[] {
  const { dns, cluster } = stack;
  const findings: Finding[] = [];
  const error = (path: Path, message: string, mend: string) => findings.push({ severity: "error", path, message, mend });
  const own = intact("cluster", "serviceCIDRs") ? dnsServiceAddresses(stack).map(String) : [];
  const checkResolver = (text: string, path: Path) => {
    if (own.includes(text))
      error(path, `${text} is this cluster's own DNS service: queries would go round for ever.`, "Name a resolver outside of the cluster.");
    else if (/^127\.|^::1$/.test(text))
      error(
        path,
        `${text} is loopback, which inside of CoreDNS's pod is CoreDNS itself: queries would go round for ever.`,
        "Name the resolver's address on the network (systemd-resolved: see `resolvectl status`).",
      );
  };
  dns.upstream.forEach((text, index) => {
    checkResolver(text, ["dns", "upstream", index]);
    if (text === "/etc/resolv.conf" && dns.upstream.length > 1)
      error(
        ["dns", "upstream", index],
        "/etc/resolv.conf is listed along with addresses.",
        "Write either the file alone or addresses only.",
      );
  });
  const seen = new Map<string, number>();
  dns.zones.forEach(({ zone, forward }, index) => {
    const path = ["dns", "zones", index, "zone"];
    const earlier = seen.get(zone);
    if (earlier !== undefined) error(path, `${zone} is also dns.zones[${earlier}].`, "Merge the two into one zone.");
    seen.set(zone, earlier ?? index);
    if (intact("cluster", "domain") && (zone === cluster.domain || zone.endsWith(`.${cluster.domain}`)))
      error(path, `${zone} is a part of the cluster's own domain ${cluster.domain}.`, "Name a zone outside of it.");
    for (const [position, address] of forward.entries()) checkResolver(String(address), ["dns", "zones", index, "forward", position]);
  });
  return findings;
}
