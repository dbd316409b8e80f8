import { type AddressRange, podRanges, serviceRanges } from "../../addresses";
import { addressBits, Cidr, cidrsBetween } from "../../cidr";
import { type Finding, type Path, showPath } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";
import { reservedRanges } from "./addresses";

interface Pool {
  readonly path: Path;
  readonly what: string;
  /** As the user wrote it. */
  readonly text: string;
  readonly cidrs: readonly Cidr[];
}

/** The addresses that a load balancer gives away: on the nodes' LAN or routed to it, but no node's, pod's, service's or other pool's. */
export function checkPools(stack: Stack, { kept }: Losses): Finding[] {
  const { cluster, nodes } = stack;
  const pools = cluster.loadBalancerPools.map(({ name, cidr, range }, index): Pool => {
    const path = ["cluster", "loadBalancerPools", index, cidr ? "cidr" : "range"];
    if (cidr) return { path, what: name, text: String(cidr), cidrs: [cidr] };
    const cidrs = range ? cidrsBetween(range.first, range.last) : [];
    return { path, what: name, text: `${range?.first}-${range?.last}`, cidrs };
  });
  const claimed: AddressRange[] = [
    ...podRanges(stack)
      .filter(({ pool }) => kept("cluster", pool === undefined ? "podCIDRs" : "podPools"))
      .map(({ cidr, path }) => ({ cidr, what: "podCIDRs", path })),
    ...serviceRanges(stack)
      .filter(({ key }) => kept("cluster", key))
      .map(({ cidr, path, key }) => ({ cidr, what: key, path })),
  ];
  const addresses = nodes.flatMap((node, index) =>
    node.address.map(
      (address): AddressRange => ({ cidr: Cidr.host(address), what: `node ${node.name}`, path: ["nodes", index, "address"] }),
    ),
  );
  const reserved = reservedRanges(stack);
  return pools.flatMap((pool, index) => [
    ...overlaps(pool, claimed, "error"),
    ...overlaps(pool, addresses, "error"),
    ...overlaps(pool, reserved, "warning"),
    ...pools
      .slice(0, index)
      .flatMap((other) => (other.cidrs.some((cidr) => pool.cidrs.some((own) => own.overlaps(cidr))) ? [twice(pool, other)] : [])),
  ]);
}

function overlaps(pool: Pool, others: readonly AddressRange[], severity: "error" | "warning"): Finding[] {
  return others
    .filter((other) => pool.cidrs.some((cidr) => cidr.overlaps(other.cidr)))
    .map(({ cidr, what, path = [] }): Finding => {
      const isHost = cidr.prefix === addressBits[cidr.family];
      return {
        severity,
        path: pool.path,
        message: isHost
          ? `${pool.text} holds ${String(cidr).split("/")[0]}, the address of ${what}.`
          : `${pool.text} overlaps ${showPath(path)} ${cidr}.`,
        mend: "Give the load balancer addresses that nobody else has: free ones of the nodes' LAN, or a range that is routed to the nodes.",
      };
    });
}

const twice = (pool: Pool, other: Pool): Finding => ({
  severity: "error",
  path: pool.path,
  message: `${pool.text} overlaps ${showPath(other.path)} ${other.text}, so an address may be given away twice.`,
  mend: "Give every pool addresses of its own.",
});
