import { nodeRangeCount, nodesIn, type PodRange, podCIDRsOf, podRanges, podRangesOf } from "../../addresses";
import { addressBits, Cidr, compareCidrs } from "../../cidr";
import { type Finding, type Path, showPath } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** The pod range of a node, pinned or computed. */
interface NodeRange {
  readonly cidr: Cidr;
  readonly node: string;
  readonly index: number;
  /** Its place in the node's podCIDRs; -1: computed. */
  readonly pin: number;
  /** What it is a part of; absent for a family that pods don't have. */
  readonly parent: PodRange | undefined;
}

/** A node's pod ranges: inside of the cluster's or a pool's, of the right size, not reserved, and nobody else's. */
export function checkPins(stack: Stack, losses: Losses): Finding[] {
  const ranges = rangesOf(stack, losses);
  const taken = [...ranges.map(({ cidr }) => cidr), ...stack.cluster.reservedPodCIDRs].sort(compareCidrs);
  return [...checkPlaces(stack, losses), ...checkReserved(stack, ranges, taken), ...checkOverlaps(stack, ranges, taken)];
}

function checkPlaces(stack: Stack, { intact }: Losses): Finding[] {
  const { nodes } = stack;
  const findings: Finding[] = [];
  const report = (severity: Finding["severity"], path: Path, message: string, mend: string) =>
    findings.push({ severity, path, message, mend });
  const [podsKnown, masksKnown] = [intact("cluster", "podCIDRs") && intact("cluster", "podPools"), intact("cluster", "nodeMaskSizes")];
  const all = podRanges(stack);
  nodes.forEach((node, index) => {
    node.podCIDRs.forEach((pin, position) => {
      const path = ["nodes", index, "podCIDRs", position];
      const parent = all.find(({ cidr }) => cidr.contains(pin));
      const own = podRangesOf(stack, node).findIndex(({ cidr }) => cidr.family === pin.family);
      const mask = node.podMaskSizes[own] ?? parent?.maskSize;
      if (node.podCIDRs.findIndex((other) => other.family === pin.family) < position)
        report("error", path, `${pin} is a second IPv${pin.family} pin.`, "Pin one range per IP family.");
      else if (!podsKnown) return;
      else if (!parent)
        report(
          "error",
          path,
          `${pin} is outside of ${all.length > stack.cluster.podCIDRs.length ? "cluster.podCIDRs and cluster.podPools" : "cluster.podCIDRs"} (${all.map(({ cidr }) => cidr).join(", ")}).`,
          "Pin a range inside, or leave the pin out.",
        );
      else if (masksKnown && pin.prefix > addressBits[pin.family] - 2)
        report("error", path, `${pin} is too small for pods.`, `Pin a /${mask}, the size of node ranges here.`);
      else if (masksKnown && mask !== undefined && pin.prefix !== mask && mask <= addressBits[pin.family] - 2)
        report(
          "warning",
          path,
          `${pin} is no /${mask}, the size of node ranges here.`,
          `Pin a /${mask}, or write ${pin.prefix} into ${showPath(parent.path.slice(0, -2))}.nodeMaskSizes: kube-controller-manager gives every node the same size.`,
        );
    });
  });
  return findings;
}

/** Node ranges in parts of the pod range that nobody is to have. */
function checkReserved({ cluster }: Stack, ranges: readonly NodeRange[], taken: Cidr[]): Finding[] {
  return ranges.flatMap((range): Finding[] => {
    const { cidr, node, index, pin } = range;
    const position = cluster.reservedPodCIDRs.findIndex((reserved) => reserved.overlaps(cidr));
    if (position < 0) return [];
    const free = freeRange(range, taken);
    return [
      {
        severity: "error",
        path: pin >= 0 ? ["nodes", index, "podCIDRs", pin] : ["nodes", index],
        message: `${node}'s pod range ${cidr}${pin >= 0 ? "" : ", computed from its address,"} is in cluster.reservedPodCIDRs[${position}] ${cluster.reservedPodCIDRs[position]}.`,
        mend: `Pin ${free ? `${free}, which is free` : "another range of cluster.podCIDRs"}.`,
      },
    ];
  });
}

/** All nodes' ranges, as far as they can be known. */
function rangesOf(stack: Stack, { intact }: Losses): NodeRange[] {
  const computable = ["podCIDRs", "nodeMaskSizes", "podPools"].every((key) => intact("cluster", key));
  const all = podRanges(stack);
  return stack.nodes.flatMap((node, index) => {
    const known = computable && ["podCIDRs", "podPool", "podMaskSizes", "address"].every((key) => intact("nodes", index, key));
    const own = podRangesOf(stack, node);
    const firstPins = node.podCIDRs.filter((pin, position, all) => all.findIndex((other) => other.family === pin.family) === position);
    return (known ? podCIDRsOf(stack, node) : firstPins).map((cidr) => ({
      cidr,
      node: node.name,
      index,
      pin: node.podCIDRs.findIndex((pin) => pin.equals(cidr)),
      parent: all.find((range) => range.cidr.contains(cidr)) ?? own.find((range) => range.cidr.family === cidr.family),
    }));
  });
}

/** @param taken sorted; what is proposed is entered. */
function checkOverlaps(stack: Stack, ranges: readonly NodeRange[], taken: Cidr[]): Finding[] {
  const findings: Finding[] = [];
  const tooSmall = podRanges(stack).filter((range) => nodeRangeCount(stack, range) < BigInt(nodesIn(stack, range).length));
  const full = new Set(tooSmall.map(({ cidr }) => String(cidr)));
  // Sorted by first address, an overlap is always with the widest range so far that keeps its place.
  let widest: NodeRange | undefined;
  for (const range of [...ranges].sort((a, b) => compareCidrs(a.cidr, b.cidr) || a.index - b.index)) {
    if (widest?.cidr.overlaps(range.cidr)) {
      // Whoever is pinned keeps its range; of two alike, the one that comes first in the file.
      const isLater = range.pin >= 0 === widest.pin >= 0 ? range.index > widest.index : range.pin < 0;
      const [moved, keeper]: [NodeRange, NodeRange] = isLater ? [range, widest] : [widest, range];
      widest = keeper;
      const pinned = moved.pin >= 0;
      const isFull = moved.parent && full.has(String(moved.parent.cidr));
      if (!pinned && (isFull || haveOneAddress(stack, moved, keeper))) continue;
      const free = freeRange(moved, taken);
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

/** Two computed ranges collide because of a mistake that has a finding of its own. */
function haveOneAddress({ nodes }: Stack, a: NodeRange, b: NodeRange): boolean {
  return String(nodes[a.index]?.address[0]) === String(nodes[b.index]?.address[0]);
}

/** The first one of the same pod range that nobody has; it is entered into the sorted list of the taken ones. */
function freeRange({ cidr, pin, parent }: NodeRange, taken: Cidr[]): Cidr | undefined {
  if (!parent) return undefined;
  const { cidr: range } = parent;
  // A computed one has the size that its node wants; a pin's may be the mistake.
  const mask = pin < 0 ? cidr.prefix : parent.maskSize;
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
