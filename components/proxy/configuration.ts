import { stringify } from "yaml";
import type { Finding, Path } from "../../core/finding";
import type { Context } from "../../core/plan";
import { lintProxyConfiguration } from "./lint/lint";
import { parseVersion } from "./lint/version";

/**
 * The KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) for kubeadm's ConfigMap `kube-proxy`, or a file of the host: what the stack says, and kube-proxy's defaults
 * for the rest. Not for the mode none.
 */
export function kubeProxyConfiguration({ stack }: Context): string {
  const { proxy, cluster } = stack;
  const { metrics = {}, healthz = {} } = proxy;
  const { scheduler, ...otherIpvs } = proxy.ipvs;
  // The default scheduler says nothing about another mode.
  const ipvs = proxy.mode === "ipvs" || scheduler !== "rr" ? proxy.ipvs : otherIpvs;
  const byRange = proxy.detectLocalMode === "ClusterCIDR";
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: proxy.mode,
    ...(byRange ? { clusterCIDR: cluster.podCIDRs.join(",") } : {}),
    detectLocalMode: proxy.detectLocalMode,
    ...optional("detectLocal", proxy.detectLocal),
    bindAddress: cluster.podCIDRs[0]?.family === 6 ? "::" : "0.0.0.0",
    ...optional("bindAddressHardFail", proxy.bindAddressHardFail),
    ...optional("healthzBindAddress", healthz.bindAddress),
    ...optional("metricsBindAddress", metrics.bindAddress),
    ...optional("enableProfiling", metrics.profiling),
    clientConnection: {
      kubeconfig: proxy.runs === "host" ? proxy.host.kubeconfig : "/var/lib/kube-proxy/kubeconfig.conf",
      ...proxy.clientConnection,
    },
    ...optional("configSyncPeriod", proxy.configSyncPeriod),
    ...optional("conntrack", proxy.conntrack),
    ...(proxy.nodePortAddresses.length > 0 ? { nodePortAddresses: proxy.nodePortAddresses } : {}),
    ...optional("iptables", proxy.iptables),
    ...optional("nftables", proxy.nftables),
    ...(Object.keys(ipvs).length > 0 ? { ipvs } : {}),
    ...optional("oomScoreAdj", proxy.oomScoreAdj),
    ...optional("logging", proxy.logging),
    ...optional("featureGates", proxy.featureGates),
  });
}

const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });

/** Where the stack says what a field of the configuration says. Others have the same names. */
const places = new Map<string, Path>([
  ["clusterCIDR", ["cluster", "podCIDRs"]],
  ["metricsBindAddress", ["proxy", "metrics", "bindAddress"]],
  ["enableProfiling", ["proxy", "metrics", "profiling"]],
  ["healthzBindAddress", ["proxy", "healthz", "bindAddress"]],
]);

/** What kube-proxy would refuse or pass over in the configuration, at the places of the stack. The mode itself is the stack's check's to judge. */
export function configurationFindings(context: Context): Finding[] {
  const version = parseVersion(context.stack.cluster.kubernetes);
  if (!version) throw new Error(`${context.stack.cluster.kubernetes} is no version`);
  return lintProxyConfiguration(kubeProxyConfiguration(context), version)
    .filter(({ severity, path: [field] }) => severity !== "info" && field !== "mode")
    .map(({ severity, path, message, mend }) => ({ severity, path: places.get(String(path[0])) ?? ["proxy", ...path], message, mend }));
}
