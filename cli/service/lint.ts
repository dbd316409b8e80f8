import { parseVersion } from "../../components/proxy/lint/version";
import { lintServices } from "../../components/services/lint";
import { UserError } from "../../core/finding";
import { readInput, reportFindings } from "../lintFile";
import type { LintOptions } from "../service";

/** @throws UserError when a file can't be read or the version is none. */
export function lint(files: readonly string[], { kubernetes, json }: LintOptions): void {
  const version = parseVersion(kubernetes);
  if (!version) throw new UserError(`--kubernetes ${kubernetes} is no version: write for example 1.34.`);
  const findings = lintServices(
    files.map((file) => ({ file, text: readInput(file) })),
    version,
  );
  reportFindings(
    findings.map((finding) => ({ ...finding, plugin: "service" })),
    { files, json },
  );
}
