import type { Plan } from "../../core/plan";
import { renderBundle } from "./bundle";

/** The bundle of one host of a plan. @throws Error for a name that the plan doesn't have. */
export function nodeBundle(plan: Plan, name: string): string {
  const node = plan.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`the plan has no node ${name}`);
  return renderBundle({ node: name, confirmTimeoutSeconds: plan.stack.rollout.confirmTimeout, items: plan.hostItems(node) });
}
