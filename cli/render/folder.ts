import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../core/finding";
import type { RenderedFile } from "./files";

/** In every render: the list of its files, by which the next one knows that nothing else would be lost with the folder. */
const listName = ".plumbline-render";

/**
 * Makes the folder hold exactly these files. They are written next to it and take its place at the end, so that there is
 * always a whole render or the former one.
 * @returns how many files there are.
 * @throws UserError when the folder holds something that no render wrote, or can't be written.
 */
export function writeFolder(folder: string, files: Iterable<RenderedFile>): number {
  const target = existsSync(folder) ? realpathSync(folder) : path.resolve(folder);
  requireReplaceable(folder, target);
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    return replaceFolder(target, files);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (!code || !syscall) throw error;
    const reason = code === "EBUSY" ? "it is a mount point" : code;
    throw new UserError(`${folder} can't be written (${reason}). Name a folder that you may write, in one that you may write: --out DIR`);
  }
}

function replaceFolder(target: string, files: Iterable<RenderedFile>): number {
  const fresh = mkdtempSync(`${target}.new-`);
  const old = `${fresh}-old`;
  try {
    const list: string[] = [];
    for (const { path: name, content, mode = "0644" } of files) {
      const file = path.join(fresh, name);
      mkdirSync(path.dirname(file), { recursive: true });
      // Two files of one name would be a mistake in a part: fail, don't lose one.
      writeFileSync(file, content, { flag: "wx" });
      chmodSync(file, Number.parseInt(mode, 8));
      list.push(name);
    }
    writeFileSync(path.join(fresh, listName), list.map((name) => `${name}\n`).join(""));
    chmodSync(fresh, 0o755);
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
    return list.length;
  } finally {
    if (existsSync(old) && !existsSync(target)) renameSync(old, target);
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function requireReplaceable(folder: string, target: string): void {
  if (!existsSync(target)) return;
  if (!lstatSync(target).isDirectory()) throw new UserError(`${folder} is a file. Name a folder: --out DIR`);
  const there = filesBelow(target);
  if (there.length === 0) return;
  const list = path.join(target, listName);
  if (!existsSync(list)) throw new UserError(`${folder} isn't empty and isn't an earlier render. Name a new or empty folder: --out DIR`);
  const ours = new Set([listName, ...readFileSync(list, "utf8").split("\n")]);
  const foreign = there.filter((file) => !ours.has(file));
  if (foreign.length > 0) {
    const names = foreign.length > 3 ? [...foreign.slice(0, 3), `and ${foreign.length - 3} more`] : foreign;
    throw new UserError(
      `${folder} is an earlier render with files that it didn't write: ${names.join(", ")}. Move them away, or name another folder.`,
    );
  }
}

/** Relative names of everything but folders. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
