import { type Address, AddressError, type Cidr } from "./cidr";

/** What one peer of a Weave network owns at first. */
export interface WeaveShare {
  readonly peer: string;
  /** Consecutive addresses, both ends included. */
  readonly first: Address;
  readonly last: Address;
  /** As `weave status ipam` counts them: all of them. */
  readonly size: bigint;
  /** Of these, the ones that a container may get: neither the first nor the last address of the whole range. */
  readonly usable: bigint;
}

export interface WeaveSplit {
  readonly shares: readonly WeaveShare[];
  /** Peers that own nothing at first, because there are fewer addresses than peers: they ask the others for some. */
  readonly without: readonly string[];
}

/** The range of a Weave network that isn't given another one (`--ipalloc-range`). */
export const weaveDefault = "10.32.0.0/12";

/**
 * How Weave Net divides its range among the peers that it starts with. Peers come in the order of their names, without repetitions
 * (normalizeConsensus in weave's ipam/allocator.go). Both the range and the list are halved until one peer or one address is left;
 * an odd list's larger half is the second (subdivide in ipam/ring/ring.go), so every share is a CIDR and of three peers the first has half.
 * @param equal as the first releases did, and as weave's documentation of `weave status ipam` still shows it: shares of equal size,
 * the addresses that are left over one by one to the first peers.
 * @throws AddressError when weave would refuse the range.
 */
export function splitLikeWeave(range: Cidr, peers: readonly string[], { equal = false } = {}): WeaveSplit {
  if (range.family === 6)
    throw new AddressError(`${range} is IPv6, which weave doesn't allocate.`, "Write an IPv4 range, for example 10.32.0.0/12.");
  // MinSubnetSize in ipam/allocator.go.
  if (range.size < 4n) throw new AddressError(`${range} has fewer than the 4 addresses that weave wants.`, "Write a /30 or larger.");
  const names = [...new Set(peers)].sort(comparePeers);
  const spans = equal ? divide(range.size, names) : halve(0n, range.size, names);
  const owners = new Set(spans.map(({ peer }) => peer));
  return {
    shares: spans.map(({ peer, from, size }) => {
      const edges = (from === 0n ? 1n : 0n) + (from + size === range.size ? 1n : 0n);
      return { peer, first: range.at(from), last: range.at(from + size - 1n), size, usable: size - edges };
    }),
    without: names.filter((name) => !owners.has(name)),
  };
}

interface Span {
  readonly peer: string;
  readonly from: bigint;
  readonly size: bigint;
}

function halve(from: bigint, size: bigint, peers: readonly string[]): Span[] {
  const [peer] = peers;
  if (peer === undefined) return [];
  if (size === 1n || peers.length === 1) return [{ peer, from, size }];
  const half = Math.floor(peers.length / 2);
  return [...halve(from, size / 2n, peers.slice(0, half)), ...halve(from + size / 2n, size / 2n, peers.slice(half))];
}

function divide(total: bigint, peers: readonly string[]): Span[] {
  const count = BigInt(peers.length);
  const spans: Span[] = [];
  let from = 0n;
  for (const [index, peer] of peers.entries()) {
    const size = total / count + (BigInt(index) < total % count ? 1n : 0n);
    if (size > 0n) spans.push({ peer, from, size });
    from += size;
  }
  return spans;
}

/** Weave's peer names are 48-bit numbers, written like a MAC address and compared as numbers; `::1` stands for 00:00:00:00:00:01. Others come as text. */
function comparePeers(a: string, b: string): number {
  const [x, y] = [macOf(a), macOf(b)];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  return a.localeCompare(b, "en", { numeric: true });
}

function macOf(name: string): bigint | undefined {
  const [head = "", tail, ...rest] = name.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const missing = 6 - left.length - right.length;
  if (rest.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...left, ...Array<string>(missing).fill("00"), ...right];
  return all.every((group) => /^[0-9a-f]{2}$|^[0-9a-f]$/i.test(group))
    ? BigInt(`0x${all.map((group) => group.padStart(2, "0")).join("")}`)
    : undefined;
}
