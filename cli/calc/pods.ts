import { podsPerNode } from "../../core/addresses";
import { addressBits } from "../../core/cidr";
import { UserError } from "../../core/finding";
import type { PodsOptions } from "../calc";
import { count, print, printJson } from "../output";
import { parseNumber, parseRange } from "./arguments";

/** No cluster has more nodes, no kubelet more pods. */
const most = 1_000_000;

/** @throws UserError when node ranges of the mask don't fit into the range, or have no address for a pod. */
export function calcPods(text: string, options: PodsOptions): void {
  const range = parseRange(text);
  const largest = addressBits[range.family] - 2;
  if (range.prefix > largest) throw new UserError(`${range} is too small for pods. Write a range of /${largest} or larger.`);
  const usual = Math.min(Math.max(range.family === 4 ? 24 : 64, range.prefix), largest);
  const mask = options.mask === undefined ? usual : parseNumber(options.mask, "--mask", range.prefix, largest);
  const maxPods = BigInt(parseNumber(options.maxPods, "--max-pods", 1, most));
  const used = options.nodes === undefined ? undefined : BigInt(parseNumber(options.nodes, "--nodes", 1, most));
  const nodes = range.count(mask);
  const addresses = podsPerNode(range.family, mask);
  const pods = addresses < maxPods ? addresses : maxPods;

  if (options.json)
    printJson({
      range,
      mask,
      nodes: Number(nodes),
      addressesPerNode: Number(addresses),
      maxPods: Number(maxPods),
      podsPerNode: Number(pods),
      pods: Number(nodes * pods),
      ...(used === undefined ? {} : { used: Number(used), fits: used <= nodes, fitsTwice: 2n * used <= nodes }),
    });
  else {
    const tooFew = addresses < maxPods ? ", so a kubelet starts pods that get no address" : "";
    print(`${range} cut into /${mask}: ${amount(nodes)} node range${nodes === 1n ? "" : "s"}.`);
    print(
      `Each has addresses for ${amount(addresses)} pod${addresses === 1n ? "" : "s"} (host-local keeps the network's own, the gateway's and the broadcast address); maxPods is ${maxPods}${tooFew}.`,
    );
    print(`${amount(nodes * pods)} pods in all.`);
    if (used !== undefined) print(forecast(used, nodes));
  }
}

function forecast(used: bigint, nodes: bigint): string {
  const words = count(Number(used), "node");
  if (used > nodes) return `${words}: ${used - nodes} too many.`;
  const share = Number((used * 1000n) / nodes) / 10;
  return `${words} ${used === 1n ? "uses" : "use"} ${share}% of the node ranges; twice as many ${2n * used <= nodes ? "fit" : "don't fit"}.`;
}

/** Large numbers are powers of two, or nearly. */
const amount = (number: bigint) => (number < 1_000_000_000n ? `${number}` : `about 2^${number.toString(2).length - 1}`);
