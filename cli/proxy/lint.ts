import { lintProxyConfiguration } from "../../components/proxy/lint/lint";
import { parseVersion } from "../../components/proxy/lint/version";
import { UserError } from "../../core/finding";
import { readInput, reportFindings } from "../lintFile";
import type { LintOptions } from "../proxy";

/** @throws UserError when a file can't be read or the version is none. */
export function lint(files: readonly string[], { kubernetes, json }: LintOptions): void {
  const version = parseVersion(kubernetes);
  if (!version) throw new UserError(`--kubernetes ${kubernetes} is no version: write for example 1.34.`);
  const findings = files.flatMap((file) =>
    lintProxyConfiguration(readInput(file), version).map((finding) => ({ ...finding, file, plugin: "kube-proxy" })),
  );
  reportFindings(findings, { files, json });
}
