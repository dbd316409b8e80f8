import type { Finding } from "../../../core/finding";
import type { Flow, Peer } from "../../../core/flow";
import type { HostItem } from "../../../core/host";
import type { Layer, Part } from "../../../core/part";
import type { Context } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";
import { versions } from "../../../core/versions";
import { vxlanLayer } from "../vxlan";
import { ciliumValues, valuesFile } from "./values";

const part = "cni/cilium";

/** Without options as VXLAN (RFC 8926). */
const geneveLayer: Layer = { name: "Geneve", bytes: vxlanLayer.bytes };
/** Cilium counts with IPv6's overhead always (pkg/mtu, WireguardOverhead). */
const wireguardLayer: Layer = { name: "WireGuard", bytes: { 4: 80, 6: 80 } };

/** With encryption, tunnels' packets are encrypted as a whole: both count. */
function layers({ cni: { cilium } }: Stack): Layer[] {
  const tunnel = { vxlan: [vxlanLayer], geneve: [geneveLayer], native: [] }[cilium.routing];
  return [...tunnel, ...(cilium.wireguard ? [wireguardLayer] : [])];
}

/**
 * Cilium, installed by the user with its Helm chart and the values of `plumbline render`: the chart makes certificates, so its objects aren't a
 * function of the stack. Pods have addresses of their node's range.
 */
export function cilium({ stack }: Context): Part {
  const { cni } = stack;
  const isTunnel = cni.cilium.routing !== "native";
  return {
    name: part,
    layers: () => layers(stack),
    flows: () => flows(stack),
    // Cilium masquerades too; what it has done already has another source, and isn't touched again.
    masquerade: (node) =>
      node.podCIDRs.map((from) => ({ from, towardsNodes: isTunnel, why: "pods leave the cluster with the node's address" })),
    host: (node): HostItem[] => [
      { kind: "require", what: "cni-conf-dir", value: cni.confDir },
      { kind: "require", what: "cni-winner", value: `${cni.confDir}/05-cilium.conflist` },
      ...(cni.takeover ? [{ kind: "take-over", what: "cni-configurations" } as const] : []),
      { kind: "require", what: "node-pod-cidrs", value: node.podCIDRs.join(",") },
      { kind: "require", what: "kernel-version", value: versions.cilium.kernel },
    ],
    charts: () => [{ file: valuesFile, values: ciliumValues(stack, layers(stack)) }],
    findings: () => [installation(stack), ...services(stack), ...warnings(stack)],
  };
}

/** Source: docs.cilium.io, "System Requirements", firewall rules. */
function flows({ cni: { cilium }, proxy }: Stack): Flow[] {
  const nodes: Peer = { kind: "nodes" };
  const pods: Peer = { kind: "pods" };
  const open = (from: Peer, protocol: "tcp" | "udp", port: number, why: string): Flow => ({
    part,
    from,
    to: nodes,
    protocol,
    ports: [{ from: port, to: port }],
    why,
  });
  const nodePorts = (protocol: "tcp" | "udp"): Flow => ({
    part,
    from: { kind: "any" },
    to: nodes,
    protocol,
    ports: [proxy.nodePorts],
    why: "NodePort services (Cilium)",
  });
  return [
    { part, from: pods, to: pods, protocol: "any", why: "pods reach pods; Cilium's policies judge them further" },
    { part, from: nodes, to: pods, protocol: "any", why: "nodes reach pods: probes, webhooks, services" },
    open(nodes, "tcp", 4240, "Cilium's health checks between nodes"),
    ...(cilium.routing === "vxlan" ? [open(nodes, "udp", 8472, "Cilium's VXLAN tunnel between nodes")] : []),
    ...(cilium.routing === "geneve" ? [open(nodes, "udp", 6081, "Cilium's Geneve tunnel between nodes")] : []),
    ...(cilium.wireguard ? [open(nodes, "udp", 51871, "Cilium's WireGuard tunnel between nodes")] : []),
    ...(cilium.hubble ? [open(pods, "tcp", 4244, "Hubble's relay asks the nodes"), open(nodes, "tcp", 4244, "Hubble's peers")] : []),
    ...(cilium.kubeProxyReplacement ? [nodePorts("tcp"), nodePorts("udp")] : []),
  ];
}

function installation({ cni: { cilium } }: Stack): Finding {
  return {
    severity: "info",
    path: ["cni", "provider"],
    message: `cilium is installed by its Helm chart ${cilium.version}, which has to be in the cluster before \`pulumi up\`; \`plumbline render --out DIR\` writes its values.`,
    mend: `helm install cilium oci://quay.io/cilium/charts/cilium --version ${cilium.version} --namespace kube-system --values DIR/charts/${valuesFile}`,
  };
}

/** Service addresses are translated once. */
function services({ cni: { cilium }, proxy }: Stack): Finding[] {
  if (cilium.kubeProxyReplacement && proxy.mode !== "none")
    return [
      {
        severity: "error",
        path: ["proxy", "mode"],
        message: `${proxy.mode}: with cni.cilium.kubeProxyReplacement Cilium translates services' addresses, and kube-proxy would do it too.`,
        mend: "Write proxy.mode: none, or leave cni.cilium.kubeProxyReplacement out.",
      },
    ];
  if (!cilium.kubeProxyReplacement && proxy.mode === "none")
    return [
      {
        severity: "error",
        path: ["cni", "cilium", "kubeProxyReplacement"],
        message: "Nobody translates services' addresses: proxy.mode is none, and Cilium doesn't do kube-proxy's work.",
        mend: "Write kubeProxyReplacement: true, or another proxy.mode.",
      },
    ];
  return [];
}

function warnings({ cni: { cilium }, firewall }: Stack): Finding[] {
  const warning = (key: string, message: string, mend: string): Finding => ({
    severity: "warning",
    path: ["cni", "cilium", key],
    message,
    mend,
  });
  return [
    ...(cilium.hostFirewall && firewall.mode === "enforce"
      ? [
          warning(
            "hostFirewall",
            "Two firewalls judge packets to hosts: a policy of Cilium's for hosts can close what the plan opens, SSH too.",
            "Leave one of them out: hostFirewall: false, or firewall.mode: off.",
          ),
        ]
      : []),
    ...(cilium.exclusive
      ? [
          warning(
            "exclusive",
            "Cilium renames every other CNI configuration on the hosts to .cilium_bak; nothing renames them back.",
            "Leave it out: an earlier configuration of somebody else's is refused, or moved away with cni.takeover until destroy.",
          ),
        ]
      : []),
  ];
}
