import type { Command } from "commander";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface PlanOptions extends StackOption {
  readonly json?: boolean;
  readonly node?: string;
}

/** `plumbline plan`: what the network will be, computed from the stack file alone. */
export function register(program: Command): void {
  const command = program
    .command("plan")
    .description("show the computed network: addresses, open ports and why, routes, MTU, capacity, order of the rollout")
    .option("-n, --node <name>", "one node only, with all its ports and routes");
  jsonOption(stackOption(command)).action((options: PlanOptions) => {
    const { plan } = require("./plan/plan") as typeof import("./plan/plan");
    plan(options);
  });
}
