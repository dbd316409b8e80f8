import { podRanges } from "../../../core/addresses";
import { mtuBudget } from "../../../core/mtu";
import type { Manifest } from "../../../core/part";
import type { Stack } from "../../../core/stack/schema";
import { blockSize } from "./blocks";
import { calicoLayers, usesBgp } from "./tunnels";

const crd = "crd.projectcalico.org/v1";
const labels = { "app.kubernetes.io/managed-by": "plumbline" };

/** What the operator makes Calico of. Source: docs.tigera.io, "Installation reference" (operator.tigera.io/v1), and the resources of 3.31. */
export function objects(stack: Stack): Manifest[] {
  return [
    felix(stack),
    ...(usesBgp(stack) ? [bgpConfiguration(stack)] : []),
    ...stack.cni.calico.bgpPeers.map((peer): Manifest => {
      const peerIP = String(peer.address);
      return {
        apiVersion: crd,
        kind: "BGPPeer",
        metadata: { name: `plumbline-${peerIP.replaceAll(/[.:]+/g, "-")}`, labels },
        spec: { peerIP, asNumber: peer.asNumber },
      };
    }),
    installation(stack),
  ];
}

function installation(stack: Stack): Manifest {
  const { cluster, cni, proxy } = stack;
  const { calico } = cni;
  const has = (family: 4 | 6) => cluster.podCIDRs.some((range) => range.family === family);
  return {
    apiVersion: "operator.tigera.io/v1",
    kind: "Installation",
    metadata: { name: "default", labels },
    spec: {
      variant: "Calico",
      cni: { type: "Calico", ipam: { type: "Calico" } },
      calicoNetwork: {
        // kube-proxy's rules and Calico's have to be of one kind.
        linuxDataplane: proxy.mode === "nftables" ? "Nftables" : "Iptables",
        bgp: usesBgp(stack) ? "Enabled" : "Disabled",
        mtu: mtuBudget(stack, calicoLayers(stack)).pods,
        // The interface with the node's own address, never the first one: on Vagrant's machines that is NAT.
        ...(has(4) ? { nodeAddressAutodetectionV4: { kubernetes: "NodeInternalIP" } } : {}),
        ...(has(6) ? { nodeAddressAutodetectionV6: { kubernetes: "NodeInternalIP" } } : {}),
        ipPools: podRanges(stack).map(({ cidr: range, pool }) => ({
          name: pool === undefined ? `plumbline-ipv${range.family}` : `plumbline-${pool}-ipv${range.family}`,
          cidr: String(range),
          blockSize: blockSize(stack, range.family),
          encapsulation: range.family === 6 && calico.encapsulation.startsWith("IPIP") ? "None" : calico.encapsulation,
          // Done by the host's own table, with everything else that leaves the cluster.
          natOutgoing: "Disabled",
          nodeSelector: "all()",
        })),
      },
    },
  };
}

/**
 * Failsafe ports stay open whatever a policy for hosts says. Calico's own list has 22 and 6443; these are the ones that the hosts really have,
 * so that the two firewalls never disagree about them. Source: FelixConfiguration, failsafeInboundHostPorts.
 */
function felix({ cluster, cni, nodes, ssh }: Stack): Manifest {
  const tcp = (port: number) => ({ protocol: "tcp", port });
  const udp = (port: number) => ({ protocol: "udp", port });
  const sshPorts = [...new Set(nodes.map(({ ssh: own }) => own.port ?? ssh.port))].sort((a, b) => a - b);
  const always = [179, 2379, 2380, 5473, cluster.apiServerPort].map(tcp);
  return {
    apiVersion: crd,
    kind: "FelixConfiguration",
    metadata: { name: "default", labels },
    spec: {
      failsafeInboundHostPorts: [...sshPorts.map(tcp), udp(68), ...always],
      failsafeOutboundHostPorts: [udp(53), udp(67), ...always],
      ...(cni.calico.wireguard ? wireguard(cluster.podCIDRs.map(({ family }) => family)) : {}),
    },
  };
}

const wireguard = (families: readonly (4 | 6)[]) => ({
  ...(families.includes(4) ? { wireguardEnabled: true } : {}),
  ...(families.includes(6) ? { wireguardEnabledV6: true } : {}),
});

const bgpConfiguration = ({ cni: { calico } }: Stack): Manifest => ({
  apiVersion: crd,
  kind: "BGPConfiguration",
  metadata: { name: "default", labels },
  spec: { asNumber: calico.asNumber, nodeToNodeMeshEnabled: true },
});
