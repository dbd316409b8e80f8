import { nodeRangeCount, nodesIn, type PodRange, podRanges, podRangesOf, podsPerNode, usesNodeRanges } from "../../addresses";
import { addressBits } from "../../cidr";
import type { Finding } from "../../finding";
import type { Losses } from "../losses";
import type { Stack, StackNode } from "../schema";

/** Providers that give pods addresses by an IPAM of their own, not out of the node ranges. */
const ownIpam: readonly string[] = ["calico", "cilium", "weave"];

/** Whether the pods that a node may run have addresses, and what runs out first when the cluster grows. What doesn't fit today is `checkSizes`'s to say. */
export function checkCapacity(stack: Stack, { intact }: Losses): Finding[] {
  const { cluster, cni } = stack;
  const known = ["podCIDRs", "nodeMaskSizes", "podPools"].every((key) => intact("cluster", key));
  if (ownIpam.includes(cni.provider) || !usesNodeRanges(stack) || !known) return [];
  const ranges = podRanges(stack).flatMap((range): NodeRanges[] => {
    const total = nodeRangeCount(stack, range);
    const isUsable = range.maskSize <= addressBits[range.cidr.family] - 2 && total > 0n;
    return isUsable ? [{ ...range, total, used: BigInt(nodesIn(stack, range).length) }] : [];
  });
  const [first] = ranges.filter(({ used }) => used > 0n).sort((a, b) => Number(a.total * b.used - b.total * a.used));
  return [
    ...ranges.flatMap(({ cidr: { family }, maskPath, maskSize }) => {
      const pods = podsPerNode(family, maskSize);
      return pods < BigInt(cluster.maxPods) ? [tooFew(maskPath, family, maskSize, pods, cluster.maxPods)] : [];
    }),
    ...stack.nodes.flatMap((node, index) =>
      ["podCIDRs", "podPool", "podMaskSizes"].every((key) => intact("nodes", index, key)) ? ownTooFew(stack, node, index) : [],
    ),
    ...(first && first.total >= first.used && first.total < 2n * first.used ? [forecast(first)] : []),
  ];
}

/** A pod range, how many node ranges it has, and how many of them are used. */
interface NodeRanges extends PodRange {
  readonly total: bigint;
  readonly used: bigint;
}

/** A node with a size or a number of pods of its own. */
function ownTooFew(stack: Stack, node: StackNode, index: number): Finding[] {
  const { maxPods = stack.cluster.maxPods, podMaskSizes, podCIDRs } = node;
  return podRangesOf(stack, node).flatMap(({ cidr: { family }, maskSize }, position) => {
    const mask = podCIDRs.find((pin) => pin.family === family)?.prefix ?? podMaskSizes[position] ?? maskSize;
    const path = ["nodes", index, ...(position < podMaskSizes.length ? ["podMaskSizes", position] : ["maxPods"])];
    const isOwn = node.maxPods !== undefined || position < podMaskSizes.length;
    if (!isOwn || mask > addressBits[family] - 2 || podsPerNode(family, mask) >= BigInt(maxPods)) return [];
    return [tooFew(path, family, mask, podsPerNode(family, mask), maxPods)];
  });
}

function tooFew(path: Finding["path"], family: 4 | 6, mask: number, pods: bigint, maxPods: number): Finding {
  let wider = mask;
  while (podsPerNode(family, wider) < BigInt(maxPods)) wider--;
  return {
    severity: "warning",
    path,
    message: `a node range of /${mask} has addresses for ${pods} pod${pods === 1n ? "" : "s"}, but kubelets start up to ${maxPods}: the ones after that never get ready.`,
    mend:
      path[0] === "nodes"
        ? `Set maxPods: ${pods} in its KubeletConfiguration and here, or give the node a /${wider}.`
        : `Set maxPods: ${pods} in KubeletConfiguration and in cluster.maxPods, or give nodes a /${wider} (nodeMaskSizes) before the cluster is made.`,
  };
}

const forecast = ({ cidr, path, maskSize, total, used }: NodeRanges): Finding => ({
  severity: "info",
  path,
  message: `${cidr} is what runs out first: ${used} of its ${total} node range${total === 1n ? "" : "s"} (/${maskSize}) ${used === 1n ? "is" : "are"} used, so twice as many nodes don't fit.`,
  mend: 'Mind it before nodes are added: see docs/addresses.md, "When a range runs out".',
});
