import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { cacheFolder } from "./paths";
import { run } from "./run";

/** What is built once and kept. Any change of the recipe makes another entry. */
export interface CacheEntry {
  readonly name: string;
  readonly version: string;
  /** Everything that the result depends on: input files' contents, flags, the names of other entries. */
  readonly recipe: readonly string[];
}

/** The folder of an entry, whether it is built or not. */
export function entryFolder({ name, version, recipe }: CacheEntry): string {
  const hash = createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 12);
  return path.join(cacheFolder(), `${name}-${version}-${hash}`);
}

/**
 * The folder of an entry, built if it isn't there yet. It is built in a sibling folder that is renamed at the end, so a build that died never
 * counts; the next one of that name removes what is left of it. Of two builders the second waits, and then finds it built.
 * @param build fills the folder that it is given.
 */
export async function cached(entry: CacheEntry, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = entryFolder(entry);
  if (existsSync(folder)) return folder;
  return withLock(path.join(cacheFolder(), entry.name), async () => {
    if (existsSync(folder)) return folder;
    await removeUnfinished(entry.name);
    const unfinished = `${folder}.unfinished`;
    mkdirSync(unfinished, { recursive: true });
    await build(unfinished);
    renameSync(unfinished, folder);
    return folder;
  });
}

/** Removes what is left of builds that died, of any version. */
async function removeUnfinished(name: string): Promise<void> {
  const entries = existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : [];
  const unfinished = entries.filter((entry) => entry.startsWith(`${name}-`) && entry.endsWith(".unfinished"));
  for (const entry of unfinished) await removeTree(path.join(cacheFolder(), entry));
}

/** Removes a folder, never crossing into a mounted file system. */
export async function removeTree(folder: string): Promise<void> {
  await run("rm", ["-rf", "--one-file-system", "--", folder]);
}

/** The contents of the files right in a folder, with their names, as part of a recipe. */
export function folderContents(folder: string): string[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((file) => file.name)
    .sort()
    .flatMap((name) => [name, readFileSync(path.join(folder, name), "utf8")]);
}

/**
 * Does the work while no other process on this machine holds the lock of that name; waits for it as long as it takes.
 * The lock is a listening socket in Linux's abstract name space: the kernel lets it go with the process that holds it, however that one ends,
 * so there are no stale locks.
 */
export async function withLock<T>(name: string, work: () => Promise<T>, onWait: () => void = () => undefined): Promise<T> {
  const socket = `\0plumbline/${createHash("sha256").update(name).digest("hex")}`;
  let release = await listen(socket);
  if (!release) onWait();
  while (!release) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    release = await listen(socket);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

/** Listens on the socket; gives what stops it, or nothing when somebody else listens. */
function listen(socket: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(socket, () => resolve(() => server.close()));
  });
}
