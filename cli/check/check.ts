import colors from "picocolors";
import { type Finding, showFinding, showPath } from "../../core/finding";
import type { Plan } from "../../core/plan";
import type { CheckOptions } from "../check";
import { count, print, printJson } from "../output";
import { judgeStack } from "../readStack";

const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan };

export function check({ stack, json }: CheckOptions): void {
  const { file, plan, findings } = judgeStack(stack);
  if (json) printJson({ findings: findings.map(findingForMachines) });
  else {
    if (findings.length > 0) print(showFindings(findings, file));
    print(
      plan
        ? `${file} is fine${findings.length > 0 ? ", with remarks" : ""}: ${describe(plan)}.`
        : `${file} has ${count(errors(findings), "error")}.`,
    );
  }
  if (!plan) process.exitCode = 1;
}

const errors = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === "error").length;

/** Findings for people, in the colour of their weight. */
export function showFindings(findings: readonly Finding[], file: string): string {
  return findings.map((finding) => paint[finding.severity](showFinding(finding, file))).join("\n");
}

/** The published form of a finding. A finding about the whole file is at its beginning. */
export function findingForMachines({ severity, path, line = 1, column = 1, message, mend }: Finding) {
  return { severity, path: showPath(path), line, column, message, mend };
}

function describe({ stack: { cluster, cni, proxy }, nodes }: Plan): string {
  return `${count(nodes.length, "node")}, pods ${cluster.podCIDRs.join(" and ")} (${cni.provider}), services ${cluster.serviceCIDRs.join(" and ")} (${proxy.mode})`;
}
