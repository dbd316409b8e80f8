import { convert as convertText, showChange } from "../../components/ingress/convert";
import { readManifests } from "../../components/manifests/documents";
import { readInput, reportFindings } from "../lintFile";
import { print, printJson } from "../output";

/** Prints the manifests to standard output and what changed to standard error, so that the first can go into a file. */
export function convert(files: readonly string[], { json }: { json?: boolean }): void {
  const inputs = files.map((file) => ({ file, text: readInput(file) }));
  const broken = inputs.flatMap(({ file, text }) => readManifests(text).findings.map((finding) => ({ ...finding, file })));
  if (broken.some(({ severity }) => severity === "error")) {
    reportFindings(broken, { files, ...(json ? { json } : {}) });
    return;
  }
  const converted = inputs.map(({ file, text }) => ({ file, ...convertText(text) }));
  if (json) {
    printJson({ files: converted });
    return;
  }
  print(converted.map(({ text }) => text.replace(/\n*$/, "\n")).join("---\n"));
  for (const { file, changes } of converted) {
    for (const change of changes) process.stderr.write(`${file}: ${showChange(change)}\n`);
    if (changes.length === 0) process.stderr.write(`${file}: nothing to convert\n`);
  }
}
