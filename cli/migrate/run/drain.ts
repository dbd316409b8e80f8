import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import type { Cluster, Nodes } from "../../../components/cluster";
import { UserError } from "../../../core/finding";

/** Seconds for all pods of a node to be gone. */
const limit = 600;
/** Seconds between two looks. */
const interval = 2;

const nameOf = ({ metadata }: V1Pod) => `${metadata?.namespace}/${metadata?.name}`;
const controllerOf = ({ metadata }: V1Pod) => metadata?.ownerReferences?.find(({ controller }) => controller)?.kind;
const isStatic = ({ metadata }: V1Pod) => metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
const isOver = ({ status }: V1Pod) => status?.phase === "Succeeded" || status?.phase === "Failed";

/** Pods that stay with their node, as `kubectl drain --ignore-daemonsets` has it. */
export const stays = (pod: V1Pod): boolean => isStatic(pod) || controllerOf(pod) === "DaemonSet";

/** Pods that nobody makes anew: they would be lost. */
export const unmanaged = (pods: readonly V1Pod[]): string[] =>
  pods
    .filter((pod) => !stays(pod) && !isOver(pod) && controllerOf(pod) === undefined)
    .map((pod) => `${nameOf(pod)} on ${pod.spec?.nodeName}`);

export const podsOn = (cluster: Cluster, node: string): Promise<V1Pod[]> =>
  cluster.list<V1Pod>("v1", "Pod", { fields: `spec.nodeName=${node}` });

/** Sends the pods of a node away as their disruption budgets allow, and waits until they are gone. @throws UserError with those that stay. */
export async function drain(cluster: Cluster & Nodes, node: string, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + limit * 1000; ; await sleep(interval * 1000, undefined, { signal })) {
    const pods = (await podsOn(cluster, node)).filter((pod) => !stays(pod) && !isOver(pod));
    const lost = unmanaged(pods);
    if (lost.length > 0) throw new UserError(noController(lost));
    if (pods.length === 0) return;
    const refusals: string[] = [];
    for (const pod of pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)) {
      const refusal = await cluster.evict(pod.metadata?.namespace ?? "", pod.metadata?.name ?? "");
      if (refusal) refusals.push(`${nameOf(pod)}: ${refusal}`);
    }
    if (Date.now() <= deadline) continue;
    throw new UserError(
      refusals.length > 0
        ? `${node} can't be drained within ${limit} s.\n  ${refusals.join("\n  ")}\n  Let another pod of it get ready, or widen its PodDisruptionBudget.`
        : `${node} can't be drained within ${limit} s: ${pods.map(nameOf).join(", ")} don't end. See \`kubectl describe pod\`.`,
    );
  }
}

export const noController = (pods: readonly string[]): string =>
  `Nobody makes ${pods.join(", ")} anew: a pod without a controller is lost when its node changes. Delete it, or give it one (a Deployment).`;
