import path from "node:path";
import { showFindings } from "../check/check";
import { count, print, printJson } from "../output";
import { openStack } from "../readStack";
import type { RenderOptions } from "../render";
import { renderFiles } from "./files";
import { writeFolder } from "./folder";

export function render({ stack, out, json }: RenderOptions): void {
  const { file, plan, findings } = openStack(stack);
  const files = writeFolder(out, renderFiles(plan));
  if (json) {
    printJson({ out: path.resolve(out), files, hosts: plan.nodes.map(({ name }) => name), manifests: plan.manifests.length });
    return;
  }
  if (findings.length > 0) print(showFindings(findings, file));
  print(
    `${out}: ${count(files, "file")} for ${count(plan.nodes.length, "host")} and ${count(plan.manifests.length, "manifest")} of ${file}.`,
  );
}
