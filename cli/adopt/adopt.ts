import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isMap, parseDocument } from "yaml";

import { kubeconfigText } from "../../components/kubeconfig";
import { resolvePath } from "../../components/node/access";
import { type Finding, type Path, StackError, showPath, sortFindings } from "../../core/finding";
import { parseStackText, readStackFile } from "../../core/stack/file";
import { lenientSchema, type Stack } from "../../core/stack/schema";
import type { AdoptOptions } from "../adopt";
import { findingForMachines, showFindings } from "../check/check";
import { confirmed } from "../confirm";
import { print, printJson } from "../output";
import { locate } from "../readStack";
import { replaceFile } from "../replaceFile";
import { findStackFile } from "../stack";
import { readCluster } from "./cluster";
import { compareWithCluster } from "./compare";
import { editStack } from "./edit";
import { keepsKnownHosts, type NewKey, readHostKeys } from "./keys";
import { type Proposal, showProposal } from "./show";

/** @param read reads the cluster of a kubeconfig. */
export async function adopt(options: AdoptOptions, read: typeof readCluster = readCluster): Promise<void> {
  const file = findStackFile(options.stack);
  readStackFile(file);
  const text = readFileSync(file, "utf8");
  const proposal = await propose(file, text, options.kubeconfig, read);
  const { changes, keys, findings, newText, knownHosts } = proposal;
  const nothing = changes.length === 0 && keys.length === 0;
  const refused = findings.some(({ severity }) => severity === "error");
  if (!options.json && !(nothing && findings.length === 0)) print(`${showProposal(proposal)}\n\n`);
  const write =
    !nothing &&
    !refused &&
    !options.dryRun &&
    (options.yes ||
      (!options.json && (await confirmed(`Write this to ${targets(proposal)}?`, "To write this without being asked: --yes"))));
  if (write) {
    replaceFile(file, newText);
    if (knownHosts && keys.length > 0) replaceFile(knownHosts, withKeys(knownHosts, keys));
  }
  const left = write ? parseStackText(newText).findings.filter(({ severity }) => severity === "error") : [];
  if (options.json) {
    printJson({
      changes: changes.map(({ path, declared, live, value }) => ({ path: showPath(path), declared, live, value })),
      hostKeys: keys.map(({ name, host, port, key, fingerprint }) => ({ name, host, port, key, fingerprint })),
      findings: [...findings, ...left].map(findingForMachines),
      written: write,
    });
  } else {
    if (left.length > 0) print(`${showFindings(left, file)}\nThat is so in the cluster; the stack has to be mended, or the cluster.`);
    const agrees = nothing && !refused;
    print(
      write
        ? `Written: ${targets(proposal)}.`
        : agrees
          ? `${file} agrees with what was read; it was left as it is.`
          : "Nothing was written.",
    );
  }
  const remarks = findings.filter(({ severity }) => severity !== "info");
  if ((!nothing && !write) || remarks.length > 0 || left.length > 0) process.exitCode = 1;
}

/** Reads the cluster and the hosts, and works out what the stack file should say. */
async function propose(file: string, text: string, kubeconfigFile: string | undefined, read: typeof readCluster): Promise<Proposal> {
  const directory = path.dirname(file);
  const { stack, says } = readStack(file, text);
  const kubeconfig = kubeconfigText(stack, directory, kubeconfigFile);
  const live = kubeconfig === undefined ? undefined : await read(kubeconfig);
  const { changes, findings } = live ? compareWithCluster(stack, live, says) : { changes: [], findings: [hostsOnly] };
  const adopted = editStack(text, changes);
  const hosts = readStack(file, adopted).stack;
  const keyReport = await readHostKeys(hosts, directory);
  const knownHosts = keepsKnownHosts(hosts) ? resolvePath(hosts.ssh.knownHosts, directory) : undefined;
  const inStack = keyReport.keys.flatMap(({ keyPath, key }) => (!knownHosts && keyPath ? [{ path: keyPath, value: key }] : []));
  return {
    file,
    newText: editStack(adopted, inStack),
    changes,
    keys: keyReport.keys,
    findings: sortFindings(locate([...findings, ...keyReport.findings], file)),
    ...(knownHosts ? { knownHosts: path.relative(process.cwd(), knownHosts) } : {}),
  };
}

const hostsOnly: Finding = {
  severity: "info",
  path: ["cluster"],
  message: "names no kubeconfig, so only the hosts' keys were read.",
  mend: "Give cluster.kubeconfig a path, or --kubeconfig FILE (kubeadm: /etc/kubernetes/admin.conf).",
};

const namespace = "plumbline:";

/**
 * A stack that need not make sense yet: pod ranges that collide, or no nodes at all, are what adopting mends.
 * @throws StackError when the file isn't of the right form.
 */
function readStack(file: string, text: string): { stack: Stack; says: (path: Path) => boolean } {
  const document = parseDocument(text, { merge: true });
  const data =
    document.errors.length === 0 && isMap(document.get("config"))
      ? (document.toJS({ maxAliasCount: -1 }) as { config: object }).config
      : undefined;
  const entries = Object.entries(data ?? {}).flatMap(([key, value]) =>
    key.startsWith(namespace) ? [[key.slice(namespace.length), value]] : [],
  );
  const sections: Record<string, unknown> = Object.fromEntries(entries);
  const parsed = lenientSchema.safeParse(sections);
  if (data === undefined || !parsed.success) throw new StackError(parseStackText(text).findings, file);
  const says = (where: Path) => {
    const value = where.reduce<unknown>(
      (at, step) => (at !== null && typeof at === "object" ? (at as Record<string | number, unknown>)[step] : undefined),
      sections,
    );
    return value !== undefined;
  };
  return { stack: parsed.data, says };
}

const targets = ({ file, changes, keys, knownHosts }: Proposal) =>
  [changes.length > 0 || !knownHosts ? file : "", knownHosts && keys.length > 0 ? knownHosts : ""]
    .filter((name) => name !== "")
    .join(" and ");

function withKeys(knownHosts: string, keys: readonly NewKey[]): string {
  const before = existsSync(knownHosts) ? readFileSync(knownHosts, "utf8").replace(/([^\n])$/, "$1\n") : "";
  return before + keys.map(({ host, port, key }) => `${port === 22 ? host : `[${host}]:${port}`} ${key}\n`).join("");
}
