import type { Flow } from "../../core/flow";
import { mtuBudget } from "../../core/mtu";
import type { Part, PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import { type Conflist, confText, ipam, plugin } from "./conf/build";
import type { Transit } from "./providers";

/** Plugins that the conflist calls, by the name of their binary. */
const plugins = ["bridge", "host-local", "portmap", "loopback"];

/** Also the name of host-local's folder of addresses. */
export const network = "plumbline";

/**
 * Pods on a Linux bridge per node, addresses from the node's own range (host-local), hostPorts by portmap. CNI specification 1.0.0.
 * Masquerading isn't the plugin's (`ipMasq` would also hide pods from other nodes' pods); the firewall part does it for what leaves the cluster.
 */
export function bridge({ stack }: Context, { layers, hidesPods }: Pick<Transit, "layers" | "hidesPods">): Part {
  const part = "cni/bridge";
  const { confDir, takeover, bridge: options } = stack.cni;
  const file = `${confDir}/10-plumbline.conflist`;
  return {
    name: part,
    flows: (): Flow[] => [
      { part, from: { kind: "pods" }, to: { kind: "pods" }, protocol: "any", why: "pods reach pods" },
      { part, from: { kind: "nodes" }, to: { kind: "pods" }, protocol: "any", why: "nodes reach pods: probes, webhooks, services" },
    ],
    masquerade: (node) =>
      node.podCIDRs.map((from) => ({ from, towardsNodes: hidesPods, why: "pods leave the cluster with the node's address" })),
    host: (node) => [
      { kind: "require", what: "cni-conf-dir", value: confDir },
      { kind: "require", what: "cni-winner", value: file },
      ...(takeover ? [{ kind: "take-over", what: "cni-configurations" } as const] : []),
      { kind: "require", what: "node-pod-cidrs", value: node.podCIDRs.join(",") },
      ...plugins.map((value) => ({ kind: "require", what: "cni-plugin", value }) as const),
      ...stack.cluster.podCIDRs.map((range) => ({ kind: "accept-forwarded", range: String(range) }) as const),
      { kind: "file", path: file, mode: "0644", content: confText(conflist(node)) },
      { kind: "cni-network", name: network, bridge: options.name },
      { kind: "link-mtu", name: options.name, bytes: mtuBudget(stack, layers).pods },
      // Replies of a service's pod on the same bridge would bypass the address translation otherwise.
      { kind: "sysctl", key: "net.bridge.bridge-nf-call-iptables", value: "1" },
      ...(stack.cluster.podCIDRs.some((range) => range.family === 6)
        ? [{ kind: "sysctl", key: "net.bridge.bridge-nf-call-ip6tables", value: "1" } as const]
        : []),
    ],
  };

  function conflist(node: PlannedNode): Conflist {
    return {
      cniVersion: "1.0.0",
      name: network,
      plugins: [
        plugin.bridge({
          bridge: options.name,
          isGateway: true,
          hairpinMode: true,
          mtu: mtuBudget(stack, layers).pods,
          ipam: ipam.hostLocal({
            ranges: node.podCIDRs.map((range) => [{ subnet: String(range) }]),
            routes: node.podCIDRs.map((range) => ({ dst: range.family === 4 ? "0.0.0.0/0" : "::/0" })),
          }),
        }),
        plugin.portmap({ capabilities: { portMappings: true } }),
      ],
    };
  }
}
