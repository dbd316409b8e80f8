import { nodeMaskSize } from "../../addresses";
import { addressBits } from "../../cidr";
import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Ranges that are large enough for what has to fit in, and no larger than Kubernetes accepts. */
export function checkSizes(stack: Stack, { intact }: Losses): Finding[] {
  const { cluster, nodes } = stack;
  const findings: Finding[] = [];
  const error = (path: Path, message: string, mend: string) => findings.push({ severity: "error", path, message, mend });
  const bounds = (low: number, high: number) => (low >= high ? `/${high}` : `between /${low} and /${high}`);

  if (intact("cluster", "podCIDRs") && intact("cluster", "nodeMaskSizes"))
    cluster.podCIDRs.forEach((range, index) => {
      const mask = nodeMaskSize(stack, index);
      const largest = addressBits[range.family] - 2;
      const given = index < cluster.nodeMaskSizes.length;
      const path: Path = given ? ["cluster", "nodeMaskSizes", index] : ["cluster", "podCIDRs", index];
      // A difference over 16 is refused by kubeadm (PodSubnetNodeMaskMaxDiff), and for IPv6 by kube-controller-manager (clusterSubnetMaxDiff).
      const low = range.prefix;
      const high = Math.min(largest, range.prefix + 16);
      const listed = given ? "Write a node mask" : `Write cluster.nodeMaskSizes with ${index === 0 ? "a first" : "a second"} entry`;
      if (range.prefix > largest)
        error(
          path,
          `${range} is too small for pods.`,
          `Write a range of /${largest} or larger, for example a /${range.family === 4 ? 16 : 56}.`,
        );
      else if (mask < low || mask > largest)
        error(path, `node ranges of /${mask} don't fit into ${range}.`, `${listed} ${bounds(low, high)}.`);
      else if (mask > high)
        error(
          path,
          `${range} cut into /${mask} gives more than 65536 node ranges, which ${range.family === 4 ? "kubeadm" : "kube-controller-manager"} refuses.`,
          `${listed} ${bounds(low, high)}.`,
        );
      else if (range.count(mask) < BigInt(nodes.length))
        error(
          ["cluster", "podCIDRs", index],
          `${range} holds ${range.count(mask)} node range${range.count(mask) === 1n ? "" : "s"} of /${mask}, but there are ${nodes.length} nodes.`,
          "Widen the pod range, or cut it into smaller node ranges (nodeMaskSizes).",
        );
    });
  if (cluster.nodeMaskSizes.length > cluster.podCIDRs.length && intact("cluster", "podCIDRs") && intact("cluster", "nodeMaskSizes"))
    error(
      ["cluster", "nodeMaskSizes"],
      `has ${cluster.nodeMaskSizes.length} entries for ${cluster.podCIDRs.length === 1 ? "one pod range" : `${cluster.podCIDRs.length} pod ranges`}.`,
      "Write one per entry of podCIDRs.",
    );

  if (intact("cluster", "serviceCIDRs"))
    cluster.serviceCIDRs.forEach((range, index) => {
      // kubeadm and kube-apiserver: at most 20 bits of service addresses; .1 is `kubernetes` and .10 is `kube-dns`.
      const bits = addressBits[range.family] - range.prefix;
      const path = ["cluster", "serviceCIDRs", index];
      if (bits > 20)
        error(path, `${range} is larger than the API server accepts.`, `Write a prefix of at least /${addressBits[range.family] - 20}.`);
      if (bits < 4)
        error(path, `${range} has no tenth address, which kube-dns needs.`, `Write a prefix of at most /${addressBits[range.family] - 4}.`);
    });
  return findings;
}
