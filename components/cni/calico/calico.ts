import { Cidr } from "../../../core/cidr";
import type { Finding } from "../../../core/finding";
import type { Flow, Peer } from "../../../core/flow";
import type { HostItem } from "../../../core/host";
import type { Part } from "../../../core/part";
import type { Context } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";
import { blockFindings } from "./blocks";
import { objects } from "./objects";
import { calicoLayers, usesBgp } from "./tunnels";

const part = "cni/calico";

/**
 * Calico, set up by Tigera's operator from the objects given here. The operator and its kinds are installed by the user.
 * Addresses are Calico's: blocks of the cluster's range, not the node's own ranges. Masquerading is the firewall's, as everywhere.
 */
export function calico(context: Context): Part {
  const { stack } = context;
  const { cluster, cni } = stack;
  return {
    name: part,
    connectsPods: true,
    layers: () => calicoLayers(stack),
    flows: () => flows(stack),
    masquerade: () =>
      cni.calico.natOutgoing
        ? cluster.podCIDRs.map((from) => ({ from, towardsNodes: true, why: "pods leave the cluster with the node's address" }))
        : [],
    host: (): HostItem[] => [
      { kind: "require", what: "cni-conf-dir", value: cni.confDir },
      { kind: "require", what: "cni-winner", value: `${cni.confDir}/10-calico.conflist` },
      ...(cni.takeover ? [{ kind: "take-over", what: "cni-configurations" } as const] : []),
      ...(cni.calico.wireguard ? [{ kind: "require", what: "kernel-version", value: "5.6" } as const] : []),
    ],
    manifests: () => objects(stack).map((object) => ({ part, object, retain: object.kind !== "BGPPeer" })),
    findings: () => [...blockFindings(context), ...families(stack), installation(stack)],
  };
}

/** Source: docs.tigera.io, "System requirements", network requirements. */
function flows(stack: Stack): Flow[] {
  const { calico } = stack.cni;
  const nodes: Peer = { kind: "nodes" };
  const between = (protocol: Flow["protocol"], ports: number[], why: string): Flow => ({
    part,
    from: nodes,
    to: nodes,
    protocol,
    ...(ports.length > 0 ? { ports: ports.map((port) => ({ from: port, to: port })) } : {}),
    why,
  });
  const routers = calico.bgpPeers.map(({ address }) => Cidr.host(address));
  return [
    { part, from: { kind: "pods" }, to: { kind: "pods" }, protocol: "any", why: "pods reach pods; Calico's policies judge them further" },
    { part, from: nodes, to: { kind: "pods" }, protocol: "any", why: "nodes reach pods: probes, webhooks, services" },
    between("tcp", [5473], "Calico's Typha, which the operator always sets up"),
    ...(calico.encapsulation.startsWith("VXLAN") ? [between("udp", [4789], "Calico's VXLAN tunnel between nodes")] : []),
    ...(calico.encapsulation.startsWith("IPIP") ? [between("ipip", [], "Calico's IPIP tunnel between nodes")] : []),
    ...(usesBgp(stack) ? [between("tcp", [179], "Calico's BGP between nodes")] : []),
    ...(calico.wireguard
      ? [
          between(
            "udp",
            stack.cluster.podCIDRs.map(({ family }) => (family === 4 ? 51820 : 51821)),
            "Calico's WireGuard tunnels between nodes",
          ),
        ]
      : []),
    ...(routers.length > 0
      ? [
          {
            part,
            from: { kind: "cidrs", cidrs: routers },
            to: nodes,
            protocol: "tcp",
            ports: [{ from: 179, to: 179 }],
            why: "BGP with routers",
          } as const,
        ]
      : []),
  ];
}

/** IPIP carries IPv4 only (IPPool: ipipMode is refused for IPv6). */
function families({ cluster, cni: { calico } }: Stack): Finding[] {
  if (!calico.encapsulation.startsWith("IPIP") || !cluster.podCIDRs.some(({ family }) => family === 6)) return [];
  return [
    {
      severity: "warning",
      path: ["cni", "calico", "encapsulation"],
      message: "Calico's IPIP carries IPv4 only: IPv6 pods' packets go over the nodes' LAN as they are, which has to carry pod addresses.",
      mend: "Write VXLAN or VXLANCrossSubnet, unless the LAN does.",
    },
  ];
}

/** Kinds have to be there before objects of them can be. */
function installation({ cni: { calico } }: Stack): Finding {
  const source = `https://raw.githubusercontent.com/projectcalico/calico/${calico.version}/manifests`;
  return {
    severity: "info",
    path: ["cni", "provider"],
    message: `calico is set up by Tigera's operator ${calico.version}, which has to be in the cluster before \`pulumi up\`.`,
    mend: `kubectl create -f ${source}/operator-crds.yaml -f ${source}/tigera-operator.yaml`,
  };
}
