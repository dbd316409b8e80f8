import { dnsServiceAddresses } from "../../core/addresses";
import type { RequireItem } from "../../core/host";
import type { Stack } from "../../core/stack/schema";

/**
 * What pods are told of the cluster's DNS by their node's kubelet has to be what the stack says: kubeadm wrote it into the kubelet's configuration
 * (KubeletConfiguration `clusterDNS`, `clusterDomain`, `resolvConf`) when the node joined.
 */
export function kubeletAgrees(stack: Stack): RequireItem[] {
  const servers = dnsServiceAddresses(stack);
  return [
    ...(servers.length > 0 ? [{ kind: "require", what: "kubelet-cluster-dns", value: servers.join(",") } as const] : []),
    { kind: "require", what: "kubelet-cluster-domain", value: stack.cluster.domain },
    ...(stack.dns.upstream.some((upstream) => upstream === "/etc/resolv.conf")
      ? [{ kind: "require", what: "kubelet-resolv-conf", value: "loop-free" } as const]
      : []),
  ];
}
