import { lookup } from "node:dns/promises";
import type { Result } from "../../analysis/verify/check";
import { type OutsideClient, verifyPlan } from "../../analysis/verify/verify";
import { kubeconfigText } from "../../components/kubeconfig";
import { missingAccess, outsideAccess, sshAccess } from "../../components/node/access";
import { Address, AddressError } from "../../core/cidr";
import { UserError } from "../../core/finding";
import type { Stack } from "../../core/stack/schema";
import { print, printJson } from "../output";
import { openStack } from "../readStack";
import type { VerifyOptions } from "../verify";
import { showProgress } from "./progress";
import { showResults } from "./text";

export async function verify({ stack: name, json, all }: VerifyOptions): Promise<void> {
  const { plan, directory } = openStack(name);
  const kubeconfig = kubeconfigText(plan.stack, directory);
  if (kubeconfig === undefined) {
    throw new UserError(
      "The stack names no cluster.kubeconfig: packets are sent from pods, and pods are started through the cluster's API.",
    );
  }
  const client = await outsideClient(plan.stack, directory);
  const nodeAccess = accessToNodes(plan.stack, directory);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new UserError("Interrupted; the probe pods are removed."));
  // A second Ctrl-C ends the process at once; the next run removes what it leaves.
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const progress = showProgress();
  let results: Result[];
  try {
    results = await verifyPlan(plan, { kubeconfig, client, nodeAccess, signal: stop.signal, progress });
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    progress.end();
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
  }
  if (json) printJson({ checks: results });
  else print(showResults(results, all ?? false));
  if (results.some(({ status }) => status === "failed")) process.exitCode = 1;
}

function accessToNodes(stack: Stack, baseDirectory: string) {
  return (name: string) => {
    const node = stack.nodes.find((one) => one.name === name);
    if (!node) throw new Error(`the stack has no node ${name}`);
    const access = sshAccess(stack, node, { baseDirectory });
    return { access, missing: missingAccess(access, stack) };
  };
}

/** The host of `verify.outside`, with its address as the nodes see it. */
async function outsideClient(stack: Stack, directory: string): Promise<OutsideClient | undefined> {
  const { outside } = stack.verify;
  const access = outsideAccess(stack, { baseDirectory: directory });
  if (!outside || !access) return undefined;
  return { name: outside.name, address: await addressOf(outside.address), access };
}

async function addressOf(host: string): Promise<Address> {
  try {
    return Address.parse(host);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
  }
  try {
    const { address } = await lookup(host);
    return Address.parse(address);
  } catch (error) {
    throw new UserError(
      `verify.outside.address: ${host} is neither an address nor a name that resolves here (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}
