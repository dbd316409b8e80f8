import type { Path } from "../../../core/finding";
import { meant } from "../../../core/stack/hints";
import { show } from "./objects";

/** What the API server decodes a value into. */
export type Shape =
  | "string"
  | "integer"
  | "boolean"
  | "anything"
  | { list: Shape }
  | { map: Shape }
  | { fields: Readonly<Record<string, Shape>> };

export interface Misfit {
  readonly path: Path;
  readonly message: string;
  readonly mend: string;
}

/**
 * What of a value the API server's strict decoding (kubectl's default) refuses: unknown fields and wrong types.
 * A null is a field that isn't there.
 */
export function misfits(value: unknown, shape: Shape, path: Path = []): Misfit[] {
  if (value === null || value === undefined || shape === "anything") return [];
  if (typeof shape === "string") return fits(value, shape) ? [] : [wrongType(value, shape, path)];
  if ("list" in shape) {
    if (!Array.isArray(value)) return [wrongType(value, "list", path)];
    return value.flatMap((entry, index) => misfits(entry, shape.list, [...path, index]));
  }
  if (typeof value !== "object" || Array.isArray(value)) return [wrongType(value, "mapping", path)];
  const entries = Object.entries(value);
  if ("map" in shape) return entries.flatMap(([key, entry]) => misfits(entry, shape.map, [...path, key]));
  const known = shape.fields;
  return entries.flatMap(([key, entry]) => {
    const field = Object.hasOwn(known, key) ? known[key] : undefined;
    return field ? misfits(entry, field, [...path, key]) : [unknownField(key, entry, Object.keys(known), path)];
  });
}

function fits(value: unknown, type: "string" | "integer" | "boolean"): boolean {
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

const articles = { string: "a text", integer: "a whole number", boolean: "true or false", list: "a list", mapping: "a mapping" };

function wrongType(value: unknown, type: keyof typeof articles, path: Path): Misfit {
  const found = Array.isArray(value) ? "a list" : typeof value === "object" ? "a mapping" : `the ${typeof value} ${JSON.stringify(value)}`;
  const message = `is ${found}, and has to be ${articles[type]}; the API server refuses it.`;
  return { path, message, mend: mendType(value, type, path) };
}

function mendType(value: unknown, type: keyof typeof articles, path: Path): string {
  const scalar = typeof value !== "object";
  if (type === "string" && typeof value === "boolean")
    return `Put it in quotes; without them, YAML 1.1 reads ${value ? "y, yes and on" : "n, no and off"} as ${value}.`;
  if (type === "string" && scalar) return `Put it in quotes: "${value}".`;
  if (path.at(-1) === "port" && scalar)
    return `Write port: { ${typeof value === "number" || /^\d+$/.test(String(value)) ? "number" : "name"}: ${value} }.`;
  if (type === "integer" && typeof value === "string" && /^\d+$/.test(value)) return `Write ${value} without quotes.`;
  if (type === "integer" && path.at(-1) === "number" && typeof value === "string") return `Write name: ${value} instead of number.`;
  if (type === "boolean" && (value === "true" || value === "false")) return `Write ${value} without quotes.`;
  if (type === "list" && scalar) return `Write a list: [${value}].`;
  if (type === "list") return "Start every entry with a dash.";
  return `Write ${articles[type]}.`;
}

/** Names of networking.k8s.io/v1beta1 and of other places, with what v1 has for them. */
const moved: Readonly<Record<string, (value: unknown) => string>> = {
  serviceName: (value) => `Write service: { name: ${show(value)}, port: { … } }, the form of v1.`,
  servicePort: (value) =>
    `Write service: { name: …, port: { ${typeof value === "number" ? "number" : "name"}: ${show(value)} } }, the form of v1.`,
  backend: () => "Write defaultBackend, its name in v1.",
  annotations: () => "Annotations belong under metadata.",
  ingressClass: (value) => `Write ingressClassName: ${show(value)}.`,
  targetPort: () => "An Ingress names the Service's port; the Service maps it to the pods' targetPort.",
};

function unknownField(key: string, value: unknown, known: readonly string[], path: Path): Misfit {
  const nearest = meant(key, known);
  const mend = moved[key]?.(value) ?? (nearest ? `Did you mean ${nearest}?` : `Take it away; known here are ${known.join(", ")}.`);
  return { path: [...path, key], message: `${key} is no field here; kubectl and strict API servers refuse it, others drop it.`, mend };
}
