import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import colors from "picocolors";
import { UserError } from "../core/finding";
import { projectRoot } from "../setup/paths";
import * as adopt from "./adopt";
import * as calc from "./calc";
import * as check from "./check";
import * as cni from "./cni";
import * as corefile from "./corefile";
import * as diff from "./diff";
import * as doctor from "./doctor";
import * as ingress from "./ingress";
import * as lab from "./lab";
import * as migrate from "./migrate";
import * as plan from "./plan";
import * as proxy from "./proxy";
import * as render from "./render";
import * as service from "./service";
import * as verify from "./verify";

const exitCodes = `
Exit codes: 0 fine, 1 found something (mistakes, differences, failed checks), 2 could not run.
A command without --stack means the stack lab.`;

function makeProgram(): Command {
  const program = new Command("plumbline")
    .description("Provisions the network of a Kubernetes cluster: checks, explains and proves what `pulumi up` applies.")
    .version((JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as { version: string }).version)
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError("(run with --help for the options)")
    .addHelpText("after", exitCodes);
  for (const command of [lab, check, plan, render, diff, adopt, doctor, verify, migrate, cni, corefile, proxy, service, ingress, calc])
    command.register(program);
  return program;
}

/**
 * Runs one command and sets `process.exitCode`: a command that found something sets it to 1 itself, one that throws ends with 2.
 * @param argv the words after `plumbline`.
 */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await makeProgram().parseAsync(argv, { from: "user" });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  // commander has printed it: help and version end with 0, mistakes in the words with another code.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const text =
    error instanceof UserError ? error.message : `This is a mistake in Plumbline; please report it.\n${(error as Error).stack ?? error}`;
  process.stderr.write(`${colors.red(text)}\n`);
  return 2;
}
