import type { Cidr, Family } from "../../../core/cidr";
import type { Finding, Path } from "../../../core/finding";
import type { Context } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";

/** The prefix length of the blocks of a family's pools. Calico's defaults: 26 and 122. */
export function blockSize({ cni: { calico }, cluster }: Stack, family: Family): number {
  return calico.blockSizes[cluster.podCIDRs.findIndex((range) => range.family === family)] ?? (family === 6 ? 122 : 26);
}

/** What Calico's IPPool takes (libcalico-go, validator: 20 to 32, 116 to 128). */
const bounds = { 4: [20, 32], 6: [116, 128] } as const;

/** Blocks that fit into the pools, and are enough for the nodes: a node has one at least. */
export function blockFindings({ stack, nodes }: Context): Finding[] {
  const { cluster, cni } = stack;
  const extra = cni.calico.blockSizes.length - cluster.podCIDRs.length;
  return [
    ...cluster.podCIDRs.flatMap((range, index) => judge(stack, range, index, nodes.length)),
    ...(extra > 0
      ? [
          {
            severity: "error",
            path: ["cni", "calico", "blockSizes"],
            message: `has ${cni.calico.blockSizes.length} entries for ${cluster.podCIDRs.length === 1 ? "one pod range" : `${cluster.podCIDRs.length} pod ranges`}.`,
            mend: "Write one per entry of cluster.podCIDRs.",
          } as const,
        ]
      : []),
  ];
}

function judge(stack: Stack, range: Cidr, index: number, nodes: number): Finding[] {
  const size = blockSize(stack, range.family);
  const path: Path = index < stack.cni.calico.blockSizes.length ? ["cni", "calico", "blockSizes", index] : ["cluster", "podCIDRs", index];
  const [least, most] = bounds[range.family];
  const low = Math.max(least, range.prefix);
  const error = (message: string, mend: string): Finding[] => [{ severity: "error", path, message, mend }];
  if (size < least || size > most)
    return error(
      `Calico refuses blocks of /${size}.`,
      `Write between ${low} and ${most}; Calico's default is ${range.family === 4 ? 26 : 122}.`,
    );
  if (size < range.prefix)
    return error(`${range} holds no block of /${size}.`, `Write between ${low} and ${most}, or widen the pod range.`);
  if (range.count(size) < BigInt(nodes))
    return error(
      `${range} holds ${range.count(size)} block${range.count(size) === 1n ? "" : "s"} of /${size}, but there are ${nodes} nodes, and each takes one at least.`,
      "Widen the pod range, or write smaller blocks.",
    );
  return [];
}
