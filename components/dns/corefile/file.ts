import type { Finding } from "../../../core/finding";
import { type ManifestDocument, type Place, readManifests } from "../../manifests/documents";
import type { Files } from "./expand";
import { type CorefileFinding, type LintOptions, lintCorefile } from "./lint/lint";

/** A Corefile in a file of the user's: the file itself, or a text of a ConfigMap in it. */
export interface CorefileText {
  readonly text: string;
  /** Where a place of the text is in the file. */
  readonly place: (inner: Place) => Place;
  /** Whether it is a cluster's; undefined: to be told by its plugins. */
  readonly isCluster?: boolean;
  /** What an import finds; undefined: what is there where the file is. */
  readonly files?: Files;
}

/** A text that begins as Kubernetes manifests do. */
export const isManifest = (text: string) =>
  /^(?:\uFEFF|\s|#.*\n|---\s*\n)*(?:apiVersion|kind|metadata|data|items)\s*:/.test(text) ||
  /^\s*\{\s*"(?:apiVersion|kind|metadata|data|items)"/.test(text);

/** The Corefiles of a file: of each ConfigMap the text `Corefile`, and those that clouds let users add (`NAME.server`, `NAME.override`). */
export function corefilesOf(text: string): { readonly corefiles: readonly CorefileText[]; readonly findings: readonly Finding[] } {
  if (!isManifest(text)) return { corefiles: [{ text, place: (inner) => inner }], findings: [] };
  const { documents, findings } = readManifests(text);
  const corefiles = documents.flatMap(ofDocument);
  if (corefiles.length > 0 || findings.some(({ severity }) => severity === "error")) return { corefiles, findings };
  const message = "There is no ConfigMap with a Corefile in this manifest.";
  return {
    corefiles,
    findings: [{ severity: "error", path: [], message, mend: "Name a Corefile, or the ConfigMap with data.Corefile.", line: 1, column: 1 }],
  };
}

function ofDocument(document: ManifestDocument): CorefileText[] {
  const { data } = document.data;
  if (typeof data !== "object" || data === null) return [];
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const { name } = (document.data.metadata ?? {}) as { name?: unknown };
  return texts.flatMap(([key, text]): CorefileText[] => {
    const place = document.inside(["data", key]);
    const rest = { place, files: inConfigMap(texts) };
    if (key === "Corefile") return [{ text, ...rest, ...(name === "coredns" ? { isCluster: true } : {}) }];
    if (key.endsWith(".server")) return [{ text, ...rest, isCluster: false }];
    if (!key.endsWith(".override")) return [];
    const inBlock = ({ line, column }: Place) => place({ line: Math.max(line - 1, 1), column });
    return [{ text: `. {\n${text.replace(/\n?$/, "\n")}}\n`, files: rest.files, isCluster: false, place: inBlock }];
  });
}

/** The other texts of a ConfigMap are files beside the Corefile; what else the pod mounts isn't known. */
function inConfigMap(texts: readonly (readonly [string, string])[]): Files {
  return (pattern) => {
    const name = pattern.replace(/^(?:\.\/|\/etc\/coredns\/)/, "");
    const found = texts.find(([key]) => key === name);
    return found && [{ path: found[0], text: found[1] }];
  };
}

/** Lints a Corefile, or the Corefiles in Kubernetes manifests, with the places of the file. */
export function lintCorefileFile(text: string, options: LintOptions = {}): CorefileFinding[] {
  const { corefiles, findings } = corefilesOf(text);
  const lints = corefiles.flatMap((corefile) => {
    const isCluster = options.isCluster ?? corefile.isCluster;
    const files = corefile.files ?? options.files;
    const own: LintOptions = { ...options, ...(isCluster === undefined ? {} : { isCluster }), ...(files ? { files } : {}) };
    return lintCorefile(corefile.text, own).map(({ line = 1, column = 1, ...rest }) => ({ ...rest, ...corefile.place({ line, column }) }));
  });
  return [...findings, ...lints];
}
