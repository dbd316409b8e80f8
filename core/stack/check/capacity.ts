import { nodeMaskSize, podsPerNode, usesNodeRanges } from "../../addresses";
import { addressBits, type Cidr } from "../../cidr";
import type { Finding } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Providers that give pods addresses by an IPAM of their own, not out of the node ranges. */
const ownIpam: readonly string[] = ["calico", "cilium", "weave"];

/** Whether the pods that a node may run have addresses, and what runs out first when the cluster grows. What doesn't fit today is `checkSizes`'s to say. */
export function checkCapacity(stack: Stack, { intact }: Losses): Finding[] {
  const { cluster, nodes, cni } = stack;
  if (ownIpam.includes(cni.provider) || !usesNodeRanges(stack) || !intact("cluster", "podCIDRs") || !intact("cluster", "nodeMaskSizes"))
    return [];
  const ranges = cluster.podCIDRs.flatMap((range, index): NodeRanges[] => {
    const mask = nodeMaskSize(stack, index);
    const total = range.count(mask);
    return mask > addressBits[range.family] - 2 || total === 0n ? [] : [{ range, index, mask, total }];
  });
  const [first] = [...ranges].sort((a, b) => Number(a.total - b.total));
  const used = BigInt(nodes.length);
  return [
    ...ranges.flatMap(({ range: { family }, index, mask }) => {
      const pods = podsPerNode(family, mask);
      const path = index < cluster.nodeMaskSizes.length ? ["cluster", "nodeMaskSizes", index] : ["cluster", "podCIDRs", index];
      return pods < BigInt(cluster.maxPods) ? [tooFew(path, family, mask, pods, cluster.maxPods)] : [];
    }),
    ...(first && first.total >= used && first.total < 2n * used ? [forecast(first, used)] : []),
  ];
}

/** A pod range and what it is cut into. */
interface NodeRanges {
  readonly range: Cidr;
  readonly index: number;
  readonly mask: number;
  readonly total: bigint;
}

function tooFew(path: Finding["path"], family: 4 | 6, mask: number, pods: bigint, maxPods: number): Finding {
  let wider = mask;
  while (podsPerNode(family, wider) < BigInt(maxPods)) wider--;
  return {
    severity: "warning",
    path,
    message: `a node range of /${mask} has addresses for ${pods} pod${pods === 1n ? "" : "s"}, but kubelets start up to ${maxPods}: the ones after that never get ready.`,
    mend: `Set maxPods: ${pods} in KubeletConfiguration and in cluster.maxPods, or give nodes a /${wider} (nodeMaskSizes) before the cluster is made.`,
  };
}

const forecast = ({ range, index, mask, total }: NodeRanges, used: bigint): Finding => ({
  severity: "info",
  path: ["cluster", "podCIDRs", index],
  message: `${range} is what runs out first: ${used} of its ${total} node range${total === 1n ? "" : "s"} (/${mask}) ${used === 1n ? "is" : "are"} used, so twice as many nodes don't fit.`,
  mend: 'A pod range can\'t be widened in place: see docs/addresses.md, "When a range runs out".',
});
