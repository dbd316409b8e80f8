import { type Command, Option } from "commander";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface MigrateOptions extends StackOption {
  readonly to: "bridge" | "vxlan" | "flannel";
  readonly from?: "bridge" | "vxlan" | "flannel" | "weave" | "calico" | "cilium" | "kube-flannel";
  readonly json?: boolean;
}

/** `plumbline migrate`: how this very stack gets from one pod network to another. */
export function register(program: Command): void {
  const command = program
    .command("migrate")
    .description("print the steps of a change of the pod network for this stack; changes nothing itself")
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
    );
  jsonOption(stackOption(command)).action((options: MigrateOptions) => {
    const { migrate } = require("./migrate/migrate") as typeof import("./migrate/migrate");
    migrate(options);
  });
}
