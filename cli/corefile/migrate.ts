import colors from "picocolors";
import { migrateCorefile } from "../../components/dns/corefile/migrate";
import { syntaxFindings } from "../../components/dns/corefile/tree";
import { releases } from "../../components/dns/corefile/versions";
import { showFinding, UserError } from "../../core/finding";
import type { MigrateOptions } from "../corefile";
import { printJson } from "../output";
import { readCorefileText } from "./diff";
import { parseVersion } from "./lint";

/** `plumbline corefile migrate`: the Corefile to standard output, what was done to standard error. */
export function migrateFile(file: string, { from, to, deprecations = false, json = false }: MigrateOptions): void {
  const versions = { from: release(from, "--from"), to: release(to, "--to") };
  const text = readCorefileText(file);
  const mistakes = syntaxFindings(text);
  if (mistakes.length > 0) throw new UserError(mistakes.map((finding) => showFinding(finding, file)).join("\n"));
  const { corefile, notices, remaining } = migrateCorefile(text, { ...versions, deprecations });
  if (json) {
    printJson({ corefile, notices, remaining });
    return;
  }
  process.stdout.write(corefile);
  const lines = [
    ...notices.map(({ message }) => `${message}.`),
    ...remaining.map((message) => colors.red(`CoreDNS ${versions.to} still refuses it, ${message}`)),
  ];
  for (const line of lines) process.stderr.write(`${line}\n`);
}

function release(text: string, option: string): string {
  const version = parseVersion(text, option);
  if (releases.includes(version)) return version;
  const minor = version.replace(/\.\d+$/, ".");
  const near = releases.filter((release) => release.startsWith(minor));
  const there = near.length > 0 ? near.join(", ") : `${releases[0]} to ${releases.at(-1)}`;
  throw new UserError(`${option} ${text}: there is no such release of CoreDNS, or nothing is known of it. Write one of: ${there}.`);
}
