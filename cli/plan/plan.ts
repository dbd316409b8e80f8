import { distance } from "fastest-levenshtein";
import { UserError } from "../../core/finding";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { showFindings } from "../check/check";
import { print, printJson } from "../output";
import type { PlanOptions } from "../plan";
import { openStack } from "../readStack";
import { describeNode, summarize } from "./summary";
import { showNode, showPlan } from "./text";

export function plan({ stack, json, node: name }: PlanOptions): void {
  const { file, plan, findings } = openStack(stack);
  const node = name === undefined ? undefined : findNode(plan, name, file);
  if (json) printJson(summarize(plan, findings, node));
  else if (node) print(showNode(describeNode(plan, node)));
  else {
    print(showPlan(plan, summarize(plan, findings)));
    if (findings.length > 0) print(`\n${showFindings(findings, file)}`);
  }
}

function findNode(plan: Plan, name: string, file: string): PlannedNode {
  const node = plan.nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  const [nearest = ""] = plan.nodes.map((candidate) => candidate.name).sort((a, b) => distance(name, a) - distance(name, b));
  throw new UserError(`${file} has no node ${name}. Did you mean ${nearest}?`);
}
