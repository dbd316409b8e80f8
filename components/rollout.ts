import type { PlannedNode } from "../core/part";
import type { Plan } from "../core/plan";

/**
 * The order in which hosts are changed: the canaries alone, then the other workers in batches, so that a mistake meets a worker first; then the control plane,
 * one node at a time, so that etcd keeps its quorum whatever happens. A wave starts when every host of the one before has confirmed.
 */
export function waves({ stack, nodes }: Pick<Plan, "stack" | "nodes">): PlannedNode[][] {
  const { canary, batch } = stack.rollout;
  const isControlPlane = (node: PlannedNode) => node.roles.includes("control-plane");
  const workers = nodes.filter((node) => !isControlPlane(node));
  const size = batch.endsWith("%") ? Math.max(1, Math.floor((nodes.length * Number(batch.slice(0, -1))) / 100)) : Number(batch);
  const result = [workers.slice(0, canary)];
  for (let start = canary; start < workers.length; start += size) result.push(workers.slice(start, start + size));
  return [...result, ...nodes.filter(isControlPlane).map((node) => [node])].filter((wave) => wave.length > 0);
}
