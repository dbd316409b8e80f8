import { setTimeout as sleep } from "node:timers/promises";
import { isProperties, type Properties, type Value } from "../provider/values";
import { ApiError } from "./client";
import { type Cluster, NoKindError } from "./cluster";
import { annotation, annotations, idOf, type KubeObject, kindOf, list, text, withMetadata } from "./objects";

/** Objects are created under this name, as the official plugin does; its first update takes the fields over for the resource's own manager. */
const creator = "pulumi-kubernetes";

/** How often a creation is tried again while its namespace or kind is missing; the waits double, from one second. */
const creationRetries = 5;

export interface ApplyOptions {
  fieldManager: string;
  /** Whether the resource is a Patch: sets fields of an object that others own. */
  patch: boolean;
  /** Only ask the API server what it would do. */
  dryRun: boolean;
  status(message: string): void;
  signal: AbortSignal;
}

/**
 * Creates an object, or sets a Patch's fields. Refused where the object exists. For a while a missing namespace or kind is waited for:
 * resources that make each other possible are not always declared to depend on each other.
 */
export async function createObject(cluster: Cluster, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
  for (let attempt = 0; ; attempt++) {
    try {
      if (options.patch) return await apply(cluster, object, options, isForced(object));
      return await cluster.send(object, { method: "POST", query: { fieldManager: creator, ...dryRun(options) }, body: object });
    } catch (error) {
      // In preview it is no news that something is yet to be created.
      if (options.dryRun && isMissing(error)) throw error;
      options.status(`Retry #${attempt}; creation failed: ${error instanceof Error ? error.message : String(error)}`);
      if (options.dryRun || !isMissing(error) || attempt === creationRetries) throw error;
      await sleep(1000 * 2 ** attempt, undefined, { signal: options.signal });
    }
  }
}

/** Whether the API server lacks what a request needs, by its own account or by ours. */
export function isMissing(error: unknown): boolean {
  return error instanceof NoKindError || (error instanceof ApiError && error.code === 404);
}

/** Makes the live object what the inputs say. */
export async function updateObject(cluster: Cluster, live: KubeObject, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
  const { fieldManager } = options;
  if (kindOf(object).kind === "CustomResourceDefinition") {
    // Replaced as a whole, as the official plugin does: the versions of a definition don't merge.
    const body = withMetadata(object, { resourceVersion: text(live, "metadata", "resourceVersion") });
    return cluster.send(object, { method: "PUT", query: { fieldManager, ...dryRun(options) }, body });
  }
  if (!options.patch && !options.dryRun) await takeOver(cluster, live, fieldManager);
  // In preview nothing was taken over: what we created must not count as somebody else's.
  const ours = options.dryRun && managers(live).some((entry) => entry.operation === "Update" && String(entry.manager).startsWith(creator));
  return apply(cluster, object, options, isForced(object) || ours);
}

/** Gives up a manager's fields: those that nobody else manages go back to their default or disappear. */
export async function relinquish(cluster: Cluster, live: KubeObject, fieldManager: string): Promise<void> {
  const { name, namespace, uid } = isProperties(live.metadata) ? live.metadata : {};
  // With the uid, this can't create an object that has just been deleted.
  const empty = withMetadata({ ...kindOf(live) }, { name, namespace, uid });
  await cluster.send(live, { method: "PATCH", contentType: "apply", query: { fieldManager, force: "true" }, body: empty });
}

async function apply(cluster: Cluster, object: KubeObject, options: ApplyOptions, force: boolean): Promise<KubeObject> {
  const query = { fieldManager: options.fieldManager, force: String(force), ...dryRun(options) };
  try {
    return await cluster.send(object, { method: "PATCH", contentType: "apply", query, body: object });
  } catch (error) {
    throw error instanceof ApiError && error.code === 409 ? conflict(object, options.fieldManager, error) : error;
  }
}

function conflict(object: KubeObject, fieldManager: string, error: ApiError): Error {
  const what = `${kindOf(object).kind} ${idOf(object)}`;
  const mend = `To take these fields over, set the annotation ${annotations.patchForce}: "true".`;
  return new Error(`server-side apply: others manage fields of ${what} that ${fieldManager} wants to set. ${error.message}\n${mend}`);
}

const isForced = (object: KubeObject) => annotation(object, annotations.patchForce) === "true";

const dryRun = (options: ApplyOptions) => ({ dryRun: options.dryRun ? "All" : undefined });

const managers = (object: KubeObject): Properties[] => list(object, "metadata", "managedFields").filter(isProperties);

/**
 * Makes the fields that this plugin created, or that somebody changed with kubectl, the resource's own, so that applying neither conflicts
 * with them nor leaves behind what the inputs no longer say. Other managers keep theirs.
 */
async function takeOver(cluster: Cluster, live: KubeObject, fieldManager: string): Promise<void> {
  const isOwn = (entry: Properties) => entry.manager === fieldManager && entry.operation === "Apply" && !entry.subresource;
  const isTaken = ({ manager, operation, subresource }: Properties) => {
    if (typeof manager !== "string" || subresource) return false;
    if (manager.startsWith("kubectl")) return true;
    return (
      operation === "Update" && ["before-first-apply", creator, "pulumi-resource-kubernetes"].some((prefix) => manager.startsWith(prefix))
    );
  };
  const entries = managers(live);
  const taken = entries.filter((entry) => !isOwn(entry) && isTaken(entry));
  if (taken.length === 0) return;
  const own = [...entries.filter(isOwn), ...taken];
  const merged = {
    ...own[0],
    manager: fieldManager,
    operation: "Apply",
    fieldsV1: own.map((entry) => entry.fieldsV1 ?? {}).reduce(mergeFields, {}),
  };
  const value = [...entries.filter((entry) => !own.includes(entry)), merged];
  const patch = [{ op: "replace", path: "/metadata/managedFields", value }];
  await cluster.send(live, { method: "PATCH", contentType: "jsonPatch", body: patch });
}

/** Unites two sets of fields in the API's notation, where every field is an object of its fields. */
function mergeFields(a: Value, b: Value): Value {
  if (!isProperties(a) || !isProperties(b)) return b;
  const merged: Properties = { ...a };
  for (const [field, value] of Object.entries(b)) merged[field] = mergeFields(merged[field] ?? {}, value);
  return merged;
}
