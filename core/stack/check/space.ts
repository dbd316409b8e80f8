import { podRanges, serviceRanges } from "../../addresses";
import { Cidr } from "../../cidr";
import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Address space that is nobody's in particular: RFC 1918, and the benchmarking range of RFC 2544. */
const unowned = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"].map(Cidr.parse);
/** RFC 6598; also what Tailscale gives its hosts. */
const shared = Cidr.parse("100.64.0.0/10");
/** What is an error of its own: not global unicast. */
const special = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].map(Cidr.parse);
/** Deprecated by RFC 3879; kubeadm warns. */
const siteLocal = Cidr.parse("fec0::/10");

/** Whose the pods' and services' addresses are, elsewhere; and node addresses that no host can have. */
export function checkSpace(stack: Stack, losses: Losses): Finding[] {
  const ranges = [
    ...podRanges(stack).flatMap(({ cidr, path, pool }): [Cidr, Path][] =>
      losses.kept("cluster", pool === undefined ? "podCIDRs" : "podPools") ? [[cidr, path]] : [],
    ),
    ...serviceRanges(stack).flatMap(({ cidr, path, key }): [Cidr, Path][] => (losses.kept("cluster", key) ? [[cidr, path]] : [])),
  ];
  return [...ranges.flatMap(([cidr, path]) => judge(cidr, path)), ...checkHostPart(stack, losses)];
}

function judge(cidr: Cidr, path: Path): Finding[] {
  if (cidr.family === 6) {
    if (!cidr.overlaps(siteLocal)) return [];
    const message = `${cidr} is in fec0::/10, site-local addresses, which are deprecated (RFC 3879).`;
    return [{ severity: "warning", path, message, mend: "Take a range of fd00::/8, for example fd00:10:244::/56." }];
  }
  if (shared.contains(cidr)) {
    const message = `${cidr} is shared address space (100.64.0.0/10), which providers and VPNs such as Tailscale use as well.`;
    return [{ severity: "info", path, message, mend: "Fine as long as no host uses such an address for something else." }];
  }
  if (unowned.some((range) => range.contains(cidr)) || special.some((range) => range.overlaps(cidr))) return [];
  return [
    {
      severity: "warning",
      path,
      message: `${cidr} is public address space: unless it is yours, pods can't reach its owners on the Internet.`,
      mend: "Take a private range: of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
    },
  ];
}

/** The first and the last address of an IPv4 LAN are the network's own; of an IPv6 LAN the first is every router's (RFC 4291, 2.6.1). */
function checkHostPart({ cluster, nodes }: Stack, { kept }: Losses): Finding[] {
  if (!kept("cluster", "nodeCIDRs")) return [];
  return nodes.flatMap((node, index) =>
    node.address.flatMap((address): Finding[] => {
      const lan = cluster.nodeCIDRs.find((candidate) => candidate.contains(address));
      // A /31 or /32 (/127 or /128) has no such addresses.
      if (!lan || lan.size <= 2n) return [];
      const isFirst = address.value === lan.base;
      const isLast = address.family === 4 && address.value === lan.last.value;
      if (!isFirst && !isLast) return [];
      const what = address.family === 6 ? "the routers' anycast address" : isFirst ? "the network's own address" : "the broadcast address";
      const mend = `Write the node's own address, from ${lan.at(1)} to ${lan.at(lan.size - 2n)}.`;
      return [
        { severity: "error", path: ["nodes", index, "address"], message: `${address} is ${what} of ${lan}, so no host can have it.`, mend },
      ];
    }),
  );
}
