import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isMapping } from "./values";

/**
 * A stack's plain data with the text of every `{file: PATH}` of `cni.custom` beside its path: a stack is judged and planned without looking at files.
 * One that can't be read stays without, which the plan reports.
 * @param directory where relative paths start from.
 */
export function withTexts(input: unknown, directory: string): unknown {
  if (!isMapping(input) || !isMapping(input.cni) || !isMapping(input.cni.custom)) return input;
  const filled = (value: unknown) =>
    isMapping(value) && typeof value.file === "string" && Object.keys(value).length === 1
      ? { ...value, ...read(resolve(directory, value.file)) }
      : value;
  const each = (key: string, fill: (item: unknown) => unknown) => (Array.isArray(custom[key]) ? { [key]: custom[key].map(fill) } : {});
  const { custom } = input.cni;
  const texts = {
    ...("conflist" in custom ? { conflist: filled(custom.conflist) } : {}),
    ...each("files", (file) => (isMapping(file) ? { ...file, content: filled(file.content) } : file)),
    ...each("manifests", filled),
  };
  return { ...input, cni: { ...input.cni, custom: { ...custom, ...texts } } };
}

function read(file: string): { text?: string } {
  try {
    return { text: readFileSync(file, "utf8") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return {};
  }
}
