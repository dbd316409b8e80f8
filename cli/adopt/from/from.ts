import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import colors from "picocolors";
import { planNetwork } from "../../../components/plan";
import { type Finding, sortFindings, UserError } from "../../../core/finding";
import { parseStackText } from "../../../core/stack/file";
import { findingForMachines, showFindings } from "../../check/check";
import { count, print, printJson } from "../../output";
import { Draft, type LeftOut, type Source } from "./draft";
import type { Entry } from "./entry";
import { k0s } from "./k0s";
import { kubeadm } from "./kubeadm";
import { kubeone } from "./kubeone";
import { findInventory, readKubespray } from "./kubespray";
import { readDocuments } from "./read";
import { rke } from "./rke";
import { type Sections, sectionsOf, stackText } from "./stack";

const sources: readonly Source[] = [kubeadm, k0s, kubeone, rke];

export interface FromOptions {
  /** A file or a folder. */
  readonly from: string;
  /** The stack file to write; absent: standard output. */
  readonly out?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** What a source came to. */
export interface Adopted {
  readonly what: string;
  readonly sections: Sections;
  readonly text: string;
  readonly leftOut: readonly LeftOut[];
  /** What `check` says about the stack, with places in its text. */
  readonly findings: readonly Finding[];
}

/** `plumbline adopt --from`. */
export function adoptFrom(options: FromOptions): void {
  const { out, json, dryRun } = options;
  if (out !== undefined && existsSync(out))
    throw new UserError(`${out} is there already and is not overwritten. Name another file with --out, or move it away.`);
  const adopted = read(options.from, path.dirname(out ?? "stacks/x"));
  const { sections, text, leftOut, findings } = adopted;
  const written = out !== undefined && !dryRun;
  if (written) {
    mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
    writeFileSync(out, text, { flag: "wx" });
  }
  if (json) printJson({ stack: sections, notCarriedOver: leftOut, findings: findings.map(findingForMachines) });
  else {
    if (!written) print(text);
    report(adopted, options.from, written ? out : undefined);
  }
  if (findings.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

/** Standard output is the stack file's, when that isn't written: then the rest goes to standard error. */
function report({ what, text, leftOut, findings }: Adopted, from: string, out: string | undefined): void {
  const lines = [
    ...(leftOut.length > 0 ? [colors.bold(`Not carried over from ${from}, ${what}:`), ...leftOut.map(showLeftOut)] : []),
    ...(findings.length > 0 ? [colors.bold("What `plumbline check` says:"), showFindings(findings, out ?? "stack")] : []),
    ...(out === undefined ? [] : [`Written: ${out}, ${count(text.split("\n").length - 1, "line")}.`]),
  ];
  if (lines.length === 0) return;
  if (out === undefined) process.stderr.write(`${lines.join("\n")}\n`);
  else print(lines.join("\n"));
}

const showLeftOut = ({ file, line, column, path: where, message, mend }: LeftOut) =>
  `${file}:${line}:${column}  ${where ? `${where}: ` : ""}${message}\n  ${mend}`;

/** @throws UserError when the source can't be read or isn't of a known kind. */
export function read(from: string, directory: string): Adopted {
  const draft = new Draft();
  const what = readInto(draft, from);
  const sections = sectionsOf(draft, directory);
  const text = stackText(sections, what);
  const parsed = parseStackText(text);
  const findings = parsed.stack ? [...parsed.findings, ...planNetwork(parsed.stack).findings] : parsed.findings;
  return { what, sections, text, leftOut: draft.leftOut, findings: sortFindings(findings) };
}

/** @returns what the source is. */
function readInto(draft: Draft, from: string): string {
  if (from !== "-" && !existsSync(from)) throw new UserError(`${from} can't be read: there is no such file or folder.`);
  const inventory = from === "-" ? undefined : findInventory(from);
  if (inventory !== undefined) {
    readKubespray(inventory, draft);
    return "a kubespray inventory";
  }
  const isFolder = from !== "-" && statSync(from).isDirectory();
  const files = isFolder
    ? readdirSync(from)
        .filter((name) => /\.(ya?ml|json|conf)$/.test(name))
        .sort()
        .map((name) => path.join(from, name))
    : [from];
  const documents = files.flatMap((file) => readDocuments(file));
  for (const source of sources) {
    // In a folder there may be other things.
    const own = isFolder ? documents.filter((one) => source.recognises([one])) : documents;
    if (own.length === 0 || !source.recognises(own)) continue;
    source.read(own, draft);
    for (const document of own) leaveUnread(document, source, draft);
    return source.what;
  }
  throw new UserError(
    `${from} ${isFolder ? "has none" : "is none"} of the files that Plumbline knows: a kubeadm configuration, a kubespray inventory, a k0sctl.yaml, a KubeOne manifest or an RKE cluster.yml.`,
  );
}

function leaveUnread(document: Entry, { unread }: Source, draft: Draft): void {
  for (const step of ["apiVersion", "kind", "metadata"]) document.at(step);
  for (const entry of document.unread()) {
    const name = typeof entry.value === "object" && entry.value !== null && "name" in entry.value ? entry.value.name : undefined;
    const where = [...entry.path, ...(typeof name === "string" ? [name] : [])].join(".");
    const [, message, mend] = unread.find(([pattern]) => pattern.test(where)) ?? [
      undefined,
      "is nothing that a stack says; it stays as it is in the cluster.",
      "Nothing to do.",
    ];
    draft.leave(entry, message, mend);
  }
}
