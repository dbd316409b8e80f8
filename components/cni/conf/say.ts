import type { Finding, Path } from "../../../core/finding";

/** Reports a finding at a path. */
export type Say = (severity: Finding["severity"], path: Path, message: string, mend: string) => void;

/** The same, for paths inside of a value at this path. */
export const within =
  (path: Path, say: Say): Say =>
  (severity, inner, message, mend) =>
    say(severity, [...path, ...inner], message, mend);

/** A value as it is shown in a message: JSON, shortened. */
export function show(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `a, b or c` */
export const either = (names: readonly unknown[]) =>
  names
    .map(String)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1");
