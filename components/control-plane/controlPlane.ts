import type { Flow, Peer } from "../../core/flow";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { serviceRangeObjects } from "./serviceRanges";

/**
 * What the control plane and the kubelets need. Ports: kubernetes.io, "Ports and Protocols".
 * 10257 (kube-controller-manager), 10259 (kube-scheduler), 10249 and 10256 (kube-proxy metrics and health) are asked from the host itself only, so no flow names them.
 */
export function controlPlane({ stack }: Context): Part {
  const part = "control-plane";
  const planes: Peer = { kind: "nodes", roles: ["control-plane"] };
  const api = [{ from: stack.cluster.apiServerPort, to: stack.cluster.apiServerPort }];
  const admins: Peer = stack.firewall.admin.length > 0 ? { kind: "cidrs", cidrs: stack.firewall.admin } : { kind: "any" };
  const tcp = (from: Peer, to: Peer, ports: Flow["ports"], why: string): Flow => ({ part, from, to, protocol: "tcp", ports, why });
  return {
    name: part,
    flows: () => [
      tcp(admins, planes, api, "API server for administrators (failsafe)"),
      tcp({ kind: "nodes" }, planes, api, "API server for kubelets and kube-proxy"),
      tcp({ kind: "pods" }, planes, api, "API server for pods"),
      tcp(
        { kind: "nodes", roles: ["control-plane", "etcd"] },
        { kind: "nodes", roles: ["etcd"] },
        [{ from: 2379, to: 2380 }],
        "etcd clients and peers",
      ),
      tcp(planes, { kind: "nodes" }, [{ from: 10250, to: 10250 }], "kubelet: logs, exec, port-forward"),
      tcp({ kind: "pods" }, { kind: "nodes" }, [{ from: 10250, to: 10250 }], "kubelet metrics for metrics-server and monitoring"),
    ],
    manifests: () => serviceRangeObjects(part, stack),
  };
}
