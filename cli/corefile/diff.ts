import { diffCorefiles } from "../../components/dns/corefile/diff";
import { corefilesOf } from "../../components/dns/corefile/file";
import { UserError } from "../../core/finding";
import type { JsonOptions } from "../corefile";
import { readInput } from "../lintFile";
import { count, print, printJson } from "../output";

/** `plumbline corefile diff`: exits 1 when the two mean something different. */
export function diffFiles(before: string, after: string, { json = false }: JsonOptions): void {
  if (before === "-" && after === "-") throw new UserError("Only one of the two files can be standard input.");
  const differences = diffCorefiles(readCorefileText(before), readCorefileText(after));
  if (json) printJson({ differences });
  else {
    const signs = { added: "+", removed: "-", changed: "~" };
    for (const { kind, message } of differences) print(`${signs[kind]} ${message}`);
    print(differences.length === 0 ? "Both mean the same." : `${count(differences.length, "difference")}.`);
  }
  if (differences.length > 0) process.exitCode = 1;
}

/** The Corefile in a file: the file itself, or a ConfigMap's. @throws UserError when there isn't exactly one. */
export function readCorefileText(file: string): string {
  const { corefiles, findings } = corefilesOf(readInput(file));
  const [first, second] = corefiles;
  if (!first) throw new UserError(`${file}: ${findings[0]?.message ?? "There is no Corefile in it."}`);
  if (second) throw new UserError(`${file} has ${corefiles.length} Corefiles. Give a file with one.`);
  return first.text;
}
