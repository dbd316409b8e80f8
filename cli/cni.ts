import type { Command } from "commander";
import { lint } from "./cni/lint";

export function register(program: Command): void {
  const cni = program.command("cni").description("Configurations of the container network interface.");
  cni
    .command("lint")
    .description(
      "Judges CNI configurations as container runtimes and the plugins read them: .conf, .conflist and .json files, or a folder of them.",
    )
    .argument("<file...>", "files or folders; - is standard input")
    .option("--json", "for machines")
    .action((files: string[], options: { json?: boolean }) => lint(files, options));
}
