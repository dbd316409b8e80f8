import type { V1DaemonSet, V1Namespace, V1Node, V1Pod } from "@kubernetes/client-node";
import { label } from "../../components/cni/migration/actions";
import { type Foreign, foreignNetworks, leftovers } from "../../components/cni/migration/leftovers";
import { changeAnnotation, underWay } from "../../components/cni/migration/progress";
import { recordAnnotation } from "../../components/cni/migration/record";
import { connect, explain } from "../../components/kubernetes";

/** What a cluster has of pod networks. */
export interface LiveNetwork {
  /** What Plumbline wrote down when it applied one. */
  readonly annotation?: string;
  /** A change of it that isn't done yet, in words. */
  readonly underWay?: string;
  /** One of others', by its agents. */
  readonly foreign?: Foreign;
  /** Pods with addresses of the pod network, as `namespace/name`, by their node. */
  readonly pods: readonly { readonly node: string; readonly pods: readonly string[] }[];
}

/** @throws UserError when the API server can't be reached or refuses. */
export async function readNetwork(kubeconfig: string): Promise<LiveNetwork> {
  const { k8s, configuration, server } = await connect(kubeconfig);
  const core = new k8s.CoreV1Api(configuration);
  try {
    const [namespace, daemonSets, pods, nodes] = await Promise.all([
      core.readNamespace({ name: "kube-system" }),
      new k8s.AppsV1Api(configuration).listDaemonSetForAllNamespaces(),
      core.listPodForAllNamespaces(),
      core.listNode({ labelSelector: label }),
    ]);
    return liveNetwork(namespace, daemonSets.items, pods.items, nodes.items);
  } catch (error) {
    throw explain(k8s, error, server, "the namespace kube-system, DaemonSets, pods and nodes");
  }
}

/** @param labelled the nodes that a change hasn't reached yet. */
export function liveNetwork(
  namespace: V1Namespace,
  daemonSets: readonly V1DaemonSet[],
  pods: readonly V1Pod[],
  labelled: readonly V1Node[] = [],
): LiveNetwork {
  const change = underWay(
    namespace.metadata?.annotations?.[changeAnnotation],
    labelled.map(({ metadata }) => metadata?.name ?? ""),
  );
  const annotation = namespace.metadata?.annotations?.[recordAnnotation];
  const names = daemonSets.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  const foreign = foreignNetworks.find((network) => leftovers[network].agents.some((agent) => names.includes(agent)));
  const byNode = new Map<string, string[]>();
  for (const { metadata, spec, status } of pods) {
    if (!spec?.nodeName || spec.hostNetwork || status?.phase === "Succeeded" || status?.phase === "Failed") continue;
    byNode.set(spec.nodeName, [...(byNode.get(spec.nodeName) ?? []), `${metadata?.namespace}/${metadata?.name}`]);
  }
  return {
    ...(annotation === undefined ? {} : { annotation }),
    ...(change === undefined ? {} : { underWay: change }),
    ...(foreign === undefined ? {} : { foreign }),
    pods: [...byNode].sort(([a], [b]) => (a < b ? -1 : 1)).map(([node, names]) => ({ node, pods: names.sort() })),
  };
}
