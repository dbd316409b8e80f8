import { Address, addressBits, aggregate, Cidr, type Family } from "./cidr";
import type { Path } from "./finding";
import type { Stack, StackNode } from "./stack/schema";

/** A range that somebody uses: the cluster's own, declared by a part, or known to be taken. */
export interface AddressRange {
  readonly cidr: Cidr;
  /** Who uses it, for messages: "pods", "services", "the nodes' LAN". */
  readonly what: string;
  /** Where the stack file says so. */
  readonly path?: Path;
}

/** A range of pods' addresses, and what it is cut into. */
export interface PodRange {
  readonly cidr: Cidr;
  /** Prefix length of each node's part. */
  readonly maskSize: number;
  /** Where the stack file says the range. */
  readonly path: Path;
  /** Where it says the size; that of the range where it leaves it out. */
  readonly maskPath: Path;
  /** Absent: the cluster's own, which kube-controller-manager cuts up. */
  readonly pool?: string;
}

/** kube-controller-manager's defaults: 24 and 64. */
const usualMask = { 4: 24, 6: 64 } as const;

/** The node range's prefix length in each pod range, in the order of podCIDRs. */
export function nodeMaskSize(stack: Stack, index: number): number {
  return stack.cluster.nodeMaskSizes[index] ?? usualMask[stack.cluster.podCIDRs[index]?.family ?? 4];
}

/** Every range of pods' addresses: the cluster's own, one per family, then those of the pools. */
export function podRanges({ cluster }: Stack): PodRange[] {
  const ranges = (place: Path, { podCIDRs, nodeMaskSizes }: Pick<Stack["cluster"], "podCIDRs" | "nodeMaskSizes">, pool?: string) =>
    podCIDRs.map((cidr, index): PodRange => {
      const path = [...place, "podCIDRs", index];
      const maskPath = index < nodeMaskSizes.length ? [...place, "nodeMaskSizes", index] : path;
      return { cidr, maskSize: nodeMaskSizes[index] ?? usualMask[cidr.family], path, maskPath, ...(pool === undefined ? {} : { pool }) };
    });
  return [
    ...ranges(["cluster"], cluster),
    ...cluster.podPools.flatMap((pool, index) => ranges(["cluster", "podPools", index], pool, pool.name)),
  ];
}

/** Every range of services' addresses: those that the API server is started with, then those that ServiceCIDR objects add. */
export function serviceRanges({ cluster }: Stack): { readonly cidr: Cidr; readonly path: Path; readonly key: ServiceRangeKey }[] {
  return serviceRangeKeys.flatMap((key) => cluster[key].map((cidr, index) => ({ cidr, path: ["cluster", key, index], key })));
}

const serviceRangeKeys = ["serviceCIDRs", "additionalServiceCIDRs"] as const;
type ServiceRangeKey = (typeof serviceRangeKeys)[number];

/** The ranges that a node's pods are in, in the order of `cluster.podCIDRs`: its pool's where that has the family, else the cluster's. */
export function podRangesOf(stack: Stack, node: StackNode): PodRange[] {
  const all = podRanges(stack);
  return all
    .filter(({ pool }) => pool === undefined)
    .map((own) => all.find(({ pool, cidr }) => pool !== undefined && pool === node.podPool && cidr.family === own.cidr.family) ?? own);
}

/**
 * The pod range of a node without a pin: the slot is the low bits of the node's own address, so it depends on nothing but that address
 * and never changes when other nodes are added, removed or reordered. Two nodes with the same low bits collide; `check` reports that.
 * @param ownMask the node's own prefix length: a wider one than the slot's takes in its neighbours, a longer one is the slot's beginning.
 */
export function computedPodCIDR({ cidr, maskSize }: Pick<PodRange, "cidr" | "maskSize">, address: Address, ownMask = maskSize): Cidr {
  const slot = cidr.subnet(maskSize, address.value % cidr.count(maskSize));
  return Cidr.of(slot.family, slot.base, ownMask);
}

/** The pod ranges of a node, in the order of `cluster.podCIDRs`: pins win, family by family. */
export function podCIDRsOf(stack: Stack, node: StackNode): Cidr[] {
  return podRangesOf(stack, node).flatMap((range, index) => {
    const { family, prefix } = range.cidr;
    const pin = node.podCIDRs.find((candidate) => candidate.family === family);
    if (pin) return [pin];
    const [address] = node.address;
    const fits = [range.maskSize, node.podMaskSizes[index] ?? range.maskSize].every(
      (mask) => mask >= prefix && mask <= addressBits[family],
    );
    return address && fits ? [computedPodCIDR(range, address, node.podMaskSizes[index])] : [];
  });
}

/** The nodes whose pods are in a range: by their pin where they have one, else by their pool. */
export function nodesIn(stack: Stack, { cidr }: Pick<PodRange, "cidr">): StackNode[] {
  return stack.nodes.filter((node) => {
    const pin = node.podCIDRs.find(({ family }) => family === cidr.family);
    return pin ? cidr.contains(pin) : podRangesOf(stack, node).some((range) => range.cidr.equals(cidr));
  });
}

