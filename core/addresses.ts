import { type Address, addressBits, type Cidr, type Family } from "./cidr";
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

/** The node range's prefix length in each pod range, in the order of podCIDRs. kube-controller-manager's defaults: 24 and 64. */
export function nodeMaskSize(stack: Stack, index: number): number {
  return stack.cluster.nodeMaskSizes[index] ?? (stack.cluster.podCIDRs[index]?.family === 6 ? 64 : 24);
}

/**
 * The pod range of a node without a pin: the slot is the low bits of the node's own address, so it depends on nothing but that address
 * and never changes when other nodes are added, removed or reordered. Two nodes with the same low bits collide; `check` reports that.
 */
export function computedPodCIDR(podCIDR: Cidr, maskSize: number, address: Address): Cidr {
  return podCIDR.subnet(maskSize, address.value % podCIDR.count(maskSize));
}

/** The pod ranges of a node, in the order of `cluster.podCIDRs`: pins win, family by family. */
export function podCIDRsOf(stack: Stack, node: StackNode): Cidr[] {
  return stack.cluster.podCIDRs.flatMap((podCIDR, index) => {
    const pin = node.podCIDRs.find((candidate) => candidate.family === podCIDR.family);
    const [address] = node.address;
    const mask = nodeMaskSize(stack, index);
    if (pin) return [pin];
    const fits = mask >= podCIDR.prefix && mask <= addressBits[podCIDR.family];
    return address && fits ? [computedPodCIDR(podCIDR, mask, address)] : [];
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

/** The address of the service `kube-dns`: the tenth of each service range (kubeadm constants, GetDNSIP). `check` refuses ranges without one. */
export function dnsServiceAddresses(stack: Stack): Address[] {
  return stack.cluster.serviceCIDRs.flatMap((range) => (range.size > 10n ? [range.at(10)] : []));
}

/** How many pods a node range of this prefix length has addresses for: host-local keeps the network, gateway and broadcast addresses. */
export function podsPerNode(family: Family, prefix: number): bigint {
  return (1n << BigInt(addressBits[family] - prefix)) - 3n;
}

export interface Capacity {
  readonly what: string;
  readonly used: bigint;
  readonly total: bigint;
}

/** How full the address plan is: node ranges per pod range, pods per node against the kubelet's maxPods, services. */
export function capacity(stack: Stack): Capacity[] {
  return [
    ...stack.cluster.podCIDRs.map((range, index) => ({
      what: `nodes in ${range}`,
      used: BigInt(stack.nodes.length),
      total: range.count(nodeMaskSize(stack, index)),
    })),
    ...stack.cluster.podCIDRs.map((range, index) => ({
      what: `pods per node (/${nodeMaskSize(stack, index)}, kubelet maxPods ${stack.cluster.maxPods})`,
      used: BigInt(stack.cluster.maxPods),
      total: podsPerNode(range.family, nodeMaskSize(stack, index)),
    })),
    ...stack.cluster.serviceCIDRs.map((range) => ({ what: `services in ${range}`, used: 2n, total: range.size - 2n })),
  ];
}
