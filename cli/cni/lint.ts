import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { inRuntimeOrder, lintFolder } from "../../components/cni/conf/folder";
import { fileKindOf, lintConf } from "../../components/cni/conf/lint";
import { UserError } from "../../core/finding";
import { type FileFinding, readInput, reportFindings } from "../lintFile";

/** Lints files and folders, prints what was found and sets the exit code. */
export function lint(paths: readonly string[], options: { json?: boolean }): void {
  const results = paths.flatMap((name) => (isFolder(name) ? lintFolderAt(name) : [lintFileAt(name)]));
  const findings = results.flatMap(({ file, findings: own }) => own.map((finding): FileFinding => ({ file, ...finding })));
  reportFindings(findings, { files: [...new Set(results.map(({ file }) => file))], ...options });
}

const isFolder = (name: string) => name !== "-" && statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;

function lintFileAt(file: string) {
  const text = readInput(file);
  const kind = fileKindOf(file);
  const { findings } = lintConf(text, { ...(kind ? { kind } : {}), hasPluginFolder: hasPluginFolder(path.dirname(file), text) });
  return { file, findings };
}

function lintFolderAt(folder: string) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const names = inRuntimeOrder(entries.map(({ name }) => name));
  if (names.length === 0) throw new UserError(`${folder} has no CNI configuration: runtimes read *.conf, *.conflist and *.json.`);
  const files = names.map((name) => {
    const text = readInput(path.join(folder, name));
    return { name, text, hasPluginFolder: hasPluginFolder(folder, text) };
  });
  return lintFolder(files).map(({ name, findings }) => ({ file: path.join(folder, name), findings }));
}

/** CNI 1.1 looks for more plugins in a folder of the network's name. */
function hasPluginFolder(folder: string, text: string): boolean {
  const name = /"name"\s*:\s*"([\w.-]+)"/.exec(text)?.[1];
  return name !== undefined && existsSync(path.join(folder, name));
}
