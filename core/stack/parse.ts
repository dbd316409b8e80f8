import type { z } from "zod";
import { type Finding, type Path, StackError, showPath, sortFindings } from "../finding";
import { checkStack } from "./check";
import { describeIssue, meantPath, valueAt } from "./issues";
import { lossesOf } from "./losses";
import { Rest } from "./rest";
import { lenientSchema, type Stack, stackSchema } from "./schema";

/** The 1-based place of a path in its file; `inside` is a place in the text that stands there. */
export type Locate = (path: Path, inside?: Finding["inside"]) => { line: number; column: number } | undefined;

/** Judges a stack beyond the rules that are known here: `partFindings`. */
export type Judge = (stack: Stack) => readonly Finding[];

export interface ParsedStack {
  /** Absent when there are errors. */
  readonly stack?: Stack;
  readonly findings: readonly Finding[];
}

/**
 * Reads a stack from plain data: every mistake at once, of form (types, unknown keys, ranges) and of meaning (overlaps, duplicates).
 * Where a value has the wrong form it is left out and the rest is judged all the same, so that a typing mistake doesn't hide an overlap.
 */
export function parseStack(input: unknown, locate: Locate = () => undefined, judge: Judge = () => []): ParsedStack {
  const located = (findings: readonly Finding[]) =>
    sortFindings(findings.map((finding) => ({ ...finding, ...locate(finding.path, finding.inside) })));
  const whole = stackSchema.safeParse(input);
  if (whole.success) {
    const findings = [...checkStack(whole.data), ...judge(whole.data)];
    const failed = findings.some((finding) => finding.severity === "error");
    return { ...(failed ? {} : { stack: whole.data }), findings: located(findings) };
  }
  const wrongTypes = new Set(whole.error.issues.flatMap(({ code, path }) => (code === "invalid_type" ? [showPath(path as Path)] : [])));
  // The schema also measures the length of a text where a list is expected.
  const issues = whole.error.issues.filter(({ code, path }) => code === "invalid_type" || !wrongTypes.has(showPath(path as Path)));
  const misspelt = misspeltKeys(issues);
  // A key that is missing because it is misspelt is one mistake, not two.
  const ofForm = issues
    .flatMap((issue) => describeIssue(issue, input))
    .filter(({ path }) => valueAt(input, path) !== undefined || !misspelt.some((key) => showPath(key) === showPath(path)));
  return { findings: located([...ofForm, ...checkRest(input, judge)]) };
}

/** The stack, or a StackError with everything that is wrong. */
export function requireStack(parsed: ParsedStack, file?: string): Stack {
  if (!parsed.stack) throw new StackError(parsed.findings, file);
  return parsed.stack;
}

const unknownKeys = (issue: z.core.$ZodIssue): Path[] =>
  issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...(issue.path as Path), key]) : [];

/** What the unknown keys were probably meant to be. */
const misspeltKeys = (issues: readonly z.core.$ZodIssue[]): Path[] =>
  issues.flatMap((issue) => unknownKeys(issue).flatMap((path) => [meantPath(path) ?? []])).filter((path) => path.length > 0);

/** Judges by its meaning what is left when everything of a wrong form is taken away. */
function checkRest(input: unknown, judge: Judge): Finding[] {
  const rest = new Rest(input);
  const misspelt: Path[] = [];
  // Every round takes something away, so this ends.
  for (;;) {
    const attempt = lenientSchema.safeParse(rest.data);
    if (attempt.success) {
      const losses = lossesOf([...rest.lost, ...misspelt], (path) => rest.original(path));
      // What depends on the pod network or on the nodes can't be said without them.
      const isWhole = losses.kept("cni", "provider") && losses.intact("nodes");
      const more = isWhole ? judge(attempt.data).filter(({ path }) => losses.kept(...path)) : [];
      return [...checkStack(attempt.data, losses), ...more].map((finding) => ({ ...finding, path: rest.original(finding.path) }));
    }
    const issues = attempt.error.issues.map((issue) => ({ ...issue, path: [...rest.original(issue.path as Path)] }));
    misspelt.push(...misspeltKeys(issues));
    const isLeft = rest.take(issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? unknownKeys(issue) : [issue.path])));
    if (!isLeft) return [];
  }
}
