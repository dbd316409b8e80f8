import { targets } from "../../components/firewall/nftables";
import { podRanges, serviceRanges } from "../../core/addresses";
import type { Address } from "../../core/cidr";
import type { Flow, Peer } from "../../core/flow";
import { hidesPods, type PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";

/** Is this one of the addresses that a peer stands for? */
function stands(peer: Peer, address: Address, plan: Plan): boolean {
  const { stack, nodes, parts } = plan;
  switch (peer.kind) {
    case "any":
      return true;
    case "cidrs":
      return peer.cidrs.some((cidr) => cidr.contains(address));
    case "services":
      return serviceRanges(stack).some(({ cidr }) => cidr.contains(address));
    case "pods":
      return (
        podRanges(stack).some(({ cidr }) => cidr.contains(address)) ||
        nodes.some((node) => hidesPods(parts, node) && node.address.some((own) => String(own) === String(address)))
      );
    case "nodes":
    case "node":
      return nodes.some((node) => targets(peer, node) && node.address.some((own) => String(own) === String(address)));
  }
}

/** Flows for TCP that arrive at the host's own addresses and stay there. */
const flowsTo = ({ flows }: Plan, node: PlannedNode) =>
  flows.filter(
    (flow) =>
      (flow.protocol === "tcp" || flow.protocol === "any") &&
      !flow.published &&
      flow.to.kind !== "services" &&
      flow.to.kind !== "cidrs" &&
      targets(flow.to, node),
  );

/** The flow by which the plan lets an address open TCP connections to a port of the host itself. */
export function admits(plan: Plan, from: Address, node: PlannedNode, port: number): Flow | undefined {
  return flowsTo(plan, node).find(
    ({ from: peer, ports }) => (!ports || ports.some((range) => range.from <= port && port <= range.to)) && stands(peer, from, plan),
  );
}

/** Ports where a host serves itself only, so that no flow names them. Source: kubernetes.io, "Ports and Protocols"; kube-proxy's defaults. */
const ownPorts = [
  { port: 10249, what: "kube-proxy's metrics", roles: ["control-plane", "etcd", "worker"] },
  { port: 10256, what: "kube-proxy's health", roles: ["control-plane", "etcd", "worker"] },
  { port: 10257, what: "kube-controller-manager", roles: ["control-plane"] },
  { port: 10259, what: "kube-scheduler", roles: ["control-plane"] },
] as const;

/** A TCP port at which a host itself may listen. */
export interface Door {
  readonly port: number;
  /** Who listens. */
  readonly what: string;
}

/** The doors of a host: the ports that flows to it name (of a range, its ends), and those that no flow names because they are the host's own. */
export function doors(plan: Plan, node: PlannedNode): Door[] {
  const named = flowsTo(plan, node).flatMap(({ ports = [], why }) =>
    ports.flatMap(({ from, to }) => [from, to].map((port) => ({ port, what: why }))),
  );
  const own = ownPorts.filter(({ roles }) => roles.some((role) => node.roles.includes(role)));
  const all = [...named, ...own].map(({ port, what }) => ({ port, what }));
  return all.filter(({ port }, index) => all.findIndex((door) => door.port === port) === index).sort((a, b) => a.port - b.port);
}
