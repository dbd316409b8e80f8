import { nodeMaskSize, podCIDRsOf } from "../../addresses";
import { addressBits, Cidr, compareCidrs } from "../../cidr";
import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** The pod range of a node, pinned or computed. */
interface NodeRange {
  readonly cidr: Cidr;
  readonly node: string;
  readonly index: number;
  /** Its place in the node's podCIDRs; -1: computed. */
  readonly pin: number;
}

/** A node's pod ranges: inside of the cluster's, of the right size, and nobody else's. */
export function checkPins(stack: Stack, losses: Losses): Finding[] {
  return [...checkPlaces(stack, losses), ...checkOverlaps(stack, rangesOf(stack, losses))];
}

function checkPlaces(stack: Stack, { intact }: Losses): Finding[] {
  const { cluster, nodes } = stack;
  const findings: Finding[] = [];
  const report = (severity: Finding["severity"], path: Path, message: string, mend: string) =>
    findings.push({ severity, path, message, mend });
  const [podsKnown, masksKnown] = [intact("cluster", "podCIDRs"), intact("cluster", "nodeMaskSizes")];
  nodes.forEach((node, index) => {
    node.podCIDRs.forEach((pin, position) => {
      const path = ["nodes", index, "podCIDRs", position];
      const parent = cluster.podCIDRs.findIndex((range) => range.family === pin.family);
      const mask = nodeMaskSize(stack, parent);
      if (node.podCIDRs.findIndex((other) => other.family === pin.family) < position)
        report("error", path, `${pin} is a second IPv${pin.family} pin.`, "Pin one range per IP family.");
      else if (!podsKnown) return;
      else if (!cluster.podCIDRs[parent]?.contains(pin))
        report(
          "error",
          path,
          `${pin} is outside of cluster.podCIDRs (${cluster.podCIDRs.join(", ")}).`,
          "Pin a range inside, or leave the pin out.",
        );
      else if (masksKnown && pin.prefix > addressBits[pin.family] - 2)
        report("error", path, `${pin} is too small for pods.`, `Pin a /${mask}, the size of node ranges here.`);
      else if (masksKnown && pin.prefix !== mask)
        report(
          "warning",
          path,
          `${pin} is no /${mask}, the size of node ranges here.`,
          `Pin a /${mask}, or write ${pin.prefix} into cluster.nodeMaskSizes: kube-controller-manager gives every node the same size.`,
        );
    });
  });
  return findings;
}

/** All nodes' ranges, as far as they can be known. */
function rangesOf(stack: Stack, { intact }: Losses): NodeRange[] {
  const computable = intact("cluster", "podCIDRs") && intact("cluster", "nodeMaskSizes");
  return stack.nodes.flatMap((node, index) => {
    const known = computable && intact("nodes", index, "podCIDRs") && intact("nodes", index, "address");
    const firstPins = node.podCIDRs.filter((pin, position, all) => all.findIndex((other) => other.family === pin.family) === position);
    return (known ? podCIDRsOf(stack, node) : firstPins).map((cidr) => ({
      cidr,
      node: node.name,
      index,
      pin: node.podCIDRs.findIndex((pin) => pin.equals(cidr)),
    }));
  });
}

function checkOverlaps(stack: Stack, ranges: readonly NodeRange[]): Finding[] {
  const findings: Finding[] = [];
  const taken = ranges.map(({ cidr }) => cidr).sort(compareCidrs);
  // Sorted by first address, an overlap is always with the widest range so far that keeps its place.
  let widest: NodeRange | undefined;
  for (const range of [...ranges].sort((a, b) => compareCidrs(a.cidr, b.cidr) || a.index - b.index)) {
    if (widest?.cidr.overlaps(range.cidr)) {
      // Whoever is pinned keeps its range; of two alike, the one that comes first in the file.
      const isLater = range.pin >= 0 === widest.pin >= 0 ? range.index > widest.index : range.pin < 0;
      const [moved, keeper]: [NodeRange, NodeRange] = isLater ? [range, widest] : [widest, range];
      widest = keeper;
      const pinned = moved.pin >= 0;
      if (!pinned && isExplained(stack, moved, keeper)) continue;
      const free = freeRange(stack, moved.cidr, taken);
      const instead = free ? `${free}, which is free${pinned ? "" : ", to the node's podCIDRs"}` : "another range of cluster.podCIDRs";
      findings.push({
        severity: "error",
        path: pinned ? ["nodes", moved.index, "podCIDRs", moved.pin] : ["nodes", moved.index],
        message: `${moved.node}'s pod range ${moved.cidr}${pinned ? "" : ", computed from its address,"} overlaps ${keeper.cidr} of ${keeper.node}.`,
        mend: `${pinned || !free ? "Pin" : "Add"} ${instead}; in a running cluster \`plumbline adopt\` pins what the nodes have.`,
      });
    } else widest = range;
  }
  return findings;
}

/** Two computed ranges collide because of something that has a finding of its own: one address for two nodes, or a pod range with too few node ranges. */
function isExplained(stack: Stack, moved: NodeRange, keeper: NodeRange): boolean {
  const { cluster, nodes } = stack;
  const [own, other] = [nodes[moved.index]?.address[0], nodes[keeper.index]?.address[0]];
  const parent = cluster.podCIDRs.findIndex((range) => range.family === moved.cidr.family);
  const room = cluster.podCIDRs[parent]?.count(nodeMaskSize(stack, parent)) ?? 0n;
  return String(own) === String(other) || room < BigInt(nodes.length);
}

/** The first node range of the cluster that nobody has; it is entered into the sorted list of the taken ones. */
function freeRange(stack: Stack, instead: Cidr, taken: Cidr[]): Cidr | undefined {
  const parent = stack.cluster.podCIDRs.findIndex((range) => range.family === instead.family);
  const range = stack.cluster.podCIDRs[parent];
  if (!range) return undefined;
  const mask = nodeMaskSize(stack, parent);
  const size = 1n << BigInt(addressBits[range.family] - mask);
  let base = range.base;
  let index = 0;
  for (const other of taken) {
    const isBelow = other.family < range.family || (other.family === range.family && other.last.value < base);
    if (!isBelow && (other.family > range.family || other.base >= base + size)) break;
    index++;
    if (isBelow) continue;
    // The next multiple of the node range's size after the taken one.
    base = ((other.last.value >> BigInt(addressBits[range.family] - mask)) + 1n) * size;
  }
  if (base + size > range.base + range.size) return undefined;
  const free = Cidr.of(range.family, base, mask);
  taken.splice(index, 0, free);
  return free;
}
