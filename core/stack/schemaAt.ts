import { z } from "zod";
import type { Path } from "../finding";
import { stackSchema } from "./schema";

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  examples?: unknown[];
  default?: unknown;
  enum?: unknown[];
}

let root: JsonSchema | undefined;

/** The schemas that a value at this path may follow. */
function schemasAt(path: Path): JsonSchema[] {
  root ??= z.toJSONSchema(stackSchema, { io: "input" }) as JsonSchema;
  let schemas = [root];
  for (const step of path) {
    schemas = branches(schemas).flatMap((schema) => (typeof step === "number" ? schema.items : property(schema, step)) ?? []);
  }
  return branches(schemas);
}

const branches = (schemas: readonly JsonSchema[]) => schemas.flatMap((schema) => [schema, ...(schema.anyOf ?? [])]);
const property = ({ properties }: JsonSchema, name: string) =>
  properties && Object.hasOwn(properties, name) ? properties[name] : undefined;

/** The keys that a mapping at this path may have. */
export function keysAt(path: Path): string[] {
  return schemasAt(path).flatMap((schema) => Object.keys(schema.properties ?? {}));
}

/** What could be written at this path, as YAML in one line: `address: 10.100.0.20`. */
export function exampleAt(path: Path): string | undefined {
  const value = schemasAt(path)
    .map(exampleOf)
    .find((example) => example !== undefined);
  if (value === undefined) return undefined;
  const name = path.at(-1);
  const text = flow(value);
  return typeof name === "string" ? `${path.length === 1 ? "plumbline:" : ""}${name}: ${text}` : text;
}

/** A schema's own example; else its default, its first choice, or what its parts make up. */
function exampleOf(schema: JsonSchema): unknown {
  if (schema.examples) return schema.examples[0];
  if (schema.default !== undefined && !isEmpty(schema.default)) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return schema.anyOf.map(exampleOf).find((example) => example !== undefined);
  if (schema.items) {
    const item = exampleOf(schema.items);
    return item === undefined ? undefined : [item];
  }
  const required = (schema.required ?? []).map((name) => [name, exampleOf(property(schema, name) ?? {})]);
  return required.length > 0 && required.every(([, value]) => value !== undefined) ? Object.fromEntries(required) : undefined;
}

const isEmpty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0;

/** YAML's flow style, without quotes where it needs none. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([name, item]) => `${name}: ${flow(item)}`);
    return `{ ${pairs.join(", ")} }`;
  }
  // A text that YAML would read as a number, or as something else than text.
  return typeof value === "string" && /^[\d.]+$|^(true|false|null|~)?$|[,[\]{}#]|: /.test(value) && !/^\d+\.\d+\.\d+/.test(value)
    ? JSON.stringify(value)
    : String(value);
}
