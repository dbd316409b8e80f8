import { type Action, type CordonReason, label } from "./actions";
import type { MigrationStep } from "./recipe";
import type { NetworkRecord } from "./record";

/** The annotation of the namespace kube-system that says which change is under way. Without it none is, or it is made by hand. */
export const changeAnnotation = "plumbline.dev/pod-network-change";

export interface Change {
  readonly from: NetworkRecord["provider"];
  readonly to: string;
  /** What the stack said before, where it is something else meanwhile. */
  readonly firewall?: "enforce";
}

/** What the annotation says; undefined when it isn't there or isn't ours. */
export function readChange(annotation: string | undefined): Change | undefined {
  if (annotation === undefined) return undefined;
  try {
    const found: unknown = JSON.parse(annotation);
    return typeof found === "object" && found !== null && "from" in found && "to" in found ? (found as Change) : undefined;
  } catch {
    return undefined; // Somebody else's text.
  }
}

/** How far a change is, by what the cluster says. */
export interface Seen {
  readonly change?: Change;
  /** The pod network that was applied last. */
  readonly record?: NetworkRecord;
  /** The former network's agents that there are, and whether each is kept to labelled nodes. */
  readonly agents: readonly { readonly name: string; readonly isPinned: boolean }[];
  readonly nodes: readonly SeenNode[];
}

export interface SeenNode {
  readonly name: string;
  readonly podCIDRs: readonly string[];
  readonly isReady: boolean;
  /** Has the former network's agent. */
  readonly isLabelled: boolean;
  readonly isCordoned: boolean;
  /** Why the run cordoned it; undefined when it didn't. */
  readonly cordonedFor?: CordonReason;
}

/** By what a step is seen to be done. */
export type Evidence =
  /** One of these was applied last, to all hosts. */
  | { readonly kind: "applied"; readonly networks: readonly object[] }
  /** The provider was applied to all hosts, and no node is kept from taking pods until then. */
  | { readonly kind: "brought"; readonly provider: string }
  /** It was needed until then; itself it leaves no mark. */
  | { readonly kind: "needed until brought"; readonly provider: string }
  /** Agents stay where the label is. */
  | { readonly kind: "pinned" }
  /** It has left the former network, and takes pods: it is uncordoned when it is proven only. */
  | { readonly kind: "switched"; readonly node: string };

export function isDone(evidence: Evidence | undefined, { record, agents, nodes }: Seen): boolean {
  const arePinned = agents.every(({ isPinned }) => isPinned);
  switch (evidence?.kind) {
    case undefined:
      return false;
    case "applied":
      return evidence.networks.some((network) => isNetwork(network, record));
    case "brought":
    case "needed until brought":
      // A record of former days says nothing while agents may write their configuration again.
      return arePinned && record?.provider === evidence.provider && !nodes.some(({ cordonedFor }) => cordonedFor === "addresses");
    case "pinned":
      return arePinned;
    case "switched":
      return arePinned && isSwitched(nodes.find(({ name }) => name === evidence.node));
  }
}

const isNetwork = (network: { provider?: unknown; alongside?: unknown }, record: NetworkRecord | undefined) =>
  record !== undefined && network.provider === record.provider && network.alongside === record.alongside;

const isSwitched = (node: SeenNode | undefined) => node !== undefined && !node.isLabelled && node.cordonedFor !== "switch";

/** What was proven before the change stopped, and has to be so still before it goes on. */
export function provenBefore(steps: readonly MigrationStep[], seen: Seen): Action | undefined {
  const proofs = steps
    .filter(({ done }) => isDone(done, seen))
    .flatMap(({ actions }) => actions.flatMap((action) => (action.kind === "verify" ? action : [])));
  const last = proofs.at(-1);
  return last && { ...last, isFresh: false };
}

/** For preview and `plan --cluster`: a change that isn't done yet. @param labelled the nodes that still have the former network; undefined when nobody looked. */
export function underWay(annotation: string | undefined, labelled?: readonly string[]): string | undefined {
  const change = readChange(annotation);
  if (!change) return undefined;
  const { from, to } = change;
  return [
    `A change of the pod network from ${from} to ${to} is under way.`,
    ...(labelled && labelled.length > 0 ? [`Still on ${from}: ${labelled.join(", ")} (label ${label}).`] : []),
    `\`plumbline migrate --run --from ${from} --to ${to}\` goes on where it stopped.`,
  ].join("\n");
}
