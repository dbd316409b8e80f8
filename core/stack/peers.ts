import { AddressError, Cidr } from "../cidr";
import type { Peer } from "../flow";
import { unknownNameMend } from "./hints";
import type { StackNode } from "./schema";

export interface PeerError {
  readonly problem: string;
  readonly mend: string;
  /** It reads like the name of a node, but there is none of that name. */
  readonly isName: boolean;
}

const groups = new Map<string, Peer>([
  ["any", { kind: "any" }],
  ["nodes", { kind: "nodes" }],
  ["control-plane", { kind: "nodes", roles: ["control-plane"] }],
  ["workers", { kind: "nodes", roles: ["worker"] }],
  ["pods", { kind: "pods" }],
]);

/** Reads one end of a `firewall.allow` rule: a group, the name of a node, or a CIDR. */
export function resolvePeer(text: string, nodes: readonly StackNode[]): Peer | PeerError {
  const group = groups.get(text);
  if (group) return group;
  if (nodes.some((node) => node.name === text)) return { kind: "node", name: text };
  if (/[/:]|^\d+\./.test(text)) {
    try {
      return { kind: "cidrs", cidrs: [Cidr.parse(text)] };
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      return { problem: error.problem, mend: error.mend, isName: false };
    }
  }
  return {
    problem: `${JSON.stringify(text)} is neither a group nor a node.`,
    mend: unknownNameMend(text, [...groups.keys(), ...nodes.map((node) => node.name)]),
    isName: true,
  };
}

/** One end of a rule of a stack that was checked. */
export function checkedPeer(text: string, nodes: readonly StackNode[]): Peer {
  const peer = resolvePeer(text, nodes);
  if ("problem" in peer) throw new Error(`${JSON.stringify(text)} was not checked: ${peer.problem}`);
  return peer;
}
