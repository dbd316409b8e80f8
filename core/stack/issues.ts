import type { z } from "zod";
import type { Finding, Path } from "../finding";
import { meant, refused, removedKey, unknownNameMend, valueHint } from "./hints";
import { exampleAt, keysAt } from "./schemaAt";

/** What these keys hold is never shown. */
const secrets = new Set<unknown>(["privateKey", "kubeconfigSecret", "secure"]);

/** A value as it is shown in a message: JSON, shortened, without secrets. */
function show(value: unknown): string {
  const text =
    typeof value === "number"
      ? String(value)
      : (JSON.stringify(value, (key, item) => (secrets.has(key) ? "…" : item)) ?? `a ${typeof value}`);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const step of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** The schema's types in YAML's words. */
const types: Record<string, string> = {
  array: "a list",
  object: "a mapping",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** `a, b or c` */
const either = (names: readonly string[]) => names.join(", ").replace(/, ([^,]*)$/, " or $1");

/** The schema's own messages read "is wrong: write this" or "is wrong. Did you mean this?": what is wrong, and the mend. */
function split(text: string): { message: string; mend?: string } {
  const match = /^(.*?)(?:: |[.] )((?:write|give|list|Did you mean|Write) .*)$/s.exec(text);
  if (!match) return { message: text };
  const [, message = "", mend = ""] = match;
  return { message: `${message}.`, mend: mend.charAt(0).toUpperCase() + mend.slice(1) };
}

/** A name as it is allowed: in lower case, without the characters that people use elsewhere. */
function respelt(found: unknown, pattern: string | undefined): string | undefined {
  if (typeof found !== "string" || !pattern) return undefined;
  const text = found
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replaceAll(/[_ ]/g, "-")
    .replaceAll(/\.+/g, ".")
    .replaceAll(/^[-.]+|[-./]+$/g, "");
  // The schema's pattern as it writes it, between slashes.
  const [, source = "", flags] = /^\/(.*)\/(\w*)$/s.exec(pattern) ?? [];
  return text !== "" && text !== found && new RegExp(source, flags).test(text) ? text : undefined;
}

/** The path of the key that an unknown one at this path was probably meant to be. */
export function meantPath(path: Path): Path | undefined {
  const parent = path.slice(0, -1);
  const name = meant(String(path.at(-1)), keysAt(parent));
  return name === undefined ? undefined : [...parent, name];
}

/** A problem that the schema found, in words. */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): Finding[] {
  const path = issue.path.filter((step): step is string | number => typeof step !== "symbol");
  const found = valueAt(input, path);
  const shown = path.some((step) => secrets.has(step)) ? "this value" : show(found);
  const error = (message: string, mend: string, at: Path = path): Finding => ({ severity: "error", path: at, message, mend });
  const example = (fallback: string) => {
    const text = exampleAt(path);
    return text ? `Write for example ${text}` : fallback;
  };
  const expected = (what: string) => {
    // One value where a list of them is expected: the brackets are all that is missing.
    const isElement = what === types.array && (typeof found === "string" || typeof found === "number");
    const keys = what === types.object ? keysAt(path).slice(0, 3) : [];
    const otherwise = keys.length > 0 ? `Write a mapping, with keys such as ${either(keys)}.` : `Write ${what}.`;
    const mend = isElement ? `Write a list: ${path.at(-1)}: [${found}]` : example(otherwise);
    if (found === undefined) return error("is missing.", mend);
    if (found === null) return error("has no value.", `${mend.replace(/\.?$/, "")}, or remove it.`);
    return error(`found ${shown}, expected ${what}.`, mend);
  };
  /** A message of the schema's own. */
  const custom = () => {
    const { message, mend: said } = split(issue.message);
    const near = issue.code === "invalid_format" ? respelt(found, issue.pattern) : undefined;
    const mend = near ? `Did you mean ${near}?` : said;
    if (found === undefined) return error("is missing.", mend ?? example("Write it."));
    if (found === null) return error("has no value.", `${example("Give it one")}, or remove it.`);
    return error(/^(is|has|opens|names) /.test(message) ? `${shown} ${message}` : message, mend ?? example("Correct it."));
  };
  const hint = valueHint(path, found);
  if (hint) return [error(`${shown} can't be used.`, hint)];

  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const removed = removedKey([...path, key]);
        if (removed) return error("can't be used.", removed, [...path, key]);
        return error(path.length === 0 ? "is no section of a stack." : "is not a known key.", unknownNameMend(key, keysAt(path)), [
          ...path,
          key,
        ]);
      });
    case "invalid_type":
      return [issue.message.startsWith("Invalid input") ? expected(types[issue.expected] ?? issue.expected) : custom()];
    case "invalid_value": {
      if (!issue.message.startsWith("Invalid")) return [custom()];
      const choices = issue.values.map((value) => (typeof value === "string" ? value : show(value))).filter((value) => !refused.has(value));
      const finding = expected(either(choices));
      if (typeof found !== "string") return [finding];
      const nearest = meant(found, choices);
      return [{ ...finding, mend: nearest ? `Did you mean ${nearest}?` : `Write ${either(choices)}.` }];
    }
    case "invalid_union": {
      if (!issue.message.startsWith("Invalid")) return [custom()];
      // The branch that came furthest says most: for a list with a bad element, the element's own issue.
      const branches = issue.errors.map((branch) =>
        branch.flatMap((inner) => describeIssue({ ...inner, path: [...path, ...inner.path] }, input)),
      );
      const wrongTypes = issue.errors.map((branch) => branch.find((inner) => inner.code === "invalid_type" && inner.path.length === 0));
      const fitting = branches.filter((_, index) => wrongTypes[index] === undefined);
      if (fitting.length > 0) return fitting.reduce((best, branch) => (branch.length < best.length ? branch : best));
      const names = wrongTypes.flatMap((type) => (type?.code === "invalid_type" ? (types[type.expected] ?? type.expected) : []));
      return [expected(either([...new Set(names)]))];
    }
    case "too_small":
    case "too_big": {
      if (!issue.message.startsWith("Too")) return [custom()];
      const [bound, size] = issue.code === "too_small" ? ["at least", issue.minimum] : ["at most", issue.maximum];
      const unit = { array: size === 1 ? " entry" : " entries", string: size === 1 ? " character" : " characters" }[issue.origin as string];
      const what = `${bound} ${size}${unit ?? ""}`;
      const mend = issue.code === "too_small" && unit ? example(`Write ${what}.`) : `Write ${what}.`;
      return [error(`found ${shown}, expected ${what}.`, mend)];
    }
    default:
      return [custom()];
  }
}
