import type { Flow } from "../../core/flow";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";

/** The header of every file that Plumbline writes, in formats with `#` comments. */
export const fileHeader = "# Written by Plumbline; changes are reported as drift. `pulumi destroy` puts back what was here before.\n";

/** What every host needs to carry a cluster network, whatever the CNI: forwarding, SSH for its administrators, and a network daemon that leaves our routes alone. */
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
      // systemd-networkd removes routes that it didn't make when it restarts, unless told so (networkd.conf(5)).
      {
        kind: "file",
        path: "/etc/systemd/networkd.conf.d/10-plumbline.conf",
        mode: "0644",
        content: `${fileHeader}[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no\n`,
      },
      ...stack.nodes
        .filter((peer) => peer.name !== node.name && peer.roles.includes("control-plane"))
        .flatMap((peer) => peer.address.slice(0, 1))
        .map((address) => ({ kind: "probe", protocol: "tcp", address: String(address), port: stack.cluster.apiServerPort }) as const),
    ],
  };
}
