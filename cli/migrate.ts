import { type Command, Option } from "commander";
import { UserError } from "../core/finding";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface MigrateOptions extends StackOption {
  readonly to: "bridge" | "vxlan" | "flannel";
  readonly from?: "bridge" | "vxlan" | "flannel" | "weave" | "calico" | "cilium" | "kube-flannel";
  readonly json?: boolean;
  readonly run?: boolean;
  readonly apply?: string;
  readonly yes?: boolean;
}

const details = `
--run makes the change: it writes the stack file, applies it, and takes the nodes one after the other: cordoned, drained, switched, proven with packets,
uncordoned. It stops at the first failure; the node is cordoned then, and no further one is changed. Run again it goes on where it stopped: what is done it
reads from the cluster and the hosts. Run it on a machine that isn't one of the nodes: they restart.

Exit codes: 0 fine, 1 not confirmed, 2 it could not begin, or stopped.`;

/** `plumbline migrate`: how this very stack gets from one pod network to another. */
export function register(program: Command): void {
  const command = program
    .command("migrate")
    .description("print the steps of a change of the pod network for this stack, or make it (--run)")
    .addOption(new Option("--to <provider>", "the pod network to change to").choices(["bridge", "vxlan", "flannel"]).makeOptionMandatory())
    .addOption(
      new Option("--from <provider>", "the one that the cluster has now (default: the stack's)").choices([
        "bridge",
        "vxlan",
        "flannel",
        "weave",
        "calico",
        "cilium",
        "kube-flannel",
      ]),
    )
    .option("--run", "make the change, or go on with one that stopped; asks first")
    .option("--apply <command>", "with --run: what applies the stack (default: `pulumi up --yes --stack NAME`)")
    .option("--yes", "with --run: begin without being asked")
    .addHelpText("after", details);
  jsonOption(stackOption(command)).action(async (options: MigrateOptions) => {
    if (options.run) {
      if (options.json) throw new UserError("--run shows its progress to people; leave --json out. The steps as JSON: without --run.");
      const { runMigration } = require("./migrate/run/run") as typeof import("./migrate/run/run");
      return runMigration(options);
    }
    if (options.apply !== undefined || options.yes)
      throw new UserError("--apply and --yes belong to --run: without it nothing is changed.");
    const { migrate } = require("./migrate/migrate") as typeof import("./migrate/migrate");
    migrate(options);
  });
}
