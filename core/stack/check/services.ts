import { dnsServiceAddresses } from "../../addresses";
import { AddressError, Cidr } from "../../cidr";
import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Ports of every cluster that a NodePort range must not cover. Source: kubernetes.io, "Ports and Protocols". */
const clusterPorts = [2379, 2380, 10249, 10250, 10256, 10257, 10259];

/** kube-proxy's settings against the Kubernetes version and the ports of the nodes. */
export function checkProxy({ cluster, proxy, ssh }: Stack): Finding[] {
  const findings: Finding[] = [];
  const report = (severity: Finding["severity"], path: Path, message: string, mend: string) =>
    findings.push({ severity, path, message, mend });
  const minor = Number(cluster.kubernetes.split(".")[1]);
  if (proxy.mode === "nftables" && minor < 31)
    report(
      "error",
      ["proxy", "mode"],
      `nftables needs Kubernetes 1.31, but cluster.kubernetes is ${cluster.kubernetes}.`,
      "Write iptables.",
    );
  if (proxy.mode === "ipvs" && minor >= 35)
    report("warning", ["proxy", "mode"], "ipvs is deprecated since Kubernetes 1.35.", "Write nftables (kernel 5.13 or later).");
  const used = [...new Set([ssh.port, cluster.apiServerPort, ...clusterPorts])].sort((a, b) => a - b);
  const covered = used.filter((port) => port >= proxy.nodePorts.from && port <= proxy.nodePorts.to);
  if (covered.length > 0)
    report(
      "error",
      ["proxy", "nodePorts"],
      `${proxy.nodePorts.from}-${proxy.nodePorts.to} covers port${covered.length > 1 ? "s" : ""} ${covered.join(", ")} of the nodes themselves.`,
      "Keep the default 30000-32767, or write a range without them.",
    );
  proxy.nodePortAddresses.forEach((text, index) => {
    const path = ["proxy", "nodePortAddresses", index];
    if (text === "primary") {
      if (proxy.nodePortAddresses.length > 1)
        report("error", path, "primary is listed along with ranges.", "Write [primary] alone, or ranges only.");
      return;
    }
    try {
      Cidr.parse(text);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      report("error", path, error.problem, error.mend);
    }
  });
  return findings;
}

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
