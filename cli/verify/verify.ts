import { lookup } from "node:dns/promises";
import type { Result } from "../../analysis/verify/check";
import { type OutsideClient, type VerifyOptions as VerifyPlanOptions, verifyPlan } from "../../analysis/verify/verify";
import { kubeconfigText } from "../../components/kubeconfig";
import { missingAccess, outsideAccess, sshAccess } from "../../components/node/access";
import { Address, AddressError } from "../../core/cidr";
import { UserError } from "../../core/finding";
import type { Plan } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { interruptible } from "../interruptible";
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
  const results = await interruptible("Interrupted; the probe pods are removed.", async (signal) => {
    const progress = showProgress();
    try {
      return await prove(plan, directory, kubeconfig, { signal, progress });
    } finally {
      progress.end();
    }
  });
  if (json) printJson({ checks: results });
  else print(showResults(results, all ?? false));
  if (results.some(({ status }) => status === "failed")) process.exitCode = 1;
}

/** Makes the checks, as the stack in this folder says how to reach its hosts. */
export async function prove(
  plan: Plan,
  directory: string,
  kubeconfig: string,
  options: Pick<VerifyPlanOptions, "signal" | "progress" | "only">,
): Promise<Result[]> {
  const client = await outsideClient(plan.stack, directory);
  return verifyPlan(plan, { ...options, kubeconfig, client, nodeAccess: accessToNodes(plan.stack, directory) });
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
