import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** The checkout: the same folder whether this runs from the sources or from dist/. */
export const projectRoot: string = findProjectRoot(__dirname);

function findProjectRoot(folder: string): string {
  if (existsSync(path.join(folder, "package-lock.json"))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error(`no package-lock.json in ${__dirname} or above it`);
  return findProjectRoot(parent);
}

/** Everything that is built once and kept: `$XDG_CACHE_HOME/plumbline`, by default `~/.cache/plumbline`. Safe to delete while no lab is up. */
export function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "plumbline");
}
