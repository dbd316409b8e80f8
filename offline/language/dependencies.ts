import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The direct dependencies of the package that a folder belongs to, with their installed versions; for `pulumi about`. */
export function programDependencies(folder: string): { name: string; version: string }[] {
  const manifest = findManifest(folder);
  if (manifest === undefined) return [];
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(readFileSync(manifest, "utf8"));
  return Object.entries(dependencies).map(([name, range]) => ({ name, version: installedVersion(manifest, name) ?? range }));
}

function findManifest(folder: string): string | undefined {
  const manifest = path.join(folder, "package.json");
  if (existsSync(manifest)) return manifest;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findManifest(parent);
}

function installedVersion(manifest: string, name: string): string | undefined {
  const folders = createRequire(manifest).resolve.paths(name) ?? [];
  const installed = folders.map((folder) => path.join(folder, name, "package.json")).find((file) => existsSync(file));
  return installed && JSON.parse(readFileSync(installed, "utf8")).version;
}
