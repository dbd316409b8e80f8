import type { Command } from "commander";

const details = `
FILE is a .conflist (a list of plugins), a .conf or .json (one plugin), or a folder that is judged as the runtime reads it: the first file by name
counts. - is standard input. An error is what the runtime or a plugin refuses, a warning what is ignored or is risky.

Exit codes: 0 no error, 1 an error, 2 a file can't be read.`;

/** `plumbline cni lint`: judges CNI configurations as container runtimes and the plugins read them. */
export function register(program: Command): void {
  program
    .command("cni")
    .description("judge configurations of pods' networks (CNI)")
    .command("lint")
    .description("what container runtimes and plugins refuse or ignore in CNI configurations, each with its line and the mend")
    .argument("<FILE...>", "files or folders")
    .option("--json", "print for machines")
    .addHelpText("after", details)
    .action((files: string[], options: { json?: boolean }) => {
      const { lint } = require("./cni/lint") as typeof import("./cni/lint");
      lint(files, options);
    });
}
