import { randomBytes } from "node:crypto";
import { holdsSecret, isProperties, type Properties, Secret, type Value } from "../provider/values";
import { asObject, asProperties } from "./inputs";
import { annotation, annotations, type KubeObject, text } from "./objects";

/** What the state of a resource holds besides the live object: the inputs that made it, and under which name we manage its fields. */
export interface Checkpoint {
  inputs: KubeObject;
  live: KubeObject;
  /** The apiVersion that the object was first created with. */
  initialApiVersion: string;
  /** Who we are to server-side apply. */
  fieldManager: string;
}

/** Writes a checkpoint as the official plugin does. Whatever was secret in `secrets` (inputs or state) is secret in the state. */
export function writeState({ inputs, live, initialApiVersion, fieldManager }: Checkpoint, secrets: Properties): Properties {
  return {
    ...markSecrets(asProperties(live), secrets),
    __inputs: markSecrets(asProperties(inputs), secrets),
    __initialApiVersion: initialApiVersion,
    __fieldManager: fieldManager,
  };
}

/** Reads a state; `inputs` give the field manager where the state has none yet, or where they ask for another. */
export function readState(state: Properties, newInputs?: KubeObject): Checkpoint {
  const { __inputs, __initialApiVersion, __fieldManager, ...live } = asObject(state);
  const inputs = isProperties(__inputs) ? __inputs : {};
  const chosen = annotation(newInputs ?? inputs, annotations.patchFieldManager);
  return {
    inputs,
    live,
    initialApiVersion: typeof __initialApiVersion === "string" ? __initialApiVersion : text(newInputs ?? inputs, "apiVersion"),
    fieldManager: chosen || (typeof __fieldManager === "string" ? __fieldManager : `pulumi-kubernetes-${randomBytes(4).toString("hex")}`),
  };
}

/**
 * Wraps as secret what is secret in `model`, and a Secret's data in any case. Objects are followed into; any other value is wrapped whole
 * when a part of it is secret, since lists may come back in another order.
 */
export function markSecrets(object: Properties, model: Properties): Properties {
  const marked: Properties = { ...object };
  for (const [key, value] of Object.entries(object)) marked[key] = mark(value, model[key]);
  if (object.kind === "Secret") {
    for (const key of ["data", "stringData"]) if (object[key] !== undefined) marked[key] = new Secret(object[key]);
  }
  return marked;
}

function mark(value: Value, model: Value | undefined): Value {
  if (isProperties(value) && isProperties(model)) return markSecrets(value, model);
  return holdsSecret(model) ? new Secret(value) : value;
}

/**
 * The part of a live object that certain inputs speak of: the server fills in much more, and others add fields of their own. Lists are
 * followed by position. An empty object or list in the inputs stays, since the server leaves out what is empty.
 */
export function prune(live: Value, shape: Value): Value {
  if (Array.isArray(live) && Array.isArray(shape)) {
    return live.slice(0, shape.length).map((item, index) => {
      const part = shape[index];
      return part === undefined ? item : prune(item, part);
    });
  }
  if (!isProperties(live) || !isProperties(shape)) return live;
  const pruned: Properties = {};
  for (const [key, part] of Object.entries(shape)) {
    const value = live[key] ?? (isEmpty(part) ? part : undefined);
    if (value !== undefined) pruned[key] = prune(value, part);
  }
  return pruned;
}

export function pruneObject(live: KubeObject, shape: KubeObject): KubeObject {
  const pruned = prune(live, shape);
  return isProperties(pruned) ? pruned : {};
}

const isEmpty = (value: Value) => (Array.isArray(value) || isProperties(value)) && Object.keys(value).length === 0;
