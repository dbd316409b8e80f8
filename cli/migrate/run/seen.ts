import type { KubernetesObject, V1DaemonSet, V1Node } from "@kubernetes/client-node";
import type { Cluster } from "../../../components/cluster";
import { type CordonReason, cordonedFor, daemonSet, label } from "../../../components/cni/migration/actions";
import { isForeign, leftovers } from "../../../components/cni/migration/leftovers";
import { changeAnnotation, readChange, type Seen, type SeenNode } from "../../../components/cni/migration/progress";
import { readRecord, recordAnnotation } from "../../../components/cni/migration/record";

export const kubeSystem = { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } };

/** How far the change from this network is, by what the cluster says. */
export async function readSeen(cluster: Cluster, from: string | undefined): Promise<Seen> {
  const namespace = await cluster.read(kubeSystem);
  const annotations = namespace?.metadata?.annotations ?? {};
  const change = readChange(annotations[changeAnnotation]);
  const record = readRecord(annotations[recordAnnotation]);
  const nodes = await cluster.list<V1Node>("v1", "Node");
  const network = from ?? change?.from ?? "";
  const agents = isForeign(network) ? await Promise.all(leftovers[network].agents.map((agent) => cluster.read(daemonSet(agent)))) : [];
  return {
    ...(change ? { change } : {}),
    ...(record ? { record } : {}),
    agents: agents.flatMap((agent) => (agent ? [seenAgent(agent)] : [])),
    nodes: nodes.map(seenNode),
  };
}

function seenAgent(object: KubernetesObject): Seen["agents"][number] {
  const { metadata, spec } = object as V1DaemonSet;
  return { name: `${metadata?.namespace}/${metadata?.name}`, isPinned: spec?.template.spec?.nodeSelector?.[label] === "true" };
}

function seenNode({ metadata, spec, status }: V1Node): SeenNode {
  const why = metadata?.annotations?.[cordonedFor];
  return {
    name: metadata?.name ?? "",
    podCIDRs: spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : []),
    isReady: status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    isLabelled: metadata?.labels?.[label] === "true",
    isCordoned: spec?.unschedulable ?? false,
    ...(why === "addresses" || why === "switch" ? { cordonedFor: why satisfies CordonReason } : {}),
  };
}
