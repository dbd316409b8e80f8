import { createHash, randomBytes } from "node:crypto";
import { holdsUnknown, isProperties, type Properties, reveal, type Value } from "../provider/values";
import { annotation, annotations, isBuiltIn, type KubeObject, kindOf, nameOf, text, withMetadata } from "./objects";

/**
 * Inputs as the API means them, so that two ways to say the same don't show as a change: no nulls, no fields that only the server writes,
 * quantities in their canonical form, a Secret's `stringData` as `data`. The official plugin stores inputs in this form.
 */
export function normalize(properties: Properties): KubeObject {
  const object = withoutServerFields(asObject(properties));
  // Unknown values have no canonical form, and custom resources may use the same names for other things.
  if (holdsUnknown(object) || !isBuiltIn(kindOf(object))) return object;
  return withData(canonicalQuantities(object));
}

/** Properties as an object of the API: secrets revealed, nulls left out, and `x_kubernetes_*` of the SDK as `x-kubernetes-*`. */
export function asObject(properties: Properties): KubeObject {
  return mapKeys(reveal(properties) as Properties, (key) => (/^x_kubernetes_\w+$/.test(key) ? key.replaceAll("_", "-") : key));
}

/** The other way round: object keys as the SDK spells them. */
export function asProperties(object: KubeObject): Properties {
  return mapKeys(object, (key) => (/^x-kubernetes-[\w-]+$/.test(key) ? key.replaceAll("-", "_") : key), true);
}

function mapKeys(object: Properties, rename: (key: string) => string, keepNulls = false): Properties {
  const visit = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(visit);
    return isProperties(value) ? mapKeys(value, rename, keepNulls) : value;
  };
  const entries = Object.entries(object).filter(([, value]) => keepNulls || value !== null);
  return Object.fromEntries(entries.map(([key, value]) => [rename(key), visit(value)]));
}

function withoutServerFields(object: KubeObject): KubeObject {
  if (object.metadata === undefined) return object;
  const fields = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
  ];
  return withMetadata(object, Object.fromEntries(fields.map((field) => [field, undefined])));
}

function withData(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  if (object.kind !== "Secret" || object.apiVersion !== "v1" || !isProperties(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
  return { ...rest, data: { ...(isProperties(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
}

/** `resources.limits` and `resources.requests` of containers hold quantities, wherever they are. */
function canonicalQuantities(object: Properties): Properties {
  const visit = (value: Value, key: string): Value => {
    if (Array.isArray(value)) return value.map((item) => visit(item, ""));
    if (!isProperties(value)) return value;
    if (key !== "resources") return canonicalQuantities(value);
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, name === "limits" || name === "requests" ? quantities(part) : visit(part, name)]),
    );
  };
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, visit(value, key)]));
}

function quantities(value: Value): Value {
  if (!isProperties(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, quantity]) => [name, canonicalQuantity(quantity)]));
}

const decimalSuffixes = ["m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** A quantity as the API server writes it: the largest suffix that leaves a whole number (`0.5` is `500m`, `1024Mi` is `1Gi`). */
function canonicalQuantity(value: Value): Value {
  const match = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/.exec(String(value));
  if (!match) return value;
  const [, digits = "", suffix = ""] = match;
  const binary = suffix.endsWith("i");
  const suffixes = binary ? binarySuffixes : decimalSuffixes;
  const base = binary ? 1024 : 1000;
  // Counted in the smallest unit of the format, a thousandth or one.
  let amount = Number(digits) * base ** suffixes.indexOf(suffix);
  if (!Number.isSafeInteger(amount) || amount === 0) return amount === 0 ? "0" : value;
  let exponent = 0;
  while (amount % base === 0 && exponent < suffixes.length - 1) {
    amount /= base;
    exponent += 1;
  }
  return `${amount}${suffixes[exponent]}`;
}

/**
 * Gives an object without a name one: the name it had before, or the resource's name with a random suffix, marked by an annotation. Unlike
 * a name that the program gave, it lets a replacement be created before the old object is deleted.
 */
export function withName(object: KubeObject, olds: KubeObject, resourceName: string, seed: Uint8Array): KubeObject {
  const metadata = object.metadata ?? {};
  if (!isProperties(metadata) || metadata.name !== undefined) return object;
  const random = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(4);
  const adopted = annotation(olds, annotations.autonamed) === "true" ? nameOf(olds) : "";
  const others = isProperties(metadata.annotations) ? metadata.annotations : {};
  return withMetadata(object, {
    name: adopted || `${resourceName}-${random.toString("hex").slice(0, 8)}`,
    annotations: { ...others, [annotations.autonamed]: "true" },
  });
}

/** Whether the plugin named the object, rather than the program. */
export const isAutonamed = (object: KubeObject) => text(object, "metadata", "annotations", annotations.autonamed) === "true";
