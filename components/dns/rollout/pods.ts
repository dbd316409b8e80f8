import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../../cluster";
import { configHashKey } from "../../configHash";
import { namespace } from "./live";

export const dnsPods = (cluster: Cluster): Promise<V1Pod[]> => cluster.list<V1Pod>("v1", "Pod", { namespace, labels: "k8s-app=kube-dns" });

/** Whether all pods of a Deployment are of its newest template and ready. */
export function isRolledOut({ metadata, spec, status }: V1Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    status?.updatedReplicas === wanted &&
    status?.replicas === wanted &&
    status?.availableReplicas === wanted
  );
}

/** Changes whenever a rollout gets on. */
export const progressOf = ({ status }: V1Deployment): string =>
  [status?.observedGeneration, status?.updatedReplicas, status?.replicas, status?.availableReplicas].join();

/** Why pods with a Corefile aren't ready, and whether waiting helps. @param hash that of the Corefile */
export function troubles(pods: readonly V1Pod[], hash: string | undefined): { isHopeless: boolean; text: string } {
  const unready = pods
    .filter(({ metadata }) => metadata?.annotations?.[configHashKey] === hash)
    .flatMap(({ metadata, status }) =>
      (status?.containerStatuses ?? [])
        .filter(({ ready }) => !ready)
        .map(({ state, restartCount }) => ({
          pod: metadata?.name,
          reason: state?.waiting?.reason ?? state?.terminated?.reason ?? "not ready",
          restartCount,
        })),
    );
  return {
    isHopeless: unready.some(({ reason, restartCount }) => reason === "CrashLoopBackOff" && restartCount >= 2),
    text: unready.map(({ pod, reason }) => `${pod}: ${reason}`).join("; "),
  };
}

/** The pods to ask. Those that are being removed answer no longer than they have to. */
export function answering(pods: readonly V1Pod[]): { name: string; address: string }[] {
  return pods.flatMap(({ metadata, status }) =>
    status?.phase === "Running" && status.podIP && metadata?.name && !metadata.deletionTimestamp
      ? [{ name: metadata.name, address: status.podIP }]
      : [],
  );
}
