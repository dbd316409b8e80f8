import type { Command } from "commander";
import { UserError } from "../core/finding";
import { jsonOption, newStackFile, type StackOption, stackOption } from "./stack";

export interface AdoptOptions extends StackOption {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly kubeconfig?: string;
  readonly from?: string;
  readonly out?: string;
}

const details = `
What the cluster decides and Plumbline can't change is written over what the stack says: Kubernetes version, pod and service
ranges, domain, NodePort range, the nodes with their addresses, roles and pod ranges. What Plumbline itself sets (kube-proxy's
mode, what was added to CoreDNS's Corefile) is written only where the stack says nothing; what \`pulumi up\` would change is listed.

Host keys are taken on first use: compare the fingerprints. A key that known_hosts or the stack has already must be the one that
the host offers. New ones go into the file of ssh.knownHosts when the stack names it by a relative path, else into the stack.

Exit codes: 0 the stack agrees with the cluster (now), 1 it doesn't, or something couldn't be read.`;

/** `plumbline adopt`: what a live cluster and its hosts have, written into the stack file. */
export function register(program: Command): void {
  const command = program
    .command("adopt")
    .description("read a live cluster and its hosts; write ranges, nodes, pins and host keys into the stack file, showing them first")
    .option("-y, --yes", "write without asking")
    .option("--dry-run", "show only")
    .option("--kubeconfig <file>", "instead of the stack's cluster.kubeconfig")
    .option("--from <file|dir>", "write a new stack from what another tool is told: kubeadm, kubespray, k0sctl, KubeOne or RKE")
    .option("--out <file>", "with --from: the stack file to write. Default: that of --stack when given, else standard output")
    .addHelpText("after", details);
  jsonOption(stackOption(command)).action(async (options: AdoptOptions) => {
    if (options.from !== undefined) {
      const { adoptFrom } = require("./adopt/from/from") as typeof import("./adopt/from/from");
      const isNamed = command.getOptionValueSource("stack") === "cli";
      const out = options.out ?? (isNamed ? newStackFile(options.stack) : undefined);
      return adoptFrom({ ...options, from: options.from, ...(out === undefined ? {} : { out }) });
    }
    if (options.out !== undefined)
      throw new UserError("--out needs --from: it names the stack file that is made from another tool's files.");
    const { adopt } = require("./adopt/adopt") as typeof import("./adopt/adopt");
    await adopt(options);
  });
}