/** Whether pods have addresses of their node's range; else the network gives out those of `cluster.podCIDRs` in its own way. */
export const usesNodeRanges = ({ cni }: Stack): boolean => (cni.provider === "custom" ? cni.custom.nodeRanges : cni.provider !== "calico");

/** The node's address of a family. */
export function addressOf(node: StackNode, family: Family): Address | undefined {
  return node.address.find((address) => address.family === family);
}

/** The address of the service `kubernetes`: the first of the primary service range (kube-apiserver). */
export function apiServiceAddress(stack: Stack): Address | undefined {
  return stack.cluster.serviceCIDRs[0]?.at(1);
}

/** The addresses of the cluster's DNS service. Default: the tenth of each service range (kubeadm constants, GetDNSIP); `check` refuses ranges without one. */
export function dnsServiceAddresses({ cluster, dns }: Pick<Stack, "cluster" | "dns">): Address[] {
  if (dns.serviceAddresses.length > 0) return dns.serviceAddresses;
  return cluster.serviceCIDRs.flatMap((range) => (range.size > 10n ? [range.at(10)] : []));
}

/**
 * NodeLocal DNSCache's usual addresses. Link-local, as the addon's documentation has it; of IPv6 a unique local one, since link-local ones go with an
 * interface's name, which would be another one in a pod.
 */
const nodeLocalDns = { 4: Address.parse("169.254.20.10"), 6: Address.parse("fd00:a9fe:140a::53") };

/** Where each node's own DNS cache answers its pods; none without NodeLocal DNSCache. */
export function nodeLocalAddresses({ cluster, dns }: Stack): Address[] {
  if (!dns.nodeLocal) return [];
  return dns.nodeLocalAddresses.length > 0 ? dns.nodeLocalAddresses : [nodeLocalDns[cluster.serviceCIDRs[0]?.family ?? 4]];
}

/** How many pods a node range of this prefix length has addresses for: host-local keeps the network, gateway and broadcast addresses. */
export function podsPerNode(family: Family, prefix: number): bigint {
  return (1n << BigInt(addressBits[family] - prefix)) - 3n;
}

/** How many node ranges a range of pods has, none where they don't fit; without those that are reserved as a whole or in part. */
export function nodeRangeCount({ cluster }: Stack, { cidr, maskSize }: Pick<PodRange, "cidr" | "maskSize">): bigint {
  if (maskSize < cidr.prefix || maskSize > addressBits[cidr.family]) return 0n;
  const size = 1n << BigInt(addressBits[cidr.family] - maskSize);
  const reserved = aggregate(cluster.reservedPodCIDRs).filter((part) => cidr.contains(part));
  return reserved.reduce((left, part) => left - (part.size + size - 1n) / size, cidr.count(maskSize));
}

export interface Capacity {
  readonly what: string;
  readonly used: bigint;
  readonly total: bigint;
}

/** How full the address plan is: node ranges per pod range, addresses per LAN, pods per node against the kubelet's maxPods, services. */
export function capacity(stack: Stack): Capacity[] {
  const { cluster, nodes } = stack;
  return [
    ...podRanges(stack).map((range) => ({
      what: `nodes in ${range.cidr}`,
      used: BigInt(nodesIn(stack, range).length),
      total: nodeRangeCount(stack, range),
    })),
    // Who else is on the LAN isn't known here.
    ...cluster.nodeCIDRs.map((lan) => ({
      what: `nodes' addresses in ${lan}`,
      used: BigInt(nodes.filter(({ address }) => address.some((one) => lan.contains(one))).length),
      total: usableAddresses(lan),
    })),
    ...podRanges(stack).map(({ cidr, maskSize }) => ({
      what: `pods per node (/${maskSize}, kubelet maxPods ${cluster.maxPods})`,
      used: BigInt(cluster.maxPods),
      total: podsPerNode(cidr.family, maskSize),
    })),
    ...nodes.flatMap((node) => ownPods(stack, node)),
    ...serviceRanges(stack).map(({ cidr, key }) => ({
      what: `services in ${cidr}`,
      used: key === "serviceCIDRs" ? 2n : 0n,
      total: cidr.size - 2n,
    })),
  ];
}

/** Without the network's and, in IPv4, the broadcast address. */
const usableAddresses = ({ family, size }: Cidr) => (size > 2n ? size - (family === 4 ? 2n : 1n) : size);

/** A node with a size or a number of pods of its own. */
function ownPods(stack: Stack, node: StackNode): Capacity[] {
  const { maxPods = stack.cluster.maxPods } = node;
  if (node.maxPods === undefined && node.podMaskSizes.length === 0) return [];
  return podCIDRsOf(stack, node).map(({ family, prefix }) => ({
    what: `pods on ${node.name} (/${prefix}, kubelet maxPods ${maxPods})`,
    used: BigInt(maxPods),
    total: podsPerNode(family, prefix),
  }));
}
