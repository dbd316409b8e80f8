import { targets } from "../../components/firewall/nftables";
import { waves } from "../../components/rollout";
import { apiServiceAddress, capacity, dnsServiceAddresses, podRanges, serviceRanges } from "../../core/addresses";
import type { Finding } from "../../core/finding";
import { type Flow, showPeer } from "../../core/flow";
import type { RouteItem } from "../../core/hostItems/routing";
import { type MtuBudget, mtuBudget } from "../../core/mtu";
import type { Masquerade, PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import type { PortRange } from "../../core/stack/values";
import { findingForMachines } from "../check/check";

/** A flow with its ends in words; `ports` is empty when every port is meant. */
export interface FlowSummary {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly ports: readonly PortRange[];
  /** The port is translated to a pod's on the way: NodePort, hostPort. */
  readonly published: boolean;
  readonly why: string;
  readonly part: string;
}

export interface NodeSummary {
  readonly name: string;
  readonly roles: readonly string[];
  /** The first of `addresses`. */
  readonly address: string;
  readonly addresses: readonly string[];
  readonly podCIDRs: readonly string[];
  /** Whether the stack file pins the pod ranges, or they are computed from the address. */
  readonly source: "pinned" | "computed" | "partly pinned";
}

/** What one node lets in, sends where, and hides. Not part of every node's summary: its size grows with the number of nodes. */
export interface NodeDetails extends NodeSummary {
  readonly openPorts: readonly FlowSummary[];
  /** Without `via`: addresses that are refused instead of leaving by the default route. */
  readonly routes: readonly { readonly destination: string; readonly via?: string; readonly link?: string }[];
  readonly masquerade: readonly { readonly from: string; readonly why: string }[];
}

export interface CapacitySummary {
  readonly what: string;
  readonly used: number;
  /** From 2^53 on an approximation. */
  readonly total: number;
  /** With twice as many nodes. */
  readonly usedAtTwice: number;
}

/** The whole plan as data: what `plan --json` prints. */
export interface PlanSummary {
  readonly cluster: { readonly name: string; readonly kubernetes: string; readonly domain: string };
  readonly nodes: readonly (NodeSummary | NodeDetails)[];
  readonly ranges: readonly { readonly what: string; readonly cidr: string }[];
  readonly services: { readonly kubernetes?: string; readonly dns: readonly string[] };
  readonly flows: readonly FlowSummary[];
  readonly mtu: MtuBudget;
  readonly capacity: readonly CapacitySummary[];
  /** What runs out first, now and with twice as many nodes. */
  readonly fullest: { readonly now: string; readonly atTwice: string };
  readonly waves: readonly (readonly string[])[];
  readonly findings: readonly ReturnType<typeof findingForMachines>[];
}

/** @param only the node to describe in detail, instead of all of them in short. */
export function summarize(plan: Plan, findings: readonly Finding[], only?: PlannedNode): PlanSummary {
  const { stack } = plan;
  const { cluster } = stack;
  const room = capacities(stack);
  const api = apiServiceAddress(stack);
  return {
    cluster: { name: cluster.name, kubernetes: cluster.kubernetes, domain: cluster.domain },
    nodes: only
      ? [describeNode(plan, only)]
      : plan.nodes.map((node, index) => summarizeNode(node, stack.nodes[index]?.podCIDRs.length ?? 0)),
    ranges: ranges(plan),
    services: { ...(api ? { kubernetes: String(api) } : {}), dns: dnsServiceAddresses(stack).map(String) },
    flows: plan.flows.map(summarizeFlow),
    mtu: mtuBudget(stack, plan.layers),
    capacity: room,
    fullest: { now: fullest(room, "used"), atTwice: fullest(room, "usedAtTwice") },
    waves: waves(plan).map((wave) => wave.map(({ name }) => name)),
    findings: findings.map(findingForMachines),
  };
}

function summarizeNode({ name, roles, address, podCIDRs }: PlannedNode, pins: number): NodeSummary {
  const source = pins === 0 ? "computed" : pins === podCIDRs.length ? "pinned" : "partly pinned";
  return { name, roles, address: String(address[0]), addresses: address.map(String), podCIDRs: podCIDRs.map(String), source };
}

/** A node with its open ports, routes and masquerading. */
export function describeNode(plan: Plan, node: PlannedNode): NodeDetails {
  const pins = plan.stack.nodes.find(({ name }) => name === node.name)?.podCIDRs.length ?? 0;
  return {
    ...summarizeNode(node, pins),
    openPorts: plan.flows.filter(({ to }) => targets(to, node)).map(summarizeFlow),
    routes: routesOf(plan, node).map(({ destination, via, link }) => ({ destination, ...(via ? { via } : {}), ...(link ? { link } : {}) })),
    masquerade: masqueradeOf(plan, node).map(({ from, why }) => ({ from: String(from), why })),
  };
}

export function routesOf(plan: Plan, node: PlannedNode): RouteItem[] {
  return plan.hostItems(node).filter((item) => item.kind === "route");
}

export function masqueradeOf(plan: Plan, node: PlannedNode): Masquerade[] {
  return plan.parts.flatMap((part) => part.masquerade?.(node) ?? []);
}

function summarizeFlow({ from, to, protocol, ports = [], published = false, why, part }: Flow): FlowSummary {
  return { from: showPeer(from), to: showPeer(to), protocol, ports, published, why, part };
}

/** Everything that claims addresses; what a part claims along with the stack file is there once. */
function ranges({ stack, parts }: Plan): PlanSummary["ranges"] {
  const { cluster } = stack;
  const claims = [
    ...podRanges(stack).map(({ cidr, pool }) => ({ what: pool === undefined ? "pods" : `pods: ${pool}`, cidr })),
    ...cluster.reservedPodCIDRs.map((cidr) => ({ what: "pods: reserved", cidr })),
    ...serviceRanges(stack).map(({ cidr }) => ({ what: "services", cidr })),
    ...cluster.nodeCIDRs.map((cidr) => ({ what: "the nodes' LAN", cidr })),
    ...cluster.reserved.map(({ name, cidr }) => ({ what: `reserved: ${name}`, cidr })),
    ...cluster.loadBalancerPools.flatMap(({ name, cidr, range }) => [
      { what: `load balancer: ${name}`, cidr: cidr ?? (range ? `${range.first}-${range.last}` : "") },
    ]),
    ...parts.flatMap((part) => part.ranges?.() ?? []),
  ].map(({ what, cidr }) => ({ what, cidr: String(cidr) }));
  return [...new Map(claims.map((claim) => [`${claim.what} ${claim.cidr}`, claim])).values()];
}

function capacities(stack: Stack): CapacitySummary[] {
  const twice = capacity({ ...stack, nodes: [...stack.nodes, ...stack.nodes] });
  return capacity(stack).map(({ what, used, total }, index) => ({
    what,
    used: Number(used),
    total: Number(total),
    usedAtTwice: Number(twice[index]?.used ?? used),
  }));
}

/** What doesn't grow with the nodes never runs out, unless it is too small as it is. */
function fullest(room: readonly CapacitySummary[], used: "used" | "usedAtTwice"): string {
  const candidates = room.filter((entry) => entry.usedAtTwice > entry.used || entry.used > entry.total);
  return candidates.reduce((best, entry) => (entry[used] / entry.total > best[used] / best.total ? entry : best)).what;
}
