import type { Command } from "commander";
import { jsonOption } from "./stack";

export interface WeaveOptions {
  readonly peers?: string;
  readonly equal?: boolean;
  readonly json?: boolean;
}

export interface PodsOptions {
  readonly mask?: string;
  readonly maxPods: string;
  readonly nodes?: string;
  readonly json?: boolean;
}

/** `plumbline calc`: address arithmetic without a stack. */
export function register(program: Command): void {
  const calc = program.command("calc").description("calculate address plans, without a stack");
  const pods = calc
    .command("pods")
    .argument("<RANGE>", "the cluster's pod range, for example 10.244.0.0/16")
    .description("how many nodes and pods a pod range is for")
    .option("--mask <BITS>", "prefix length of each node's range (default: 24 for IPv4, 64 for IPv6)")
    .option("--max-pods <NUMBER>", "the kubelets' maxPods", "110")
    .option("--nodes <NUMBER>", "how many nodes there are, for a forecast");
  jsonOption(pods).action((range: string, options: PodsOptions) => {
    const { calcPods } = require("./calc/pods") as typeof import("./calc/pods");
    calcPods(range, options);
  });
  const weave = calc
    .command("weave")
    .argument("[RANGE]", "weave's --ipalloc-range", "10.32.0.0/12")
    .argument("[PEER...]", "names of the peers, in any order: 00:00:00:00:00:01, ::1 or a word")
    .description("how Weave Net divides its range among the peers that it starts with")
    .option("--peers <NUMBER>", "how many peers there are, instead of their names")
    .option("--equal", "as weave's first releases, and the example in its documentation: equal shares instead of CIDRs");
  jsonOption(weave).action((range: string, peers: string[], options: WeaveOptions) => {
    const { calcWeave } = require("./calc/weave") as typeof import("./calc/weave");
    calcWeave(range, peers, options);
  });
}
