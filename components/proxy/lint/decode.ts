import type { Finding, Path } from "../../../core/finding";
import { meant } from "../../../core/stack/hints";
import { type Configuration, type Field, type Fields, fields, foreign, removed, type ScalarType } from "./fields";
import { readDuration } from "./goDuration";
import { atLeast, showVersion, type Version } from "./version";

export type Report = (severity: Finding["severity"], path: Path, message: string, mend: string) => void;

/**
 * Reads a KubeProxyConfiguration as kube-proxy does: what is of the wrong type makes it refuse the whole file; a field that it doesn't know makes it
 * log a warning, read the file again less strictly and go on without the field (loadConfig in cmd/kube-proxy/app/options.go). Texts, numbers and
 * booleans are never turned into each other.
 * @returns the values of the right types, for judging the rest.
 */
export function decode(data: Readonly<Record<string, unknown>>, version: Version, report: Report): Configuration {
  return section(fields, data, [], version, report) as Configuration;
}

function section(known: Fields, data: Readonly<Record<string, unknown>>, path: Path, version: Version, report: Report) {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    const at = [...path, name];
    const field = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!field) unknownField(at, known, version, report);
    else if (field.since && !atLeast(version, field.since)) {
      const message = `is new in Kubernetes ${field.since}; kube-proxy ${showVersion(version)} ignores it.`;
      report("warning", at, message, "Remove it, or upgrade first.");
    } else {
      const read = fieldValue(field, value, at, version, report);
      if (read !== undefined) result[name] = read;
    }
  }
  return result;
}

function fieldValue(field: Field, value: unknown, path: Path, version: Version, report: Report): unknown {
  if ("type" in field) return scalar(field.type, value, path, report);
  if (value === null) return undefined;
  if ("fields" in field) {
    if (isMapping(value)) return section(field.fields, value, path, version, report);
    return wrongType(value, "a section", `Write its fields below it: ${Object.keys(field.fields).join(", ")}.`, path, report);
  }
  if (!Array.isArray(value)) return wrongType(value, "a list", "Write a list: one entry per line, each after `- `.", path, report);
  return value.flatMap((item: unknown, index) => {
    const read = fieldValue({ fields: field.items }, item, [...path, index], version, report);
    return read === undefined ? [] : [read];
  });
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const int32Max = 2 ** 31 - 1;
const wholeNumber = (value: unknown, least: number, most: number) =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

interface Reader {
  readonly what: string;
  readonly mend: string;
  readonly read: (value: unknown) => unknown;
}

const durationMend = "Write a number with its unit, as Go does: 30s, 1m30s, 24h, 0s.";
const duration: Reader = {
  what: "a duration",
  mend: durationMend,
  read: (value) => (typeof value === "string" ? readDuration(value) : undefined),
};

const readers: Readonly<Record<ScalarType, Reader>> = {
  string: { what: "a text", mend: "", read: (value) => (typeof value === "string" ? value : undefined) },
  bool: {
    what: "true or false",
    mend: "Write true or false, without quotes.",
    read: (value) => (typeof value === "boolean" ? value : undefined),
  },
  int32: {
    what: "a whole number",
    mend: "Write a whole number without quotes, at most 2147483647.",
    read: (value) => wholeNumber(value, -int32Max - 1, int32Max),
  },
  uint32: {
    what: "a whole number from 0",
    mend: "Write a whole number without quotes, 0 or more.",
    read: (value) => wholeNumber(value, 0, 2 ** 32 - 1),
  },
  float32: {
    what: "a number",
    mend: "Write a number without quotes.",
    read: (value) => (typeof value === "number" && Number.isFinite(Math.fround(value)) ? value : undefined),
  },
  duration,
  optionalDuration: duration,
  durationOrNumber: {
    ...duration,
    read: (value) => (typeof value === "string" ? readDuration(value) : Number.isInteger(value) ? Number(value) / 1e9 : undefined),
  },
  quantity: {
    what: "a quantity",
    mend: "Write for example 0, 512 or 1Mi.",
    read: (value) => (/^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(String(value)) ? String(value) : undefined),
  },
  strings: {
    what: "a list of texts",
    mend: "Write a list: one text per line, each after `- `.",
    read: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "string" || item === null)
        ? value.map((item: string | null) => item ?? "")
        : undefined,
  },
  bools: {
    what: "a mapping of names to true or false",
    mend: "Write `NAME: true` or `NAME: false`, one per line, without quotes.",
    read: (value) =>
      isMapping(value) && Object.values(value).every((item) => typeof item === "boolean" || item === null)
        ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, item === true]))
        : undefined,
  },
};

function scalar(type: ScalarType, value: unknown, path: Path, report: Report): unknown {
  if (value === null && type !== "duration") return undefined;
  const { what, mend, read } = readers[type];
  const result = read(value);
  if (result === undefined) wrongType(value, what, type === "string" ? textMend(value) : mend, path, report);
  return result;
}

function textMend(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return `Write one text: ${JSON.stringify(value.join(","))}.`;
  return typeof value === "object" ? "Write a text." : `Put it into quotes: ${JSON.stringify(String(value))}.`;
}

function wrongType(value: unknown, what: string, mend: string, path: Path, report: Report): undefined {
  report("error", path, `is ${shown(value)}, not ${what}: kube-proxy refuses the file.`, mend);
  return undefined;
}

function shown(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? `the text ${JSON.stringify(value)}` : String(value);
}

/** The paths of all fields that have a name; compared without regard to case. */
function placesOf(name: string, among: Fields = fields, path: readonly string[] = []): string[] {
  return Object.entries(among).flatMap(([key, field]: [string, Field]) => [
    ...(key.toLowerCase() === name.toLowerCase() ? [[...path, key].join(".")] : []),
    ...("fields" in field ? placesOf(name, field.fields, [...path, key]) : []),
  ]);
}

function unknownField(path: Path, known: Fields, version: Version, report: Report): void {
  const name = String(path.at(-1));
  const gone = removed.get(path.join("."));
  if (gone) {
    const message = atLeast(version, gone)
      ? `was removed in Kubernetes ${gone}; kube-proxy ignores it.`
      : `is removed in Kubernetes ${gone}.`;
    report("warning", path, message, "Remove it.");
    return;
  }
  const names = Object.keys(known);
  const places = placesOf(name);
  const spelled = names.find((other) => other.toLowerCase() === name.toLowerCase());
  const nearest = meant(name, names);
  const mend =
    (spelled && `Names are case-sensitive: write ${spelled}.`) ??
    foreign.get(name) ??
    (places.length > 0 ? `Move it: write ${places.join(" or ")}.` : undefined) ??
    (nearest ? `Did you mean ${nearest}?` : "Remove it.");
  const what = spelled || places.length === 0 ? "is no field of a KubeProxyConfiguration" : "is not a field of this place";
  report("warning", path, `${what}: kube-proxy logs that and ignores it.`, mend);
}
