import { isProperties, type Properties, type Value } from "../provider/values";

/** A Kubernetes object as JSON. Inputs in preview may hold unknown values; no object here holds secret wrappers. */
export type KubeObject = Properties;

/** The annotations by which a program steers the plugin. */
export const annotations = {
  autonamed: "pulumi.com/autonamed",
  deletionPropagationPolicy: "pulumi.com/deletionPropagationPolicy",
  patchFieldManager: "pulumi.com/patchFieldManager",
  patchForce: "pulumi.com/patchForce",
  skipAwait: "pulumi.com/skipAwait",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
} as const;

/** The value at a path inside an object; undefined where the path leads nowhere. */
export function at(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === "number") current = current[step];
    else if (isProperties(current)) current = current[step];
    else return undefined;
  }
  return current;
}

/** The text at a path; empty where there is none. */
export function text(object: Value | undefined, ...path: (string | number)[]): string {
  const value = at(object, ...path);
  return typeof value === "string" ? value : "";
}

/** The number at a path; 0 where there is none, as the API omits zeros. */
export function count(object: Value | undefined, ...path: (string | number)[]): number {
  const value = at(object, ...path);
  return typeof value === "number" ? value : 0;
}

/** The list at a path; empty where there is none. */
export function list(object: Value | undefined, ...path: (string | number)[]): Value[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value : [];
}

export const nameOf = (object: KubeObject) => text(object, "metadata", "name");
export const namespaceOf = (object: KubeObject) => text(object, "metadata", "namespace");
export const annotation = (object: KubeObject, name: string) => text(object, "metadata", "annotations", name);

/** A copy of the object with these metadata fields set, or removed where undefined. */
export function withMetadata(object: KubeObject, fields: { [key: string]: Value | undefined }): KubeObject {
  const metadata = object.metadata ?? {};
  // Metadata that is unknown as a whole can't be completed before `up`.
  if (!isProperties(metadata)) return object;
  const entries = Object.entries({ ...metadata, ...fields });
  return { ...object, metadata: Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined)) };
}

/** What the API calls a kind: `apps/v1` and `Deployment`. */
export interface GroupVersionKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export const kindOf = (object: KubeObject): GroupVersionKind => ({ apiVersion: text(object, "apiVersion"), kind: text(object, "kind") });

/** The kind that a resource type stands for: `kubernetes:core/v1:ConfigMap` is `v1`, `ConfigMap`. Throws on another plugin's type. */
export function kindOfType(type: string): GroupVersionKind {
  const match = /^kubernetes:([^:/]+)\/([^:/]+):([^:/]+)$/.exec(type);
  if (!match) throw new Error(`${type} is not the type of a Kubernetes object`);
  const [, group = "", version = "", kind = ""] = match;
  return { apiVersion: group === "core" ? version : `${group}/${version}`, kind };
}

/** The kind of the objects behind a resource type: a Patch's is that of the object it patches. */
export function kindBehind(type: string) {
  const { apiVersion, kind } = kindOfType(type);
  return { apiVersion, kind: kind.replace(/Patch$/, "") };
}

/** Whether a resource patches an object that others own: its type is the object's kind and "Patch". */
export function isPatch(type: string, object: KubeObject): boolean {
  return kindOfType(type).kind === `${text(object, "kind")}Patch`;
}

/** A resource's id: `namespace/name`, or `name` for objects of the whole cluster. */
export function idOf(object: KubeObject): string {
  return namespaceOf(object) ? `${namespaceOf(object)}/${nameOf(object)}` : nameOf(object);
}

export function parseId(id: string): { namespace?: string; name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { name: first } : { namespace: first, name: second };
}

/** Kinds of the API itself rather than of a CustomResourceDefinition: `v1`, `apps/v1`, `networking.k8s.io/v1`. */
export function isBuiltIn({ apiVersion }: GroupVersionKind): boolean {
  const group = apiVersion.includes("/") ? apiVersion.split("/", 1)[0] : "";
  return group === "" || !group?.includes(".") || group.endsWith(".k8s.io");
}
