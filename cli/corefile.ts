import type { Command } from "commander";
import { jsonOption } from "./stack";

export interface JsonOptions {
  readonly json?: boolean;
}

export interface LintCommandOptions extends JsonOptions {
  readonly coredns?: string;
  readonly kubernetes?: string;
  readonly resolvConf?: string;
}

export interface FmtOptions {
  readonly write?: boolean;
  readonly check?: boolean;
}

export interface MigrateOptions extends JsonOptions {
  readonly from: string;
  readonly to: string;
  readonly deprecations?: boolean;
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

  corefile
    .command("fmt")
    .argument("<file>", "a Corefile")
    .description("print it in one layout, comments kept")
    .option("--write", "write it back into the file")
    .option("--check", "only say whether it would change; exits 1 then")
    .action((file: string, options: FmtOptions) => {
      const { formatFile } = require("./corefile/fmt") as typeof import("./corefile/fmt");
      formatFile(file, options);
    });
  const diff = corefile
    .command("diff")
    .argument("<old>", "a Corefile, or a ConfigMap that has one")
    .argument("<new>", "the other")
    .description("show what changes for those who ask, whatever the order and the layout; exits 1 when there is a difference");
  jsonOption(diff).action((before: string, after: string, options: JsonOptions) => {
    const { diffFiles } = require("./corefile/diff") as typeof import("./corefile/diff");
    diffFiles(before, after, options);
  });
  const migrate = corefile
    .command("migrate")
    .argument("<file>", "a Corefile, or a ConfigMap that has one")
    .description("print the Corefile that means the same to another version of CoreDNS; what was changed goes to standard error")
    .requiredOption("--from <version>", "the CoreDNS it was written for")
    .requiredOption("--to <version>", "the CoreDNS that will read it, newer or older")
    .option("--deprecations", "replace what is only deprecated too");
  jsonOption(migrate).action((file: string, options: MigrateOptions) => {
    const { migrateFile } = require("./corefile/migrate") as typeof import("./corefile/migrate");
    migrateFile(file, options);
  });
}
