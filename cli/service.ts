import type { Command } from "commander";

export interface LintOptions {
  readonly kubernetes: string;
  readonly json?: boolean;
}

const details = `
FILE holds Services, among other objects; - is standard input. All files are judged together.
An error is what the API server refuses or what can't work, a warning what does nothing, is deprecated or is risky.

Exit codes: 0 no error, 1 an error, 2 a file can't be read.`;

/** `plumbline service lint`: judges Services before they are applied. */
export function register(program: Command): void {
  program
    .command("service")
    .description("judge services")
    .command("lint")
    .description("what the API server refuses of services, and what doesn't do as it was meant, each with its line and the mend")
    .argument("<FILE...>", "manifests, in YAML or JSON")
    .option("--kubernetes <VERSION>", "the version of the cluster", "1.34")
    .option("--json", "print for machines")
    .addHelpText("after", details)
    .action((files: string[], options: LintOptions) => {
      const { lint } = require("./service/lint") as typeof import("./service/lint");
      lint(files, options);
    });
}
