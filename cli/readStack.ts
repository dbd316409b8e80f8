import { readFileSync } from "node:fs";
import path from "node:path";
import { isScalar, LineCounter, parseDocument } from "yaml";
import { partFindings, planNetwork } from "../components/plan";
import type { Finding } from "../core/finding";
import type { Plan } from "../core/plan";
import { readStackFile } from "../core/stack/file";
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
  const { stack, findings } = readStackFile(file, partFindings);
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

/** Gives findings their places in a stack file: the deepest node that there is on a finding's path, or the line of a text behind `|`. */
export function locate(findings: readonly Finding[], file: string): Finding[] {
  if (findings.length === 0) return [];
  const lines = new LineCounter();
  const text = readFileSync(file, "utf8");
  const document = parseDocument(text, { lineCounter: lines });
  return findings.map((finding) => {
    const [section, ...rest] = finding.path;
    const full = ["config", `plumbline:${section}`, ...rest];
    for (let length = full.length; length > 0; length--) {
      const node = document.getIn(full.slice(0, length), true);
      if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) continue;
      const { line, col } = lines.linePos(node.range[0]);
      const inside = isScalar(node) && node.type === "BLOCK_LITERAL" ? finding.inside : undefined;
      if (!inside) return { ...finding, line, column: col };
      const indent = /^ */.exec(text.split("\n")[line] ?? "")?.[0].length ?? 0;
      return { ...finding, line: line + inside.line, column: indent + inside.column };
    }
    return { ...finding, line: 1, column: 1 };
  });
}
