import { type LintOptions, lintIngress } from "../../../../components/ingress/lint/lint";
import type { ManifestFinding } from "../../../../components/ingress/lint/objects";
import { readManifests } from "../../../../components/manifests/documents";
import { showPath } from "../../../../core/finding";

/** The day on which tests judge certificates. */
export const today = new Date("2026-12-01T00:00:00Z");

/** Lints one text as a file, or several by their names. */
export function lint(yaml: string | Readonly<Record<string, string>>, options: Partial<LintOptions> = {}): ManifestFinding[] {
  const files = typeof yaml === "string" ? { "a.yaml": yaml } : yaml;
  return lintIngress(
    Object.entries(files).map(([file, text]) => ({ file, ...readManifests(text) })),
    { now: today, ...options },
  );
}

/** `severity path: message`, without infos. */
export const complaints = (...args: Parameters<typeof lint>): string[] =>
  lint(...args)
    .filter(({ severity }) => severity !== "info")
    .map(({ severity, path, message }) => `${severity} ${showPath(path)}: ${message}`);

export const errorsOf = (...args: Parameters<typeof lint>): string[] => complaints(...args).filter((line) => line.startsWith("error"));
