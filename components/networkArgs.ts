import * as pulumi from "@pulumi/pulumi";
import { StackError } from "../core/finding";
import { type Plan, requirePlan } from "../core/plan";
import { parseStack, requireStack } from "../core/stack/parse";
import type { StackInput } from "../core/stack/schema";
import { withTexts } from "../core/stack/texts";
import { judgeOn, planNetwork } from "./plan";

type NodeInput = StackInput["nodes"][number];

/** A node as a program gives it: its addresses and host key may be outputs of a VM that is yet to be made. */
export interface NodeArgs extends Omit<NodeInput, "address" | "ssh"> {
  readonly address: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly ssh?: Omit<NonNullable<NodeInput["ssh"]>, "host" | "hostKey"> & {
    readonly host?: pulumi.Input<string>;
    readonly hostKey?: pulumi.Input<string>;
  };
}

/** The sections of the stack file (see docs/stack.schema.json), where nodes' addresses, the SSH key and the kubeconfig may be outputs. */
export interface ClusterNetworkArgs extends Omit<StackInput, "nodes"> {
  readonly nodes: readonly NodeArgs[];
  /** The SSH private key's text, instead of `ssh.privateKeyFile`. Kept as a secret. */
  readonly privateKey?: pulumi.Input<string>;
  /** The kubeconfig's text, instead of `cluster.kubeconfig`. Kept as a secret. */
  readonly kubeconfig?: pulumi.Input<string>;
  /** The folder that relative paths of the stack start from. Default: the current one. */
  readonly baseDirectory?: string;
  /** For messages: the stack file that the arguments come from. */
  readonly file?: string;
}

export interface ArgsPlan {
  /** Decides which resources there are. */
  readonly plan: Plan;
  /** Text that is computed from the plan with the real addresses: at once, or when all of them are known. */
  readonly text: (render: (plan: Plan) => string) => pulumi.Input<string>;
}

/**
 * The plan of the arguments. Addresses that are still outputs get stand-ins from 198.18.0.0/15 (RFC 2544): no resource's existence depends on them.
 * @throws StackError with every mistake.
 */
export function planArgs(args: ClusterNetworkArgs): ArgsPlan {
  const { privateKey, kubeconfig, baseDirectory = ".", file, ...given } = args;
  const sections = withTexts(given, baseDirectory) as typeof given;
  const input = {
    ...sections,
    // Secrets don't take part in the plan; that there is one does.
    ssh: { ...sections.ssh, ...(privateKey === undefined ? {} : { privateKey: "given as an argument" }) },
    cluster: { ...sections.cluster, ...(kubeconfig === undefined ? {} : { kubeconfigSecret: "given as an argument" }) },
  };
  const judge = (sections: unknown) => parseStack(sections, undefined, judgeOn(new Date()));
  // Arguments that come from a configuration may be of any form; the parser says what is wrong with them.
  if (!Array.isArray(args.nodes)) throw new StackError(judge(input).findings, file);
  const planWith = (addresses: readonly (readonly unknown[])[]) =>
    requirePlan(
      planNetwork(requireStack(judge({ ...input, nodes: args.nodes.map((node, index) => plainNode(node, addresses[index] ?? [])) }), file)),
      file,
    );
  const addresses = args.nodes.map(addressesOf);
  const isKnown = (all: readonly unknown[]) => !all.some((address) => pulumi.Output.isInstance(address) || address instanceof Promise);
  if (addresses.every(isKnown)) {
    const plan = planWith(addresses);
    return { plan, text: (render) => render(plan) };
  }
  requirePins(args.nodes.filter((_node, index) => !isKnown(addresses[index] ?? [])).map((node) => [node, args.nodes.indexOf(node)]));
  const standIn = (index: number) => `198.18.${index >> 8}.${index & 255}`;
  const whole = pulumi.output(addresses);
  let real: Plan | undefined;
  return {
    plan: planWith(addresses.map((all, index) => all.map((address) => (isKnown([address]) ? address : standIn(index))))),
    text: (render) =>
      whole.apply((resolved) => {
        real ??= planWith(resolved);
        return render(real);
      }),
  };
}

function addressesOf({ address }: NodeArgs): pulumi.Input<string>[] {
  return isList(address) ? [...address] : [address];
}

/** Array.isArray doesn't narrow readonly arrays. */
function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** The node for the parser: how SSH gets there is no part of the plan where it's an output. */
function plainNode(node: NodeArgs, addresses: readonly unknown[]): unknown {
  const ssh = Object.entries(node.ssh ?? {}).filter(
    ([, value]) => !pulumi.Output.isInstance(value) && !((value as unknown) instanceof Promise),
  );
  return { ...node, address: addresses.length === 1 ? addresses[0] : addresses, ...(node.ssh ? { ssh: Object.fromEntries(ssh) } : {}) };
}

function requirePins(nodes: readonly (readonly [NodeArgs, number])[]): void {
  const unpinned = nodes.filter(([node]) => (node.podCIDRs?.length ?? 0) === 0);
  if (unpinned.length === 0) return;
  throw new StackError(
    unpinned.map(([, index]) => ({
      severity: "error",
      path: ["nodes", index, "podCIDRs"],
      message: "is missing, and the node's address, from which it would be computed, isn't known before the VM exists.",
      mend: "Pin the node's pod ranges.",
    })),
  );
}
