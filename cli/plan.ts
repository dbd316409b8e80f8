import type { Command } from "commander";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface PlanOptions extends StackOption {
  readonly json?: boolean;
  readonly node?: string;
  readonly cluster?: boolean;
}

/** `plumbline plan`: what the network will be, computed from the stack file alone; what that changes only the cluster knows. */
export function register(program: Command): void {
  const command = program
    .command("plan")
    .description("show the computed network: addresses, open ports and why, routes, MTU, capacity, order of the rollout")
    .option("-n, --node <name>", "one node only, with all its ports and routes")
    .option(
      "--cluster",
      "ask the cluster which pod network it has, and show what a change of it means: steps, pods that restart, time without connectivity, the way back",
    );
  jsonOption(stackOption(command)).action(async (options: PlanOptions) => {
    const { plan } = require("./plan/plan") as typeof import("./plan/plan");
    await plan(options);
  });
}
