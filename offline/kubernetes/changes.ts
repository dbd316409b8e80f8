import { type Changes, structuralDiff } from "../provider/diff";
import type { Diff } from "../provider/provider";
import { isAutonamed } from "./inputs";
import { at, type GroupVersionKind, isPatch, type KubeObject, kindOf, nameOf, namespaceOf, withMetadata } from "./objects";
import { pruneObject } from "./state";

/** Which data may change in place; without these settings a changed ConfigMap or Secret is replaced, so that its name changes as well. */
export interface Mutability {
  configMaps: boolean;
  secrets: boolean;
}

/** Fields besides name and namespace that the API server never changes in place, or that the official plugin replaces all the same. */
const immutableFields: { [groupAndKind: string]: string[] } = {
  "apps/DaemonSet": ["spec.selector"],
  "apps/Deployment": ["spec.selector"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "/Service": ["spec.clusterIP"],
};

function fieldsThatReplace(object: KubeObject, mutability: Mutability): string[] {
  const { apiVersion, kind } = kindOf(object);
  const frozen = at(object, "immutable") === true;
  if (apiVersion === "v1" && kind === "ConfigMap") return mutability.configMaps && !frozen ? [] : ["data", "binaryData"];
  if (apiVersion === "v1" && kind === "Secret") return mutability.secrets && !frozen ? [] : ["type", "data", "stringData"];
  const group = apiVersion.includes("/") ? apiVersion.split("/", 1)[0] : "";
  return immutableFields[`${group}/${kind}`] ?? [];
}

/**
 * What has to change: the live object as far as the old inputs spoke of it, against the new inputs. So what the server filled in, and what
 * others added, is no change; what others changed of ours is one.
 */
export function compareObjects(
  type: string,
  olds: { live: KubeObject; inputs: KubeObject },
  news: KubeObject,
  { namespaced, mutability }: { namespaced: boolean; mutability: Mutability },
): Diff {
  const before = comparable(pruneObject(olds.live, olds.inputs), namespaced, kindOf(news));
  const after = comparable(news, namespaced, kindOf(news));
  const changes = structuralDiff(withMetadata(before, { name: nameOf(olds.live) }), after);
  // A Patch may change any field of its object, but not turn to another object.
  const fixed = ["metadata.name", "metadata.namespace", ...(isPatch(type, news) ? [] : fieldsThatReplace(news, mutability))];
  const replaces = new Set([...changes.keys()].filter((path) => fixed.some((field) => touches(path, field, changes))));
  const staysInPlace =
    nameOf(after) === nameOf(olds.live) && namespaceOf(after) === namespaceOf(comparable(olds.live, namespaced, kindOf(news)));
  // Two objects can't have one name: unless the plugin names the new one, the old one has to go first.
  const deleteBeforeReplace = replaces.size > 0 && nameOf(after) !== "" && !isAutonamed(after) && staysInPlace;
  return { changes, replaces, deleteBeforeReplace };
}

/** Whether a change concerns a field: lies within it, or brings (or changes) an object around it. */
function touches(path: string, field: string, changes: Changes): boolean {
  const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return within(path, field) || (within(field, path) && changes.get(path) !== "delete");
}

/** "No namespace" and "default" are one for objects in namespaces; the rest have none whatever they say. */
function comparable(object: KubeObject, namespaced: boolean, kind: GroupVersionKind): KubeObject {
  const known = { apiVersion: kind.apiVersion, kind: kind.kind, ...object };
  return withMetadata(known, {
    namespace: namespaced ? (at(object, "metadata", "namespace") ?? "default") : undefined,
    resourceVersion: undefined,
  });
}
