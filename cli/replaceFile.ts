import { existsSync, mkdirSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The whole new file or the old one, with its permissions. */
export function replaceFile(file: string, text: string): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const target = existsSync(file) ? realpathSync(file) : file;
  writeFileSync(`${target}.new`, text, { mode: existsSync(target) ? statSync(target).mode : 0o644 });
  renameSync(`${target}.new`, target);
}
