import type { Command } from "commander";
import { jsonOption } from "./stack";

export interface DiffOptions {
  readonly json?: boolean;
}

const details = `
Each change has its class: in place (nothing that runs is touched), rolling (node by node, what runs goes on), disruptive (pods or connections
break for a while), refuse (a running cluster can't take it; what can be done instead is said). Removals come first.
Compared are addresses, nodes, pod network, kube-proxy's mode, domain, MTU and who may reach whom.

Exit codes: 0 no difference, 1 differences, 2 a stack has mistakes.`;

/** `plumbline diff`: two stacks in meaning. */
export function register(program: Command): void {
  const command = program
    .command("diff")
    .argument("<a>", "the stack as it is: a name or a file, as --stack takes it")
    .argument("<b>", "the stack as it is to be")
    .description("say what a running cluster goes through from one stack to another")
    .addHelpText("after", details);
  jsonOption(command).action((a: string, b: string, options: DiffOptions) => {
    const { diff } = require("./diff/diff") as typeof import("./diff/diff");
    diff(a, b, options);
  });
}
