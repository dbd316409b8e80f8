import { z } from "zod";
import type { Path } from "../../../core/finding";
import { unknownKeyMend } from "./aliases";
import type { JsonMember, JsonNode } from "./json";
import type { Say } from "./say";

/*
 * What Go's encoding/json makes of an object: libcni and the plugins read configurations with it. Keys match in any letter case, unknown keys are left out
 * silently, null is "not given", and there is no conversion between types: "1500" is no number. (Source: https://pkg.go.dev/encoding/json#Unmarshal.)
 * libcni turns every file into a map and back first, so of two keys of one spelling the last one counts, and 1500.0 is a whole number.
 */

/** A value with the keys in the schema's spelling and without what isn't given. Says what is read otherwise than it is written. */
export function decode(node: JsonNode, schema: z.ZodType, path: Path, say: Say): unknown {
  const inner = unwrap(schema);
  switch (node.kind) {
    case "null":
      return undefined;
    case "array": {
      const element = "element" in inner ? (inner.element as z.ZodType) : undefined;
      return node.items.map((item, index) => (element ? decode(item, element, [...path, index], say) : plain(item)));
    }
    case "object":
      return "shape" in inner ? decodeObject(node.members, inner.shape as z.ZodRawShape, path, say) : plain(node);
    default:
      return node.value;
  }
}

/** A schema without what says that its value needn't be given. */
function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function plain(node: JsonNode): unknown {
  if (node.kind === "object") return Object.fromEntries(node.members.map(({ key, value }) => [key, plain(value)]));
  return node.kind === "array" ? node.items.map(plain) : node.value;
}

function decodeObject(members: readonly JsonMember[], shape: z.ZodRawShape, path: Path, say: Say): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const spelt = new Map<string, string>();
  for (const { key, value: node } of inGoOrder(members)) {
    const name = fieldFor(key, Object.keys(shape));
    if (name === undefined) {
      if (!isComment(key)) {
        say("warning", [...path, key], "is no known key, so it is ignored without a word.", unknownKeyMend(key, ownKeys(shape)));
      }
      continue;
    }
    const other = spelt.get(name);
    if (other !== undefined) {
      say("warning", [...path, key], `is the same key as ${other} to the plugin, and this one counts.`, `Write ${name} once.`);
    } else if (key !== name) {
      say("info", [...path, key], `is read as ${name}: Go takes keys in any letter case, other readers don't.`, `Write ${name}.`);
    }
    spelt.set(name, key);
    const decoded = decode(node, shape[name] as z.ZodType, [...path, key], say);
    if (decoded !== undefined) value[name] = decoded;
  }
  return value;
}

/** A plugin's own keys, without those that are the runtime's to write. */
const ownKeys = (shape: z.ZodRawShape) => Object.keys(shape).filter((name) => !["prevResult", "runtimeConfig", "args"].includes(name));

const fieldFor = (key: string, names: readonly string[]) =>
  names.find((name) => name === key) ?? names.find((name) => name.toLowerCase() === key.toLowerCase());

/** As libcni passes them on: each spelling once, sorted. */
function inGoOrder(members: readonly JsonMember[]): JsonMember[] {
  const last = new Map(members.map((member) => [member.key, member]));
  return [...last.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** People's way to comment in JSON: keys that nobody reads. */
const isComment = (key: string) => /^(_|\/\/|#|\$)|^comments?$|^description$/i.test(key);
