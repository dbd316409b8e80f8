import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** Duplicates, networks, roles and reachability of nodes. */
export function checkNodes({ cluster, nodes, ssh }: Stack, { intact }: Losses): Finding[] {
  const findings: Finding[] = [];
  const report = (severity: Finding["severity"], path: Path, message: string, mend: string) =>
    findings.push({ severity, path, message, mend });

  const firstWith = { name: new Map<string, number>(), address: new Map<string, number>() };
  nodes.forEach((node, index) => {
    const earlier = firstWith.name.get(node.name);
    if (earlier !== undefined)
      report(
        "error",
        ["nodes", index, "name"],
        `${node.name} is also the name of nodes[${earlier}].`,
        "Give every node a name of its own.",
      );
    else firstWith.name.set(node.name, index);
    for (const address of new Set(node.address.map(String))) {
      const other = firstWith.address.get(address);
      if (other !== undefined)
        report(
          "error",
          ["nodes", index, "address"],
          `${address} is also the address of nodes[${other}] (${nodes[other]?.name}).`,
          "Give every node an address of its own (Vagrant: not the NAT address 10.0.2.15, but that of the private network).",
        );
      else firstWith.address.set(address, index);
    }
    if (cluster.nodeCIDRs.length > 0 && intact("cluster", "nodeCIDRs"))
      for (const address of node.address.filter((candidate) => !cluster.nodeCIDRs.some((lan) => lan.contains(candidate))))
        report(
          "error",
          ["nodes", index, "address"],
          `${address} is in none of cluster.nodeCIDRs (${cluster.nodeCIDRs.join(", ")}).`,
          "Correct the address, or add its network to cluster.nodeCIDRs.",
        );
  });

  if (nodes.length > 0 && intact("nodes", "*", "roles")) {
    if (!nodes.some((node) => node.roles.includes("control-plane")))
      report(
        "warning",
        ["nodes"],
        "no node has the role control-plane.",
        "Give the nodes of the control plane `roles: [control-plane, etcd]`, so that their ports are opened.",
      );
    else if (!nodes.some((node) => node.roles.includes("etcd")))
      report(
        "warning",
        ["nodes"],
        "no node has the role etcd, so etcd's ports stay closed on every node.",
        "Write `roles: [control-plane, etcd]` for the nodes that run it (kubeadm: those of the control plane).",
      );
  }
  if (cluster.kubeconfig !== undefined && cluster.kubeconfigSecret !== undefined)
    report("error", ["cluster", "kubeconfigSecret"], "is given along with cluster.kubeconfig.", "Keep one of the two.");
  if (ssh.privateKey !== undefined && ssh.privateKeyFile !== undefined)
    report("error", ["ssh", "privateKey"], "is given along with ssh.privateKeyFile.", "Keep one of the two.");
  const loginKnown = (["privateKey", "privateKeyFile", "agent"] as const).every((name) => intact("ssh", name));
  if (loginKnown && ssh.privateKey === undefined && ssh.privateKeyFile === undefined && !ssh.agent)
    report("error", ["ssh"], "names no way to log in.", "Write privateKeyFile: ~/.ssh/id_ed25519, or agent: true.");
  return findings;
}
