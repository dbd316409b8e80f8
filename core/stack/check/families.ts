import type { Finding } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Every place that takes addresses covers the same IP families, in the same order. */
export function checkFamilies({ cluster, nodes }: Stack, { intact }: Losses): Finding[] {
  const findings: Finding[] = [];
  const error = (path: Finding["path"], message: string, mend: string) => findings.push({ severity: "error", path, message, mend });
  const podsKnown = intact("cluster", "podCIDRs");
  const pods = cluster.podCIDRs.map((range) => range.family);
  const services = cluster.serviceCIDRs.map((range) => range.family);

  for (const [key, [first, second]] of [["podCIDRs", pods] as const, ["serviceCIDRs", services] as const])
    if (first !== undefined && first === second && intact("cluster", key))
      error(["cluster", key, 1], `is a second IPv${first} range.`, "Give one range per IP family: one IPv4, one IPv6.");

  if (podsKnown && intact("cluster", "serviceCIDRs") && services[0] !== services[1])
    cluster.serviceCIDRs.forEach((range, index) => {
      const path = ["cluster", "serviceCIDRs", index];
      const other = cluster.podCIDRs[index];
      if (!pods.includes(range.family))
        error(
          path,
          `${range} is IPv${range.family}, but pods have no IPv${range.family} range.`,
          `Add an IPv${range.family} range to cluster.podCIDRs, or remove this one.`,
        );
      else if (other && other.family !== range.family && index === 0)
        error(
          path,
          `${range} is IPv${range.family}, but cluster.podCIDRs[${index}] is IPv${other.family}.`,
          "List pod and service ranges in the same order of families; the first one is the cluster's primary family.",
        );
    });

  nodes.forEach((node, index) => {
    if (node.address.length === 0 || !intact("nodes", index, "address")) return;
    const own = node.address.map((address) => address.family);
    if (own[0] !== undefined && own[0] === own[1])
      error(["nodes", index, "address", 1], `is a second IPv${own[0]} address.`, "Give one address per IP family.");
    else if (podsKnown)
      for (const family of new Set(pods.filter((wanted) => !own.includes(wanted))))
        error(
          ["nodes", index, "address"],
          `${node.name} has no IPv${family} address, but cluster.podCIDRs has an IPv${family} range.`,
          pods.length > 1
            ? `Write a list of two: address: [${node.address.join(", ")}, its IPv${family} address].`
            : `Write the node's IPv${family} address, or pod ranges of its family.`,
        );
  });
  return findings;
}
