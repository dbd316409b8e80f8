import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { cloneFindings } from "./clones";
import type { HostFacts } from "./facts";
import type { LiveFinding } from "./finding";
import { hostFindings } from "./host";

/** A host that said what it is, or why it couldn't be asked. */
export type LookedAt = { readonly node: PlannedNode } & ({ readonly facts: HostFacts } | { readonly problem: string });

/** Judges what the hosts say, against the plan and against each other. Pure. */
export function judgeHosts(plan: Plan, hosts: readonly LookedAt[]): LiveFinding[] {
  const known = hosts.flatMap((host) => ("facts" in host ? [host] : []));
  return [
    ...hosts.flatMap((host): LiveFinding[] =>
      "problem" in host
        ? [{ severity: "error", node: host.node.name, path: ["nodes", plan.nodes.indexOf(host.node)], message: host.problem, mend: "" }]
        : hostFindings(plan, host.node, host.facts),
    ),
    ...cloneFindings(known),
  ];
}
