import { UserError } from "../../core/finding";
import { type LiveCluster, liveCluster } from "./live";

/** Milliseconds for each request, connecting included. */
const requestTimeout = 15_000;

/** Reads a live cluster through its API server. @throws UserError when that can't be reached or refuses. */
export async function readCluster(kubeconfig: string): Promise<LiveCluster> {
  const k8s = await import("@kubernetes/client-node");
  const config = new k8s.KubeConfig();
  config.loadFromString(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (!cluster)
    throw new UserError("The kubeconfig names no cluster: its current-context is missing or wrong. See `kubectl config get-contexts`.");
  const configuration = k8s.createConfiguration({
    baseServer: new k8s.ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: async (request) => {
          request.setSignal(AbortSignal.timeout(requestTimeout));
          return request;
        },
        post: async (response) => response,
      },
    ],
  });
  const core = new k8s.CoreV1Api(configuration);
  const namespace = "kube-system";
  /** One of kubeadm's, which other clusters don't have. */
  const configMap = async (name: string) => {
    try {
      return await core.readNamespacedConfigMap({ name, namespace });
    } catch (error) {
      if (error instanceof k8s.ApiException && error.code === 404) return undefined;
      throw error;
    }
  };
  try {
    const [version, nodes, etcdPods, kubeadmConfig, kubeProxy, coreDns] = await Promise.all([
      new k8s.VersionApi(configuration).getCode(),
      core.listNode(),
      core.listNamespacedPod({ namespace, labelSelector: "component=etcd" }),
      configMap("kubeadm-config"),
      configMap("kube-proxy"),
      configMap("coredns"),
    ]);
    return liveCluster({ version, nodes: nodes.items, etcdPods: etcdPods.items, kubeadmConfig, kubeProxy, coreDns });
  } catch (error) {
    if (error instanceof k8s.ApiException)
      throw new UserError(
        `The API server ${cluster.server} refuses (HTTP ${error.code}). Use a kubeconfig that may read nodes, and pods and ConfigMaps in ${namespace}.`,
      );
    // node-fetch's errors, by its documented names.
    if (error instanceof Error && ["FetchError", "AbortError"].includes(error.name))
      throw new UserError(
        `The API server ${cluster.server} can't be reached: ${error.message.replace(/^request to \S+ failed, reason: /, "")}. Is it the right kubeconfig, and does the server answer from here?`,
      );
    throw error;
  }
}
