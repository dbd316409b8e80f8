import { connect, explain } from "../../components/kubernetes";
import { type LiveCluster, liveCluster } from "./live";

/** Reads a live cluster through its API server. @throws UserError when that can't be reached or refuses. */
export async function readCluster(kubeconfig: string): Promise<LiveCluster> {
  const { k8s, configuration, server } = await connect(kubeconfig);
  const core = new k8s.CoreV1Api(configuration);
  const namespace = "kube-system";
  const ifThere = async <T>(read: Promise<T>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (error) {
      if (error instanceof k8s.ApiException && error.code === 404) return undefined;
      throw error;
    }
  };
  /** One of kubeadm's, which other clusters don't have. */
  const configMap = (name: string) => ifThere(core.readNamespacedConfigMap({ name, namespace }));
  try {
    const [version, nodes, etcdPods, kubeadmConfig, kubeProxy, coreDns, serviceCIDRs] = await Promise.all([
      new k8s.VersionApi(configuration).getCode(),
      core.listNode(),
      core.listNamespacedPod({ namespace, labelSelector: "component=etcd" }),
      configMap("kubeadm-config"),
      configMap("kube-proxy"),
      configMap("coredns"),
      ifThere(new k8s.NetworkingV1Api(configuration).listServiceCIDR()),
    ]);
    return liveCluster({
      version,
      nodes: nodes.items,
      etcdPods: etcdPods.items,
      kubeadmConfig,
      kubeProxy,
      coreDns,
      serviceCIDRs: serviceCIDRs?.items ?? [],
    });
  } catch (error) {
    throw explain(k8s, error, server, `nodes, ServiceCIDRs, and pods and ConfigMaps in ${namespace}`);
  }
}
