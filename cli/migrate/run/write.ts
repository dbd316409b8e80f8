import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import { StackError, UserError } from "../../../core/finding";
import { parseStackText } from "../../../core/stack/file";
import { type Edit, editStack, type Value } from "../../adopt/edit";
import { replaceFile } from "../../replaceFile";

/** Sets what a step writes in the stack file; a former `cni.alongside` goes. Whether anything had to be changed. @throws UserError with what to write by hand. */
export function writeStack(file: string, sections: Readonly<Record<string, object>>): boolean {
  const text = readFileSync(file, "utf8");
  const edits = editsOf(text, sections);
  if (edits.length === 0) return false;
  const words = Object.entries(sections).map(([section, keys]) => `plumbline:${section}: ${JSON.stringify(keys)}`);
  const byHand = `Write it yourself, cni.alongside only where it is said, and run this again:\n  ${words.join("\n  ")}`;
  let edited: string;
  try {
    edited = editStack(text, edits);
  } catch (error) {
    throw new UserError(`${file} can't be changed here: ${(error as Error).message}. ${byHand}`);
  }
  const errors = parseStackText(edited, path.dirname(file)).findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new StackError(errors, file);
  replaceFile(file, edited);
  return true;
}

/** Only what differs: everything else stays to the letter. */
export function editsOf(text: string, sections: Readonly<Record<string, object>>): Edit[] {
  const { config = {} } = (parseDocument(text, { merge: true }).toJS({ maxAliasCount: -1 }) ?? {}) as { config?: Record<string, unknown> };
  return Object.entries(sections).flatMap(([section, keys]): Edit[] => {
    const now = (config[`plumbline:${section}`] ?? {}) as Record<string, unknown>;
    const set = Object.entries(keys).filter(([key, value]) => !isDeepStrictEqual(now[key], value));
    return [
      ...set.map(([key, value]): Edit => ({ path: [section, key], value: value as Value })),
      ...(section === "cni" && "alongside" in now && !("alongside" in keys) ? [{ path: [section, "alongside"], value: undefined }] : []),
    ];
  });
}
