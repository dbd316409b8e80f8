import { readFileSync } from "node:fs";
import path from "node:path";
import { judgeOn, planNetwork } from "../components/plan";
import type { Finding } from "../core/finding";
import type { Plan } from "../core/plan";
import { locateIn, readStackFile } from "../core/stack/file";
import { requireStack } from "../core/stack/parse";
import { findStackFile } from "./stack";

/** A stack with everything that there is to say about it. */
export interface JudgedStack {
  /** As messages name it. */
  readonly file: string;
  /** Absent when there are errors. */
  readonly plan?: Plan;
  /** Those of the stack and those of its plan, each with its place in the file. */
  readonly findings: readonly Finding[];
}

/** Reads, checks and plans the stack that `--stack` names. @throws UserError when there is no such file. */
export function judgeStack(nameOrFile: string): JudgedStack {
  const file = findStackFile(nameOrFile);
  const { stack, findings } = readStackFile(file, judgeOn(new Date()));
  return stack ? { file, plan: planNetwork(stack), findings } : { file, findings };
}

/** A stack without errors. */
export interface OpenStack extends JudgedStack {
  /** The folder that relative paths in the stack start from. */
  readonly directory: string;
  readonly plan: Plan;
}

/** @throws StackError with every mistake of the stack. */
export function openStack(nameOrFile: string): OpenStack {
  const { file, plan, findings } = judgeStack(nameOrFile);
  if (!plan) {
    requireStack({ findings }, file);
    throw new Error(`${file} has neither a plan nor a mistake`);
  }
  return { file, directory: path.dirname(file), plan, findings };
}

/** Gives findings their places in a stack file. */
export function locate(findings: readonly Finding[], file: string): Finding[] {
  const placeOf = locateIn(readFileSync(file, "utf8"));
  return findings.map((finding) => ({ ...finding, ...(placeOf(finding.path, finding.inside) ?? { line: 1, column: 1 }) }));
}
