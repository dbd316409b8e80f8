import type { LookedAt } from "../../analysis/doctor/doctor";
import { parseFacts } from "../../analysis/doctor/facts";
import { missingAccess, sshAccess } from "../../components/node/access";
import { lookScript } from "../../components/node/bundle";
import { run, SshError } from "../../components/node/dial";
import { nodeBundle } from "../../components/node/nodeBundle";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";

/** Connections at a time. */
const parallel = 16;

/** Asks every host, over one connection each. What keeps one from answering is its result. */
export async function lookAtHosts(plan: Plan, baseDirectory: string): Promise<LookedAt[]> {
  const results: LookedAt[] = [];
  const queue = plan.nodes.entries();
  const worker = async () => {
    for (const [index, node] of queue) results[index] = { node, ...(await lookAt(plan, node, baseDirectory)) };
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

async function lookAt(plan: Plan, node: PlannedNode, baseDirectory: string) {
  const access = sshAccess(plan.stack, node, { baseDirectory });
  const missing = missingAccess(access, plan.stack);
  if (missing.length > 0) return { problem: missing.join(" ") };
  try {
    const stdin = lookScript(nodeBundle(plan, node.name));
    const { code, stdout, stderr } = await run(access, access.user === "root" ? "sh -s" : "sudo -n sh -s", { stdin });
    if (code === 0) return { facts: parseFacts(stdout) };
    return { problem: `the host can't be looked at as root: ${stderr.trim().split("\n").at(-1) || `exit code ${code}`}.` };
  } catch (error) {
    if (error instanceof SshError) return { problem: error.message };
    throw error;
  }
}
