import type { PlannedNode } from "../../core/part";

/** Up to this many nodes every ordered pair is tried. */
const allPairs = 6;
/** Of more nodes than this, so many take part. */
export const mostNodes = 32;

/** The nodes that take part: all of a small cluster; of a large one a control plane, a worker, and others at equal distances, the same every time. */
export function chooseNodes(nodes: readonly PlannedNode[]): readonly PlannedNode[] {
  if (nodes.length <= mostNodes) return nodes;
  const first = (role: PlannedNode["roles"][number]) => nodes.find(({ roles }) => roles.includes(role));
  const spread = Array.from({ length: mostNodes }, (_, index) => nodes[Math.floor((index * nodes.length) / mostNodes)]);
  const wanted = new Set([first("control-plane"), first("worker"), ...spread]);
  const chosen = new Set([...wanted].slice(0, mostNodes));
  return nodes.filter((node) => chosen.has(node));
}

/** Who tries to reach whom: every ordered pair of a few; of many, neighbours in a ring, so that each is tried from two others and tries two. */
export function choosePairs<T>(items: readonly T[]): [T, T][] {
  const distances = items.length <= allPairs ? items.slice(1).map((_, index) => index + 1) : [1, items.length - 1];
  return items.flatMap((from, index) =>
    distances.flatMap((distance): [T, T][] => {
      const to = items[(index + distance) % items.length];
      return to === undefined ? [] : [[from, to]];
    }),
  );
}
