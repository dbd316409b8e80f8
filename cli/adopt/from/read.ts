import { readFileSync } from "node:fs";
import { LineCounter, parseAllDocuments } from "yaml";
import { UserError } from "../../../core/finding";
import { Entry } from "./entry";

/** The text of a file. @throws UserError when it can't be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${file} can't be read: ${code === "ENOENT" ? "there is no such file" : message}.`);
  }
}

/** The documents of a YAML file that say something; a kubeadm-config ConfigMap stands for what is in it. @throws UserError when it is no YAML. */
export function readDocuments(file: string, text = readText(file)): Entry[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: "error", uniqueKeys: false });
  return [...documents].flatMap((document) => {
    const [error] = document.errors;
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new UserError(`${file}:${line}:${col}  is no YAML: ${error.message}`);
    }
    const entry = Entry.of(file, document, lines);
    if (!entry.given) return [];
    return entry.at("kind").value === "ConfigMap" ? embedded(entry) : [entry];
  });
}

/** Configurations in the data of a ConfigMap; places are those of its keys. */
function embedded(configMap: Entry): Entry[] {
  return configMap
    .at("data")
    .fields()
    .flatMap(([, entry]) => {
      if (typeof entry.value !== "string") return [];
      const [document] = parseAllDocuments(entry.value, { logLevel: "error" });
      return document && document.errors.length === 0 ? [Entry.plain(entry.file, [], document.toJS(), entry.place)] : [];
    });
}
