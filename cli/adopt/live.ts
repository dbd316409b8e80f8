import type { V1ConfigMap, V1Node, V1Pod, V1ServiceCIDR } from "@kubernetes/client-node";
import { parse } from "yaml";
import { Address, Cidr } from "../../core/cidr";
import type { Role } from "../../core/stack/nodes";

/** What a running cluster says of itself. What it doesn't say is absent. */
export interface LiveCluster {
  /** `1.34` */
  readonly kubernetes: string;
  readonly podCIDRs?: readonly Cidr[];
  readonly serviceCIDRs?: readonly Cidr[];
  /** Ranges of services that were added later. */
  readonly additionalServiceCIDRs?: readonly Cidr[];
  readonly domain?: string;
  /** The API server's --service-node-port-range. */
  readonly nodePorts?: string;
  readonly proxyMode?: string;
  /** CoreDNS's configuration. */
  readonly corefile?: string;
  readonly nodes: readonly LiveNode[];
}

export interface LiveNode {
  readonly name: string;
  readonly roles: readonly Role[];
  /** InternalIPs, at most one per family. */
  readonly addresses: readonly Address[];
  /** Empty until kube-controller-manager gives some. */
  readonly podCIDRs: readonly Cidr[];
}

/** The objects that a cluster is read from. */
export interface ClusterObjects {
  readonly version: { readonly major: string; readonly minor: string };
  readonly nodes: readonly V1Node[];
  /** Of kube-system, with the label component=etcd: static pods of kubeadm. */
  readonly etcdPods: readonly V1Pod[];
  /** ConfigMaps of kube-system that kubeadm writes; undefined in clusters made otherwise. */
  readonly kubeadmConfig: V1ConfigMap | undefined;
  readonly kubeProxy: V1ConfigMap | undefined;
  readonly coreDns: V1ConfigMap | undefined;
  /** None before Kubernetes 1.33, which doesn't know them. */
  readonly serviceCIDRs: readonly V1ServiceCIDR[];
}

/** kubeadm's ClusterConfiguration, as far as it is of interest here: v1beta3 has extraArgs as a mapping, v1beta4 as a list. */
interface ClusterConfiguration {
  networking?: { podSubnet?: string; serviceSubnet?: string; dnsDomain?: string };
  apiServer?: { extraArgs?: Record<string, string> | { name: string; value: string }[] };
}

/** Makes sense of the objects. */
export function liveCluster({ version, nodes, etcdPods, kubeadmConfig, kubeProxy, coreDns, serviceCIDRs }: ClusterObjects): LiveCluster {
  const { networking = {}, apiServer } = yamlOf<ClusterConfiguration>(kubeadmConfig, "ClusterConfiguration") ?? {};
  const proxy = yamlOf<{ mode?: string }>(kubeProxy, "config.conf");
  const args = apiServer?.extraArgs ?? [];
  const nodePorts = Array.isArray(args)
    ? args.find(({ name }) => name === "service-node-port-range")?.value
    : args["service-node-port-range"];
  const corefile = coreDns?.data?.Corefile;
  const etcd = new Set(etcdPods.map((pod) => pod.spec?.nodeName));
  return {
    // Managed clusters write 34+.
    kubernetes: `${version.major}.${Number.parseInt(version.minor, 10)}`,
    ...(networking.podSubnet ? { podCIDRs: cidrs(networking.podSubnet) } : {}),
    ...(networking.serviceSubnet ? { serviceCIDRs: cidrs(networking.serviceSubnet) } : {}),
    ...serviceRanges(serviceCIDRs),
    ...(networking.dnsDomain ? { domain: networking.dnsDomain } : {}),
    ...(nodePorts ? { nodePorts } : {}),
    // An empty mode is kube-proxy's default.
    ...(proxy ? { proxyMode: proxy.mode || "iptables" } : {}),
    ...(corefile === undefined ? {} : { corefile }),
    nodes: nodes.map((node) => liveNode(node, etcd)),
  };
}

/**
 * The API server keeps its own range, of --service-cluster-ip-range, as the object `kubernetes`; it is right where kubeadm's configuration is out of date.
 * One that is being deleted gives no addresses any more. Source: kubernetes.io, "Extend Service IP Ranges".
 */
function serviceRanges(objects: readonly V1ServiceCIDR[]): Pick<LiveCluster, "serviceCIDRs" | "additionalServiceCIDRs"> {
  const isOwn = ({ metadata }: V1ServiceCIDR) => metadata?.name === "kubernetes";
  const ranges = (some: readonly V1ServiceCIDR[]) => some.flatMap(({ spec }) => (spec?.cidrs ?? []).flatMap(cidrs));
  const own = ranges(objects.filter(isOwn));
  const added = ranges(objects.filter((object) => !isOwn(object) && !object.metadata?.deletionTimestamp));
  return { ...(own.length > 0 ? { serviceCIDRs: own } : {}), ...(added.length > 0 ? { additionalServiceCIDRs: added } : {}) };
}

function liveNode({ metadata, spec, status }: V1Node, etcd: ReadonlySet<string | undefined>): LiveNode {
  const name = metadata?.name ?? "";
  const controlPlane = metadata?.labels?.["node-role.kubernetes.io/control-plane"] !== undefined;
  // kubeadm keeps workloads away from its control planes, unless somebody took the taint off.
  const reserved =
    spec?.taints?.some(({ key, effect }) => key === "node-role.kubernetes.io/control-plane" && effect === "NoSchedule") ?? false;
  const roles: Role[] = [
    ...(controlPlane ? ["control-plane" as const] : []),
    ...(etcd.has(name) ? ["etcd" as const] : []),
    ...(reserved ? [] : ["worker" as const]),
  ];
  const internal = status?.addresses?.filter(({ type }) => type === "InternalIP").map(({ address }) => Address.parse(address)) ?? [];
  return {
    name,
    roles,
    addresses: internal.filter((address, index) => internal.findIndex(({ family }) => family === address.family) === index),
    podCIDRs: (spec?.podCIDRs ?? []).flatMap(cidrs),
  };
}

function yamlOf<T>(configMap: V1ConfigMap | undefined, key: string): T | undefined {
  const text = configMap?.data?.[key];
  return text === undefined ? undefined : (parse(text) as T);
}

/** Kubernetes allows bits after the prefix in its lists of ranges; they mean nothing. */
function cidrs(list: string): Cidr[] {
  return list.split(",").map((text) => {
    const [address = "", prefix] = text.trim().split("/");
    const { family, value } = Address.parse(address);
    return Cidr.of(family, value, Number(prefix));
  });
}
