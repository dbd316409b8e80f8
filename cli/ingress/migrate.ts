import { stringify } from "yaml";
import { type FileObject, fileObject, type NamedManifests } from "../../components/ingress/lint/objects";
import { makeWorld } from "../../components/ingress/lint/world";
import { type AnnotationReport, migrate as migrateWorld } from "../../components/ingress/migrate/migrate";
import type { MigrateOptions } from "../ingress";
import { reportFindings } from "../lintFile";
import { heading, print, printJson, table } from "../output";
import { openStack } from "../readStack";
import { readGiven } from "./files";
import { stackManifests } from "./stackRules";

/** Prints the new objects to standard output and what differs to standard error, so that the first can go into a file. */
export async function migrate(given: readonly string[], { to, cluster, stack, json }: MigrateOptions): Promise<void> {
  const rules = stack === undefined ? [] : stackManifests(openStack(stack).plan.stack, to);
  const files = stack !== undefined && given.length === 0 && cluster === undefined ? [] : await readGiven(given, { cluster });
  const broken = files.flatMap(({ file, findings }) => findings.map((finding) => ({ ...finding, file })));
  if (broken.some(({ severity }) => severity === "error")) {
    reportFindings(broken, { files: files.map(({ file }) => file), ...(json ? { json } : {}) });
    return;
  }
  const objectsOf = (read: readonly NamedManifests[]) =>
    read.flatMap(({ file, documents }) => documents.map((document) => fileObject(file, document)));
  const isLent = ({ kind }: FileObject) => kind !== "Ingress";
  const world =
    stack === undefined
      ? makeWorld(objectsOf(files), new Date())
      : makeWorld([...objectsOf(rules), ...objectsOf(files).filter(isLent)], new Date(), { served: "ingress-nginx" });
  const migration = migrateWorld(world, to);
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
