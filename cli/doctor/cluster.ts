import type { LiveFinding } from "../../analysis/doctor/finding";
import { kubeconfigText } from "../../components/kubeconfig";
import { UserError } from "../../core/finding";
import type { Stack } from "../../core/stack/schema";
import { readCluster } from "../adopt/cluster";
import { compareWithCluster } from "../adopt/compare";

/** What the cluster has otherwise than the stack says; a cluster that can't be read is a finding too. Nothing without a kubeconfig. */
export async function clusterFindings(
  stack: Stack,
  baseDirectory: string,
  kubeconfigFile: string | undefined,
  read: typeof readCluster = readCluster,
): Promise<LiveFinding[]> {
  try {
    const kubeconfig = kubeconfigText(stack, baseDirectory, kubeconfigFile);
    return kubeconfig === undefined ? [] : disagreements(stack, await read(kubeconfig));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const mend = "Before kubeadm init there is no cluster: leave cluster.kubeconfig out until then.";
    return [{ severity: "warning", path: ["cluster", "kubeconfig"], message: `the cluster wasn't read. ${error.message}`, mend }];
  }
}

/** The stack counts as having said everything: doctor compares what would be applied, defaults included. */
function disagreements(stack: Stack, live: Parameters<typeof compareWithCluster>[1]): LiveFinding[] {
  const { changes, findings } = compareWithCluster(stack, live, () => true);
  const nodeOf = (path: LiveFinding["path"]) =>
    path[0] === "nodes" && typeof path[1] === "number" ? stack.nodes[path[1]]?.name : undefined;
  return [
    ...changes.map(({ path, declared, live: found }): LiveFinding => {
      // Roles are labels and taints, which people change; the version gates features only.
      const severity = ["roles", "kubernetes", "nodeMaskSizes"].includes(String(path.at(-1))) ? "warning" : "error";
      const message =
        declared === ""
          ? `the cluster has ${found}, which isn't in the stack: no host has a route to its pods.`
          : `the stack says ${declared}, the cluster has ${found}.`;
      return { severity, path, message, mend: "Run `plumbline adopt`: it writes what the cluster has, showing it first." };
    }),
    ...findings,
  ].map((finding) => {
    const node = nodeOf(finding.path);
    return node === undefined ? finding : { ...finding, node };
  });
}
