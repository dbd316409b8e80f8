import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { distance } from "fastest-levenshtein";
import { UserError } from "../core/finding";

export interface StackOption {
  /** A name or a file. */
  readonly stack: string;
}

/** Adds `--stack` to a command. */
export function stackOption(command: Command): Command {
  return command.option(
    "-s, --stack <name|file>",
    "the stack: NAME is stacks/Pulumi.NAME.yaml in this folder or one above; anything with a slash or an ending is a file",
    "lab",
  );
}

/** Adds `--json` to a command. */
export function jsonOption(command: Command): Command {
  return command.option("--json", "print for machines");
}

const folder = "stacks";
const pattern = /^Pulumi\.(.+)\.ya?ml$/;

/**
 * The stack file that `--stack` names, relative to the current directory where it is below it.
 * @throws UserError with the stacks that there are.
 */
export function findStackFile(stack: string, directory = process.cwd()): string {
  if (/[/\\]|\.ya?ml$/.test(stack)) return stack;
  for (let parent = directory; ; parent = path.dirname(parent)) {
    const stacks = path.join(parent, folder);
    for (const ending of ["yaml", "yml"]) {
      const file = path.join(stacks, `Pulumi.${stack}.${ending}`);
      if (existsSync(file)) return path.relative(directory, file);
    }
    if (existsSync(stacks)) throw new UserError(unknownStack(stack, stacks, directory));
    if (parent === path.dirname(parent)) break;
  }
  throw new UserError(
    `There is no stack ${stack}: neither ${directory} nor a folder above it has a folder ${folder}.\n  Run this in the project's folder, or name a file: --stack ./Pulumi.${stack}.yaml`,
  );
}

/** The file that a stack of this name has or would have: in the nearest folder `stacks`, else in one made here. */
export function newStackFile(stack: string, directory = process.cwd()): string {
  if (/[/\\]|\.ya?ml$/.test(stack)) return stack;
  for (let parent = directory; parent !== path.dirname(parent); parent = path.dirname(parent))
    if (existsSync(path.join(parent, folder))) return path.relative(directory, path.join(parent, folder, `Pulumi.${stack}.yaml`));
  return path.join(folder, `Pulumi.${stack}.yaml`);
}

function unknownStack(stack: string, stacks: string, directory: string): string {
  const names = readdirSync(stacks)
    .flatMap((file) => pattern.exec(file)?.[1] ?? [])
    .sort((a, b) => distance(stack, a) - distance(stack, b) || a.localeCompare(b));
  const [nearest = ""] = names;
  const mend =
    names.length === 0
      ? `Write ${folder}/Pulumi.${stack}.yaml.`
      : distance(stack, nearest) <= 2
        ? `Did you mean ${nearest}?`
        : `There are: ${[...names].sort().join(", ")}.`;
  return `There is no stack ${stack} in ${path.relative(directory, stacks) || stacks}. ${mend}`;
}
