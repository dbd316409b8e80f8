import { podCIDRsOf } from "./addresses";
import { type Finding, StackError } from "./finding";
import type { Flow } from "./flow";
import type { HostItem } from "./host";
import type { Layer, ManifestItem, Part, PlannedNode } from "./part";
import type { Stack } from "./stack/schema";

/** What a part may look at when it is made: the stack and the nodes with their addresses decided. */
export interface Context {
  readonly stack: Stack;
  readonly nodes: readonly PlannedNode[];
}

/** The computed network: a pure function of the stack. */
export interface Plan extends Context {
  readonly parts: readonly Part[];
  readonly flows: readonly Flow[];
  readonly layers: readonly Layer[];
  readonly manifests: readonly ManifestItem[];
  readonly findings: readonly Finding[];
  /** The desired state of one host. Computed when asked for: a large cluster's hosts are never all needed at once. */
  hostItems(node: PlannedNode): HostItem[];
}

/** Makes the last part, the firewall, from what all the others declared. */
export type Fold = (context: Context, declared: readonly Part[]) => Part;

/** A stack with its nodes' addresses decided. */
export function contextOf(stack: Stack): Context {
  return { stack, nodes: stack.nodes.map((node) => ({ ...node, podCIDRs: podCIDRsOf(stack, node) })) };
}

/** Folds the declarations of all parts together. */
export function makePlan(stack: Stack, declare: (context: Context) => readonly Part[], fold: Fold): Plan {
  const context = contextOf(stack);
  const declared = declare(context);
  const parts = [...declared, fold(context, declared)];
  return {
    ...context,
    parts,
    flows: parts.flatMap((part) => part.flows?.() ?? []),
    layers: parts.flatMap((part) => part.layers?.() ?? []),
    manifests: parts.flatMap((part) => part.manifests?.() ?? []),
    findings: parts.flatMap((part) => part.findings?.() ?? []),
    hostItems: (node) => parts.flatMap((part) => part.host?.(node) ?? []),
  };
}

/** A plan against which no part has anything grave to say. @throws StackError with all that the parts say. */
export function requirePlan(plan: Plan, file?: string): Plan {
  if (plan.findings.some(({ severity }) => severity === "error")) throw new StackError(plan.findings, file);
  return plan;
}
