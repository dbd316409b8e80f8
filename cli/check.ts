import type { Command } from "commander";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface CheckOptions extends StackOption {
  readonly json?: boolean;
}

/** `plumbline check`: everything that is wrong with a stack file, at once. */
export function register(program: Command): void {
  const command = program
    .command("check")
    .description("read and judge a stack file: all mistakes at once, each with its line and the mend; exits 1 when there is an error");
  jsonOption(stackOption(command)).action((options: CheckOptions) => {
    const { check } = require("./check/check") as typeof import("./check/check");
    check(options);
  });
}
