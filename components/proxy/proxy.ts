import { stringify } from "yaml";
import type { Flow } from "../../core/flow";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { configHash } from "../configHash";

/** The KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) for kubeadm's ConfigMap `kube-proxy`. */
export function kubeProxyConfiguration({ stack }: Context): string {
  const { proxy, cluster } = stack;
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: proxy.mode,
    clusterCIDR: cluster.podCIDRs.join(","),
    detectLocalMode: "ClusterCIDR",
    bindAddress: cluster.podCIDRs[0]?.family === 6 ? "::" : "0.0.0.0",
    clientConnection: { kubeconfig: "/var/lib/kube-proxy/kubeconfig.conf" },
    ...(proxy.conntrack ? { conntrack: proxy.conntrack } : {}),
    ...(proxy.nodePortAddresses.length > 0 ? { nodePortAddresses: proxy.nodePortAddresses } : {}),
    ...(proxy.mode === "ipvs" ? { ipvs: { scheduler: proxy.ipvs.scheduler } } : {}),
  });
}

/** kube-proxy: kubeadm's ConfigMap gets our configuration, its DaemonSet is rolled out when that changes, and NodePorts are let in. */
export function proxy(context: Context): Part {
  const part = "proxy";
  const { proxy, cluster } = context.stack;
  const config = kubeProxyConfiguration(context);
  // IPVS takes packets off in the input hook, after the filter; the other modes translate them before it.
  const isIpvs = proxy.mode === "ipvs";
  const nodePorts = (protocol: "tcp" | "udp"): Flow => ({
    part,
    from: { kind: "any" },
    to: { kind: "nodes" },
    protocol,
    ports: [proxy.nodePorts],
    published: !isIpvs,
    why: "NodePort services",
  });
  const services = (from: "pods" | "nodes"): Flow => ({
    part,
    from: { kind: from },
    to: { kind: "services" },
    protocol: "any",
    why: `${from} reach services (ipvs)`,
  });
  return {
    name: part,
    ranges: () => cluster.serviceCIDRs.map((cidr, index) => ({ cidr, what: "services", path: ["cluster", "serviceCIDRs", index] })),
    flows: () => [nodePorts("tcp"), nodePorts("udp"), ...(isIpvs ? [services("pods"), services("nodes")] : [])],
    manifests: () => [
      {
        part,
        patch: true,
        object: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "kube-proxy", namespace: "kube-system" },
          data: { "config.conf": config },
        },
      },
      {
        part,
        patch: true,
        object: {
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          metadata: { name: "kube-proxy", namespace: "kube-system" },
          spec: { template: { metadata: { annotations: configHash(config) } } },
        },
      },
    ],
  };
}
