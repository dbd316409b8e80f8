import type { KubernetesObject, V1Ingress, V1Node, V1Pod } from "@kubernetes/client-node";
import type { Cluster, Reference } from "../../components/cluster";
import type { Manifest } from "../../core/part";

/** Objects of the cluster that have to agree with the plan. */
export interface LiveState {
  readonly nodes: readonly V1Node[];
  /** The running ones. */
  readonly pods: readonly V1Pod[];
  readonly ingresses: readonly V1Ingress[];
  /** One of those that were asked for; undefined when the cluster doesn't have it. */
  object(reference: Reference): KubernetesObject | undefined;
}

/** `ConfigMap kube-system/coredns` */
export function showReference({ kind, metadata: { name, namespace } }: Reference | Manifest): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** Reads all nodes, all running pods, all Ingresses, and the objects that are asked for. */
export async function readLive(cluster: Cluster, references: readonly Reference[]): Promise<LiveState> {
  const [nodes, pods, ingresses, objects] = await Promise.all([
    cluster.list<V1Node>("v1", "Node"),
    cluster.list<V1Pod>("v1", "Pod", { fields: "status.phase=Running" }),
    cluster.list<V1Ingress>("networking.k8s.io/v1", "Ingress"),
    Promise.all(references.map(async (reference) => [showReference(reference), await cluster.read(reference)] as const)),
  ]);
  const found = new Map(objects);
  return { nodes, pods, ingresses, object: (reference) => found.get(showReference(reference)) };
}
