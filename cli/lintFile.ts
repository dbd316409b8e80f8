import { readFileSync } from "node:fs";
import colors from "picocolors";
import { type Finding, showPath, UserError } from "../core/finding";
import { count, print, printJson } from "./output";

/** What a linter has to say about a file of the user's own; an error can't work, a warning loads but is risky. */
export interface FileFinding extends Finding {
  /** As the user named it; `-` is standard input. */
  readonly file: string;
  /** What the finding is about, where the file has such parts: a CoreDNS plugin, an ingress controller. */
  readonly plugin?: string;
}

const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan };
const rank = { error: 0, warning: 1, info: 2 };

/** The text of a file, or of standard input for `-`. @throws UserError when it can't be read. */
export function readInput(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
    throw new UserError(`${file} can't be read: ${reason}.`);
  }
}

/**
 * Prints what linting found and sets the exit code: 1 when there is an error.
 * For machines `{ "findings": [{ severity, file, path, line, column, plugin, message, mend }] }`; a finding about a whole file is at its beginning.
 */
export function reportFindings(findings: readonly FileFinding[], { files, json }: { files: readonly string[]; json?: boolean }): void {
  const sorted = [...findings].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      rank[a.severity] - rank[b.severity] ||
      (a.line ?? 1) - (b.line ?? 1) ||
      (a.column ?? 1) - (b.column ?? 1),
  );
  if (json) printJson({ findings: sorted.map(forMachines) });
  else {
    for (const finding of sorted) print(forPeople(finding));
    for (const file of files) print(verdict(file, sorted));
  }
  if (sorted.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

function forMachines({ severity, file, path, line = 1, column = 1, plugin = "", message, mend }: FileFinding) {
  return { severity, file, path: showPath(path), line, column, plugin, message, mend };
}

function forPeople({ severity, file, path, line = 1, column = 1, plugin, message, mend }: FileFinding): string {
  const about = [plugin, showPath(path)].filter(Boolean).join(" ");
  return paint[severity](
    `${file}:${line}:${column}  ${severity === "error" ? "" : `${severity}: `}${about ? `${about}: ` : ""}${message}\n  ${mend}`,
  );
}

function verdict(file: string, findings: readonly FileFinding[]): string {
  const own = findings.filter((finding) => finding.file === file);
  const errors = own.filter(({ severity }) => severity === "error").length;
  if (errors > 0) return `${file} has ${count(errors, "error")}.`;
  return `${file} is fine${own.length > 0 ? ", with remarks" : ""}.`;
}
