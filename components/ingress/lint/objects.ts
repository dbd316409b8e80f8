import type { Finding, Path } from "../../../core/finding";
import type { ManifestDocument, ManifestFile } from "../../manifests/documents";

/** A file of manifests, as the user named it. */
export interface NamedManifests extends ManifestFile {
  readonly file: string;
}

/** A finding about one of several files that are judged together. */
export interface ManifestFinding extends Finding {
  readonly file: string;
  /** The ingress controller that the finding is about, where it is about one. */
  readonly plugin?: string;
}

/** A Kubernetes object and where it was read. */
export interface FileObject extends ManifestDocument {
  readonly file: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** As written; an object without one goes where kubectl's context points. */
  readonly namespace: string | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A mapping's fields; nothing for what is none. */
export const fields = (value: unknown): Fields =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** A text that says something. */
export const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
/** Any value as a message shows it. */
export const show = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
/** The entries of a mapping that are texts. */
export const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

export function fileObject(file: string, document: ManifestDocument): FileObject {
  const { apiVersion, kind, metadata } = document.data;
  const [version = "", group = ""] = String(apiVersion ?? "")
    .split("/")
    .reverse();
  const { name, namespace } = fields(metadata);
  return { ...document, file, group, version, kind: String(kind ?? ""), name: text(name) ?? "", namespace: text(namespace) };
}

/** `Ingress shop/web` */
export const describe = ({ kind, namespace, name }: FileObject): string => `${kind} ${namespace ? `${namespace}/` : ""}${name}`;

/** Where an object is, for a finding about another one. A place without lines is named by its file alone; what a cluster has is a file of its own name. */
export function whereIs(object: FileObject): string {
  if (object.file === describe(object)) return "in the cluster";
  const { line } = object.place([]);
  return line > 0 ? `${object.file}:${line}` : object.file;
}

/** A finding about a place of an object. */
export function finding(
  object: FileObject,
  severity: Finding["severity"],
  path: Path,
  message: string,
  mend: string,
  plugin?: string,
): ManifestFinding {
  return { severity, file: object.file, path, ...object.place(path), message, mend, ...(plugin ? { plugin } : {}) };
}

/** Whether two objects meet: one without a namespace goes where the other is, as far as anybody can tell from the files. */
export const sameNamespace = (a: string | undefined, b: string | undefined): boolean =>
  (a ?? "default") === (b ?? "default") || a === undefined || b === undefined;
