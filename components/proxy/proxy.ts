import { serviceRanges } from "../../core/addresses";
import type { Finding } from "../../core/finding";
import type { Flow } from "../../core/flow";
import type { HostItem } from "../../core/host";
import type { Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import { configurationFindings, kubeProxyConfiguration } from "./configuration";
import { hostService } from "./hostService";
import { daemonSetObjects } from "./objects";

const part = "proxy";

/**
 * kube-proxy: kubeadm's DaemonSet gets our configuration, a node at a time when that changes, or it is a service of each host; and NodePorts are let in.
 * In the mode none it is somebody else's work, and only the range of the services' addresses is kept free.
 */
export function proxy(context: Context): Part {
  const { proxy } = context.stack;
  const ranges: Part["ranges"] = () => serviceRanges(context.stack).map(({ cidr, path }) => ({ cidr, what: "services", path }));
  if (proxy.mode === "none") return { name: part, ranges, findings: () => [replaces(context) ? replaced : withoutProxy] };
  const config = kubeProxyConfiguration(context);
  const isOnHost = proxy.runs === "host";
  return {
    name: part,
    ranges,
    flows: () => flows(context),
    host: (node) => [
      ...preconditions(context),
      ...sameRange(context, node),
      ...reservedPorts(context),
      ...(isOnHost ? hostService(context, node, config) : []),
    ],
    manifests: () => (isOnHost ? [] : daemonSetObjects(part, config)),
    findings: () => configurationFindings(context),
  };
}

const withoutProxy: Finding = {
  severity: "warning",
  path: ["proxy", "mode"],
  message:
    "none: Plumbline neither sets kube-proxy up nor takes it away, and opens no NodePorts. A DaemonSet of kubeadm's goes on as it is.",
  mend: "Have the services' part of the pod network run first; then delete the DaemonSet kube-proxy and run `kube-proxy --cleanup` on each node.",
};

const replaces = ({ stack: { cni } }: Context) => cni.provider === "cilium" && cni.cilium.kubeProxyReplacement;

const replaced: Finding = {
  severity: "info",
  path: ["proxy", "mode"],
  message: "none: Cilium does kube-proxy's work. A DaemonSet of kubeadm's goes on as it is.",
  mend: "Once Cilium runs: `kubectl -n kube-system delete daemonset/kube-proxy configmap/kube-proxy`, then `kube-proxy --cleanup` on each node.",
};

/** Ports that Linux gives to connections and listeners that don't ask for one (net.ipv4.ip_local_port_range). */
const ephemeral = { from: 32768, to: 60999 };

/** NodePorts where the kernel takes ports of its own choice from: a service would take away such a program's port. They are reserved. */
function reservedPorts({ stack }: Context): HostItem[] {
  const { from, to } = stack.proxy.nodePorts;
  if (to < ephemeral.from || from > ephemeral.to) return [];
  const shared = `${Math.max(from, ephemeral.from)}-${Math.min(to, ephemeral.to)}`;
  return [{ kind: "sysctl", key: "net.ipv4.ip_local_reserved_ports", value: `+${shared}` }];
}

/** The API server's range is kubeadm's to set; a control plane whose own differs is refused. */
function sameRange({ stack }: Context, { roles }: PlannedNode): HostItem[] {
  const { from, to } = stack.proxy.nodePorts;
  return roles.includes("control-plane") ? [{ kind: "require", what: "node-ports", value: `${from}-${to}` }] : [];
}

/** Without them kube-proxy ends with an error on the host. Source: getNFTablesInterface in pkg/proxy/nftables, CanUseIPVSProxier in pkg/proxy/ipvs. */
function preconditions({ stack: { proxy } }: Context): HostItem[] {
  if (proxy.mode === "nftables") return [{ kind: "require", what: "kernel-version", value: "5.13" }];
  if (proxy.mode !== "ipvs") return [];
  return ["ip_vs", `ip_vs_${proxy.ipvs.scheduler}`].map((value) => ({ kind: "require", what: "kernel-module", value }));
}

function flows({ stack: { proxy } }: Context): Flow[] {
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
  return [nodePorts("tcp"), nodePorts("udp"), ...(isIpvs ? [services("pods"), services("nodes")] : [])];
}
