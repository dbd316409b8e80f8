import colors from "picocolors";
import type { Difference } from "../../analysis/difference/change";
import { differences } from "../../analysis/difference/difference";
import type { DiffOptions } from "../diff";
import { count, print, printJson } from "../output";
import { openStack } from "../readStack";

export function diff(a: string, b: string, { json }: DiffOptions): void {
  const [before, after] = [openStack(a), openStack(b)];
  const found = differences(before.plan, after.plan);
  if (json) printJson({ differences: found });
  else
    print(
      found.length === 0 ? `${before.file} and ${after.file} mean the same network.` : `${found.map(show).join("\n")}\n\n${summary(found)}`,
    );
  if (found.length > 0) process.exitCode = 1;
}

const marks = { removed: "-", changed: "~", added: "+" };
const paint = { "in place": colors.green, rolling: colors.cyan, disruptive: colors.yellow, refuse: colors.red };

function show({ kind, what, before, after, class: verdict, effect, recipe }: Difference): string {
  const values = [before, after].filter((value) => value !== undefined).join(" -> ");
  return [
    `${marks[kind]} ${what}: ${values}  ${paint[verdict](`[${verdict}]`)}`,
    `    ${effect}`,
    ...(recipe ? [`    ${recipe}`] : []),
  ].join("\n");
}

function summary(found: readonly Difference[]): string {
  const classes = (["refuse", "disruptive", "rolling", "in place"] as const).flatMap((verdict) => {
    const number = found.filter((one) => one.class === verdict).length;
    return number > 0 ? [`${number} ${verdict}`] : [];
  });
  return `${count(found.length, "difference")}: ${classes.join(", ")}.`;
}
