import { setTimeout as sleep } from "node:timers/promises";
import type { V1DaemonSet, V1Deployment, V1Node, V1Pod } from "@kubernetes/client-node";
import type { Cluster, Reference } from "../../../components/cluster";
import { UserError } from "../../../core/finding";
import { podsOn, stays } from "./drain";

/** Seconds. */
const limit = 600;
const interval = 2;

/**
 * Looks until nothing is missing. @param look what is missing, in words.
 * @param mayBeAway the API server restarts meanwhile.
 * @throws UserError with what is missing when the time is over.
 */
export async function until(look: () => Promise<string | undefined>, signal: AbortSignal, mayBeAway = false): Promise<void> {
  for (const deadline = Date.now() + limit * 1000; ; await sleep(interval * 1000, undefined, { signal })) {
    const missing = await look().catch((error: unknown) => {
      if (mayBeAway && error instanceof UserError) return error.message;
      throw error;
    });
    if (missing === undefined) return;
    if (Date.now() > deadline) throw new UserError(`After ${limit} s: ${missing}`);
  }
}

/** What is missing of a DaemonSet's rollout. */
export async function rollout(cluster: Cluster, reference: Reference): Promise<string | undefined> {
  const { metadata, status } = ((await cluster.read(reference)) ?? {}) as V1DaemonSet;
  const wanted = status?.desiredNumberScheduled ?? 0;
  if (
    metadata?.generation === status?.observedGeneration &&
    (status?.updatedNumberScheduled ?? 0) >= wanted &&
    (status?.numberAvailable ?? 0) >= wanted
  )
    return undefined;
  const { namespace, name } = reference.metadata;
  return `${status?.updatedNumberScheduled ?? 0} of ${wanted} pods of DaemonSet ${namespace}/${name} are of its new template, and ${status?.numberAvailable ?? 0} are available. See \`kubectl -n ${namespace} rollout status daemonset/${name}\`; with the update strategy OnDelete its pods have to be deleted by hand.`;
}

/** What a node that has restarted is still without. @param start Unix time, by the node's clock. @param ready pods that were ready before. */
export async function missingOn(cluster: Cluster, name: string, start: number, ready: ReadonlySet<string>): Promise<string | undefined> {
  const node = (await cluster.read({ apiVersion: "v1", kind: "Node", metadata: { name } })) as V1Node | undefined;
  const condition = node?.status?.conditions?.find(({ type }) => type === "Ready");
  if (condition?.status !== "True") return `${name} isn't Ready: ${condition?.message ?? "the cluster has no such node"}`;
  const waiting = (await podsOn(cluster, name)).filter((pod) => stays(pod) && ready.has(podName(pod)) && !runsSince(pod, start));
  return waiting.length === 0
    ? undefined
    : `${waiting.map(podName).join(", ")} on ${name} ${waiting.length === 1 ? "isn't" : "aren't"} ready.`;
}

export const podName = ({ metadata }: V1Pod): string => `${metadata?.namespace}/${metadata?.name}`;

export const isReadyPod = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** The kubelet reports a pod of before the restart as ready until it has looked again. */
const runsSince = (pod: V1Pod, start: number) =>
  isReadyPod(pod) &&
  (pod.status?.containerStatuses ?? []).every(({ state }) => (state?.running?.startedAt?.getTime() ?? 0) >= (start - 1) * 1000);

/** Deployments that don't have all their pods. */
export async function shortDeployments(cluster: Cluster, references: readonly Reference[]): Promise<string | undefined> {
  const found = await Promise.all(references.map((reference) => cluster.read(reference)));
  const short = (found as (V1Deployment | undefined)[]).filter(
    (one) =>
      one &&
      ((one.status?.availableReplicas ?? 0) < (one.spec?.replicas ?? 1) || one.status?.observedGeneration !== one.metadata?.generation),
  );
  if (short.length === 0) return undefined;
  return `${short.map((one) => `Deployment ${one?.metadata?.namespace}/${one?.metadata?.name} has ${one?.status?.availableReplicas ?? 0} of ${one?.spec?.replicas} pods`).join("; ")}.`;
}
