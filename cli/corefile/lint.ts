import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Files } from "../../components/dns/corefile/expand";
import { lintCorefileFile } from "../../components/dns/corefile/file";
import { coreDnsOf, defaultVersion, plainVersion } from "../../components/dns/corefile/versions";
import { UserError } from "../../core/finding";
import type { LintCommandOptions } from "../corefile";
import { readInput, reportFindings } from "../lintFile";

/** `plumbline corefile lint` */
export function lintFile(file: string, { coredns, kubernetes, resolvConf, json = false }: LintCommandOptions): void {
  const version = chosenVersion(coredns, kubernetes);
  const resolver = resolvConf === undefined ? {} : { resolvConf: readInput(resolvConf) };
  const files = file === "-" ? {} : { files: filesBeside(file) };
  const findings = lintCorefileFile(readInput(file), { version, ...resolver, ...files });
  reportFindings(
    findings.map((finding) => ({ ...finding, file })),
    { files: [file], json },
  );
}

/** @throws UserError for a text that is no version. */
export function parseVersion(text: string, option: string): string {
  const version = plainVersion(text);
  if (version === undefined)
    throw new UserError(`${option} ${text} is no version of CoreDNS. Write for example ${option} ${defaultVersion}`);
  return version;
}

function chosenVersion(coredns: string | undefined, kubernetes: string | undefined): string {
  if (coredns !== undefined) return parseVersion(coredns, "--coredns");
  if (kubernetes === undefined) return defaultVersion;
  if (!/^v?1\.\d+(?:\.|$)/.test(kubernetes))
    throw new UserError(`--kubernetes ${kubernetes} is no version of Kubernetes. Write for example --kubernetes 1.34`);
  return coreDnsOf(kubernetes) ?? defaultVersion;
}

/** What `import` finds beside a Corefile. A file named by its whole path may only be there where CoreDNS runs. */
function filesBeside(corefile: string): Files {
  const folder = path.dirname(path.resolve(corefile));
  return (pattern) => {
    const found = glob(path.resolve(folder, pattern)).filter((name) => statSync(name).isFile());
    if (found.length === 0 && path.isAbsolute(pattern)) return undefined;
    return found.map((name) => ({ path: name, text: readFileSync(name, "utf8") }));
  };
}

/** Existing paths, in order, where `*` and `?` stand for a part of a name. */
function glob(pattern: string): string[] {
  return pattern
    .split(path.sep)
    .slice(1)
    .reduce<string[]>(
      (folders, part) =>
        folders.flatMap((folder) =>
          names(folder, part)
            .map((name) => path.join(folder, name))
            .filter((name) => existsSync(name)),
        ),
      [path.parse(pattern).root],
    );
}

function names(folder: string, part: string): string[] {
  if (!/[*?]/.test(part)) return [part];
  if (!statSync(folder).isDirectory()) return [];
  const expression = new RegExp(
    `^${part
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".")}$`,
  );
  return readdirSync(folder)
    .filter((name) => expression.test(name))
    .sort();
}
