import { distance } from "fastest-levenshtein";
import { kubeconfigText } from "../../components/kubeconfig";
import { UserError } from "../../core/finding";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { showFindings } from "../check/check";
import { print, printJson } from "../output";
import type { PlanOptions } from "../plan";
import { openStack } from "../readStack";
import { networkChange, showNetworkChange } from "./change";
import { type LiveNetwork, readNetwork } from "./live";
import { describeNode, summarize } from "./summary";
import { showNode, showPlan } from "./text";

export async function plan({ stack, json, node: name, cluster }: PlanOptions): Promise<void> {
  const { file, directory, plan, findings } = openStack(stack);
  const node = name === undefined ? undefined : findNode(plan, name, file);
  const live = cluster ? await liveNetworkOf(plan, directory) : undefined;
  const change = live && networkChange(plan, live);
  if (json) printJson({ ...summarize(plan, findings, node), ...(change ? { networkChange: change } : {}) });
  else {
    print(node ? showNode(describeNode(plan, node)) : showPlan(plan, summarize(plan, findings)));
    if (live) print(`\n${showNetworkChange(change, live)}`);
    if (!node && findings.length > 0) print(`\n${showFindings(findings, file)}`);
  }
}

async function liveNetworkOf({ stack }: Plan, directory: string): Promise<LiveNetwork> {
  const kubeconfig = kubeconfigText(stack, directory);
  if (kubeconfig !== undefined) return readNetwork(kubeconfig);
  throw new UserError("--cluster: the stack names no cluster.kubeconfig, so there is no cluster to ask.");
}

function findNode(plan: Plan, name: string, file: string): PlannedNode {
  const node = plan.nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  const [nearest = ""] = plan.nodes.map((candidate) => candidate.name).sort((a, b) => distance(name, a) - distance(name, b));
  throw new UserError(`${file} has no node ${name}. Did you mean ${nearest}?`);
}
