import { dnsServiceAddresses, nodeLocalAddresses } from "../../core/addresses";
import type { RequireItem } from "../../core/hostItems/conditions";
import type { KubeletItem } from "../../core/hostItems/settings";
import type { Stack } from "../../core/stack/schema";

/** The first version whose kubelet takes drop-ins without a feature gate (kubernetes.io, "Set Kubelet Parameters Via A Configuration File"). */
const firstWithDropIns = 30;

const minor = ({ cluster }: Stack) => Number(cluster.kubernetes.split(".")[1]);

/** Whether the kubelets are changed where they disagree; else that is refused. */
export const managesKubelet = (stack: Stack): boolean => stack.dns.kubelet === "manage" && minor(stack) >= firstWithDropIns;

/**
 * What pods are told of the cluster's DNS by their node's kubelet has to be what the stack says: kubeadm wrote it into the kubelet's configuration
 * (KubeletConfiguration `clusterDNS`, `clusterDomain`, `resolvConf`) when the node joined. The domain of a running cluster is left alone unless that is
 * acknowledged: pods that run have the old one.
 */
export function kubeletAgrees(stack: Stack): (RequireItem | KubeletItem)[] {
  const manages = managesKubelet(stack);
  const item = (setting: "cluster-dns" | "cluster-domain", value: string, change = manages): RequireItem | KubeletItem =>
    change ? { kind: "kubelet", setting, value } : { kind: "require", what: `kubelet-${setting}`, value };
  return [
    ...servers(stack, item),
    item("cluster-domain", stack.cluster.domain, manages && stack.dns.acknowledgeDomainChange),
    ...(stack.dns.upstream.some((upstream) => upstream === "/etc/resolv.conf") ? [resolvConf(manages)] : []),
  ];
}

type Item = (setting: "cluster-dns", value: string) => RequireItem | KubeletItem;

/** With NodeLocal DNSCache the service comes second: it answers while the cache doesn't run. */
function servers(stack: Stack, item: Item): (RequireItem | KubeletItem)[] {
  const services = dnsServiceAddresses(stack);
  const local = nodeLocalAddresses(stack);
  if (local.length === 0) return services.length > 0 ? [item("cluster-dns", services.join(","))] : [];
  const value = [...local, ...services.slice(0, 1)].join(",");
  return [managesKubelet(stack) ? { kind: "kubelet", setting: "node-local-dns", value } : item("cluster-dns", value)];
}

const resolvConf = (manages: boolean): RequireItem | KubeletItem =>
  manages
    ? { kind: "kubelet", setting: "resolv-conf", value: "loop-free" }
    : { kind: "require", what: "kubelet-resolv-conf", value: "loop-free" };
