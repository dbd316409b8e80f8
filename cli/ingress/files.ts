import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { NamedManifests } from "../../components/ingress/lint/objects";
import { readClusterManifests } from "../../components/ingress/readCluster";
import { readManifests } from "../../components/manifests/documents";
import { UserError } from "../../core/finding";
import type { FilesOptions } from "../ingress";
import { readInput } from "../lintFile";

const endings = [".yaml", ".yml", ".json"];

/** What a command is to judge: the files that it was given, or the cluster. @throws UserError when there is neither, or it can't be read. */
export async function readGiven(given: readonly string[], { cluster }: FilesOptions): Promise<NamedManifests[]> {
  if (cluster === undefined && given.length === 0)
    throw new UserError("missing required argument 'file': name files or folders, or --cluster KUBECONFIG.");
  const live = cluster === undefined ? [] : await readClusterManifests(readInput(cluster));
  return [...live, ...readManifestFiles(given)];
}

/** Reads files of manifests; of a folder, those in it and below it that hold Kubernetes objects. @throws UserError when one can't be read, or a folder has none. */
function readManifestFiles(given: readonly string[]): NamedManifests[] {
  const files = given.flatMap((name) => (isFolder(name) ? readFolder(name) : [{ file: name, ...readManifests(readInput(name)) }]));
  return files.filter(({ file }, index) => index === files.findIndex((other) => other.file === file));
}

const isFolder = (name: string) => name !== "-" && (statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false);

function readFolder(folder: string): NamedManifests[] {
  const files = filesBelow(folder).map((file) => ({ file, ...readManifests(readInput(file)) }));
  if (files.length === 0) throw new UserError(`${folder} has no file that ends in ${endings.join(", ")}.`);
  // A values file or a kustomization is no mistake in a folder.
  return files.filter(({ documents, findings }) => findings.length > 0 || documents.some(({ data }) => "kind" in data));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : filesBelow(name);
      return endings.includes(path.extname(entry.name)) ? [name] : [];
    });
}
