import type { z } from "zod";
import type { Path } from "../../../core/finding";
import { meant } from "../../../core/stack/hints";
import { either, type Say, show } from "./say";

/** The schema's types in JSON's words. */
const types: Record<string, string> = {
  array: "a list",
  object: "an object",
  record: "an object",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** Says what a schema found: the plugin refuses all of it, since Go converts nothing. */
export function sayIssue(issue: z.core.$ZodIssue, value: unknown, say: Say): void {
  const path = pathOf(issue);
  say("error", path, ...describe(issue, valueAt(value, path), path));
}

/** The message and the mend. */
function describe(issue: z.core.$ZodIssue, found: unknown, path: Path): [string, string] {
  switch (issue.code) {
    case "invalid_type": {
      if (!issue.message.startsWith("Invalid input")) return split(issue.message);
      if (found === undefined) return ["is missing.", `Write ${types[issue.expected] ?? issue.expected}.`];
      return [`found ${show(found)}, expected ${types[issue.expected] ?? issue.expected}.`, mendOf(found, issue.expected, path)];
    }
    case "invalid_value": {
      const choices = issue.values.filter((choice) => choice !== "");
      if (typeof found !== "string") return [`found ${show(found)}, expected a text.`, `Write ${either(choices.map(show))}.`];
      const nearest = meant(found, choices.map(String));
      return [
        `found ${show(found)}, which the plugin doesn't know.`,
        nearest ? `Did you mean ${show(nearest)}?` : `Write ${either(choices.map(show))}.`,
      ];
    }
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      return [`found ${show(found)}, expected ${bound}.`, `Write ${bound}.`];
    }
    case "custom":
      return [`${show(found)} ${issue.message}`, typeof issue.params?.mend === "string" ? issue.params.mend : "Correct it."];
    default:
      return [`found ${show(found)}, which the plugin doesn't take.`, "Correct it."];
  }
}

export const pathOf = (issue: z.core.$ZodIssue): Path => issue.path.filter((step) => typeof step !== "symbol");

/** A message of a schema's own: what is wrong, and the mend after "Write". */
function split(text: string): [string, string] {
  const at = text.indexOf(" Write ");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** What to write for a value of the wrong type. */
function mendOf(found: unknown, expected: string, path: Path): string {
  const key = [...path].reverse().find((step) => typeof step === "string");
  const own = typeof path.at(-1) === "string" ? `${JSON.stringify(key)}: ` : "";
  if (typeof found === "string") {
    const text = found.trim();
    if ((expected === "number" || expected === "int") && /^-?\d+(\.0+)?$/.test(text))
      return `Go converts no texts: write ${own}${Number(text)} without quotes.`;
    if (expected === "boolean" && /^(true|yes|on|1)$/i.test(text)) return `Go converts no texts: write ${own}true without quotes.`;
    if (expected === "boolean" && /^(false|no|off|0)$/i.test(text)) return `Go converts no texts: write ${own}false without quotes.`;
    if (expected === "array") return `Write a list: ${own}[${show(found)}].`;
  }
  if (typeof found === "number" && expected === "boolean" && (found === 0 || found === 1)) return `Write ${own}${found === 1}.`;
  if (expected === "string" && (typeof found === "number" || typeof found === "boolean")) return `Write it in quotes: ${own}"${found}".`;
  if (expected === "array" && typeof found === "object" && found !== null) return `Write it in brackets: ${own}[{…}].`;
  return `Write ${types[expected] ?? expected}.`;
}

export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined),
    root,
  );
}

/** A copy of a value without what is at these paths; elements of lists leave a hole, so that the others keep their numbers. */
export function without(value: unknown, paths: readonly Path[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  const inner = (step: string | number) => paths.filter(([first]) => first === step).map((path) => path.slice(1));
  if (Array.isArray(value)) return value.map((item, index) => without(item, inner(index)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, without(item, inner(key))] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}
