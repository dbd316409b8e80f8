export type Path = readonly (string | number)[];

/** Something to say about a stack file: where, what was found, and the mend. An error stops everything before anything is changed. */
export interface Finding {
  readonly severity: "error" | "warning" | "info";
  /** Where in the stack file, for example `["cluster", "podCIDRs", 0]`. */
  readonly path: Path;
  readonly message: string;
  /** What to write instead. */
  readonly mend: string;
  /** 1-based; absent when the stack didn't come from a file. */
  readonly line?: number;
  readonly column?: number;
  /** Where the value is a text with a language of its own: the 1-based place in it. */
  readonly inside?: { readonly line: number; readonly column: number };
}

/** `cluster.podCIDRs[0]` */
export function showPath(path: Path): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** Errors first, then by place in the file. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const rank = { error: 0, warning: 1, info: 2 };
  return [...findings].sort(
    (a, b) => rank[a.severity] - rank[b.severity] || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

/** Two lines for people: `file:line:column  path: message` and the mend below. */
export function showFinding(finding: Finding, file?: string): string {
  const place = [file, finding.line, finding.column].filter((part) => part !== undefined).join(":");
  const severity = finding.severity === "error" ? "" : `${finding.severity}: `;
  const path = showPath(finding.path);
  return `${place ? `${place}  ` : ""}${severity}${path ? `${path}: ` : ""}${finding.message}${finding.mend ? `\n  ${finding.mend}` : ""}`;
}

/** A mistake of the user's: printed as it is, without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** A stack file with mistakes; carries all of them. */
export class StackError extends UserError {
  constructor(
    readonly findings: readonly Finding[],
    file?: string,
  ) {
    super(findings.map((finding) => showFinding(finding, file)).join("\n"));
  }
}
