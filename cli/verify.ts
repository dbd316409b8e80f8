import type { Command } from "commander";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface VerifyOptions extends StackOption {
  readonly json?: boolean;
  readonly all?: boolean;
}

const details = `
Probe pods run on the nodes for the time of the proof, in a namespace of their own. The stack's verify.outside is the client outside of the
cluster; without one, what needs it is skipped. Nothing is tried twice.

Exit codes: 0 every check passed or was skipped with its reason, 1 a check failed, 2 the checks could not run.`;

/** `plumbline verify`: proves with packets that the network does what the plan says. */
export function register(program: Command): void {
  const command = program
    .command("verify")
    .description("prove with real packets, from real pods and from outside, that what the plan says holds")
    .option("--all", "a row for every check, instead of one for every thing that was proven")
    .addHelpText("after", details);
  jsonOption(stackOption(command)).action(async (options: VerifyOptions) => {
    const { verify } = require("./verify/verify") as typeof import("./verify/verify");
    await verify(options);
  });
}
