import { stringify } from "yaml";
import { fileObject } from "../../components/ingress/lint/objects";
import { makeWorld } from "../../components/ingress/lint/world";
import { type AnnotationReport, migrate as migrateWorld } from "../../components/ingress/migrate/migrate";
import type { MigrateOptions } from "../ingress";
import { reportFindings } from "../lintFile";
import { heading, print, printJson, table } from "../output";
import { readGiven } from "./files";

/** Prints the new objects to standard output and what differs to standard error, so that the first can go into a file. */
export async function migrate(given: readonly string[], { to, cluster, json }: MigrateOptions): Promise<void> {
  const files = await readGiven(given, { cluster });
  const broken = files.flatMap(({ file, findings }) => findings.map((finding) => ({ ...finding, file })));
  if (broken.some(({ severity }) => severity === "error")) {
    reportFindings(broken, { files: files.map(({ file }) => file), ...(json ? { json } : {}) });
    return;
  }
  const objects = files.flatMap(({ file, documents }) => documents.map((document) => fileObject(file, document)));
  const migration = migrateWorld(makeWorld(objects, new Date()), to);
  if (json) {
    printJson(migration);
    return;
  }
  if (migration.objects.length > 0)
    print(migration.objects.map((object) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })).join("---\n"));
  process.stderr.write(
    `${report(migration.annotations)}${heading("What behaves otherwise, and what is left to do")}\n${migration.differences.map((line) => `- ${line}\n`).join("")}`,
  );
}

function report(annotations: readonly AnnotationReport[]): string {
  if (annotations.length === 0) return "";
  const rows = annotations.map(({ ingress, annotation, verdict, how }) => [
    ingress,
    annotation.slice(annotation.indexOf("/") + 1),
    verdict,
    how,
  ]);
  return `${heading("Annotations")}\n${table(["ingress", "annotation", "verdict", "what stands for it"], rows, process.stderr.columns)}\n\n`;
}
