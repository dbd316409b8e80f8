import type { Command } from "commander";
import { jsonOption } from "./stack";

export interface LintCommandOptions {
  readonly coredns?: string;
  readonly kubernetes?: string;
  readonly resolvConf?: string;
  readonly json?: boolean;
}

/** `plumbline corefile`: CoreDNS's configuration, judged, laid out, compared and migrated. */
export function register(program: Command): void {
  const corefile = program.command("corefile").description("work on a Corefile, or a ConfigMap that has one; - is standard input");
  const lint = corefile
    .command("lint")
    .argument("<file>", "a Corefile, or Kubernetes manifests with a ConfigMap")
    .description("find what CoreDNS would refuse, ignore or do wrong; exits 1 when there is an error")
    .option("--coredns <version>", "the CoreDNS that will read it (default: 1.14.7)")
    .option("--kubernetes <version>", "the Kubernetes whose kubeadm installs CoreDNS, when its version isn't named")
    .option("--resolv-conf <file>", "the resolv.conf that CoreDNS will see: the kubelet's resolvConf on the node");
  jsonOption(lint).action((file: string, options: LintCommandOptions) => {
    const { lintFile } = require("./corefile/lint") as typeof import("./corefile/lint");
    lintFile(file, options);
  });
}
