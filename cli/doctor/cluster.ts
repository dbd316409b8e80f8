import type { LiveFinding } from "../../analysis/doctor/finding";
import { findingsWithCluster, readClusterManifests } from "../../components/ingress/readCluster";
import { kubeconfigText } from "../../components/kubeconfig";
import { UserError } from "../../core/finding";
import type { Plan } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { readCluster } from "../adopt/cluster";
import { compareWithCluster } from "../adopt/compare";

/** What the cluster is asked for. */
const readers = { cluster: readCluster, manifests: readClusterManifests };

/**
 * What the cluster has otherwise than the stack says, and how the stack's ingress rules go together with what is there; a cluster that can't be read is a
 * finding too. Nothing without a kubeconfig.
 */
export async function clusterFindings(
  plan: Plan,
  baseDirectory: string,
  kubeconfigFile: string | undefined,
  read: typeof readers = readers,
): Promise<LiveFinding[]> {
  const { stack } = plan;
  try {
    const kubeconfig = kubeconfigText(stack, baseDirectory, kubeconfigFile);
    if (kubeconfig === undefined) return [];
    return [
      ...disagreements(stack, await read.cluster(kubeconfig)),
      ...(await judgeIngress(() => findingsWithCluster(plan, kubeconfig, new Date(), read.manifests))),
    ];
  } catch (error) {
    const mend = "Before kubeadm init there is no cluster: leave cluster.kubeconfig out until then.";
    return [unread("the cluster wasn't read.", error, ["cluster", "kubeconfig"], mend)];
  }
}

/** A kubeconfig may be allowed to read nodes and no Secrets. */
async function judgeIngress(findings: () => Promise<LiveFinding[]>): Promise<LiveFinding[]> {
  try {
    return await findings();
  } catch (error) {
    return [unread("the rules weren't judged together with what the cluster has.", error, ["ingress"], "")];
  }
}

function unread(what: string, error: unknown, path: LiveFinding["path"], mend: string): LiveFinding {
  if (!(error instanceof UserError)) throw error;
  return { severity: "warning", path, message: `${what} ${error.message}`, mend };
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
