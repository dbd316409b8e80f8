import type { Command } from "commander";

export interface LintOptions {
  readonly kubernetes: string;
  readonly json?: boolean;
}

const details = `
FILE is a KubeProxyConfiguration, a ConfigMap that holds one (kubeadm's kube-proxy), or several documents; - is standard input.
An error is what kube-proxy refuses or ends with, a warning what it ignores or what is risky.

Exit codes: 0 no error, 1 an error, 2 a file can't be read.`;

/** `plumbline proxy lint`: judges the configuration of any cluster's kube-proxy. */
export function register(program: Command): void {
  program
    .command("proxy")
    .description("judge configurations of kube-proxy")
    .command("lint")
    .description("what a kube-proxy refuses, ignores or doesn't do as it was meant, each with its line and the mend")
    .argument("<FILE...>", "KubeProxyConfiguration or ConfigMap, in YAML or JSON")
    .option("--kubernetes <VERSION>", "the version of kube-proxy that will read it", "1.34")
    .option("--json", "print for machines")
    .addHelpText("after", details)
    .action((files: string[], options: LintOptions) => {
      const { lint } = require("./proxy/lint") as typeof import("./proxy/lint");
      lint(files, options);
    });
}
