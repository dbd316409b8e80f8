import type { Flow } from "../../core/flow";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { hostSettings } from "../../core/stack/hostSettings";
import { foreignRoutesItem, unmanagedItem } from "./daemons";

/** What every host needs to carry a cluster network, whatever the CNI: forwarding, SSH for its administrators, and network daemons that leave our routes and interfaces alone. */
export function base({ stack }: Context): Part {
  const { admin } = stack.firewall;
  const families = new Set(stack.cluster.podCIDRs.map((range) => range.family));
  const sshPorts = [...new Set([stack.ssh.port, ...stack.nodes.flatMap((node) => node.ssh.port ?? [])])].sort((a, b) => a - b);
  return {
    name: "node",
    flows: (): Flow[] => [
      {
        part: "node",
        from: admin.length > 0 ? { kind: "cidrs", cidrs: admin } : { kind: "any" },
        to: { kind: "nodes" },
        protocol: "tcp",
        ports: sshPorts.map((port) => ({ from: port, to: port })),
        why: "SSH for administrators (failsafe)",
      },
    ],
    host: (node) => [
      ...(families.has(4) ? [{ kind: "sysctl", key: "net.ipv4.ip_forward", value: "1" } as const] : []),
      ...(families.has(6) ? [{ kind: "sysctl", key: "net.ipv6.conf.all.forwarding", value: "1" } as const] : []),
      foreignRoutesItem,
      unmanagedItem(stack.cni.bridge.name, hostSettings(stack, node).links ?? []),
      ...stack.nodes
        .filter((peer) => peer.name !== node.name && peer.roles.includes("control-plane"))
        .flatMap((peer) => peer.address.slice(0, 1))
        .map((address) => ({ kind: "probe", protocol: "tcp", address: String(address), port: stack.cluster.apiServerPort }) as const),
    ],
  };
}
