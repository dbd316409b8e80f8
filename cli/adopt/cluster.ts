import { connect, explain } from "../../components/kubernetes";
import { type LiveCluster, liveCluster } from "./live";

/** Reads a live cluster through its API server. @throws UserError when that can't be reached or refuses. */
export async function readCluster(kubeconfig: string): Promise<LiveCluster> {
  const { k8s, configuration, server } = await connect(kubeconfig);
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
    throw explain(k8s, error, server, `nodes, and pods and ConfigMaps in ${namespace}`);
  }
}
