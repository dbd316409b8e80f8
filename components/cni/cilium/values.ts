import { addressOf } from "../../../core/addresses";
import { mtuBudget } from "../../../core/mtu";
import type { Layer } from "../../../core/part";
import type { Stack } from "../../../core/stack/schema";

/** In the folder `charts` of a render. */
export const valuesFile = "cilium-values.yaml";

/** Values of Cilium's chart that follow from the stack; all others keep the chart's defaults. Source: docs.cilium.io, "Helm Reference". */
export function ciliumValues(stack: Stack, layers: readonly Layer[]): object {
  const { cluster, cni, nodes, proxy } = stack;
  const { cilium } = cni;
  const range = (family: 4 | 6) => cluster.podCIDRs.find((one) => one.family === family);
  const [four, six] = [range(4), range(6)];
  const { pods, layers: taken } = mtuBudget(stack, layers);
  const plane = nodes.find(({ roles }) => roles.includes("control-plane"));
  const family = cluster.podCIDRs[0]?.family ?? 4;
  return {
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: Boolean(four), requireIPv6PodCIDR: Boolean(six) },
    ipv4: { enabled: Boolean(four) },
    ipv6: { enabled: Boolean(six) },
    ...(cilium.routing === "native"
      ? {
          routingMode: "native",
          autoDirectNodeRoutes: true,
          ...(four ? { ipv4NativeRoutingCIDR: String(four) } : {}),
          ...(six ? { ipv6NativeRoutingCIDR: String(six) } : {}),
        }
      : { routingMode: "tunnel", tunnelProtocol: cilium.routing, tunnelPort: cilium.routing === "vxlan" ? 8472 : 6081 }),
    // Cilium wants the LAN's, and takes off what its layers need itself (pkg/mtu).
    MTU: pods + taken.reduce((sum, { bytes }) => sum + bytes, 0),
    kubeProxyReplacement: cilium.kubeProxyReplacement,
    // Without kube-proxy there is no service address of the API server before Cilium runs.
    ...(cilium.kubeProxyReplacement && plane
      ? {
          k8sServiceHost: String(addressOf(plane, family) ?? plane.address[0]),
          k8sServicePort: cluster.apiServerPort,
          nodePort: { range: `${proxy.nodePorts.from},${proxy.nodePorts.to}` },
        }
      : {}),
    cni: { exclusive: cilium.exclusive, confPath: cni.confDir },
    ...(cilium.wireguard ? { encryption: { enabled: true, type: "wireguard" } } : {}),
    hubble: { enabled: cilium.hubble, relay: { enabled: cilium.hubble } },
    hostFirewall: { enabled: cilium.hostFirewall },
  };
}
