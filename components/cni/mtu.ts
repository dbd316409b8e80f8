import { checkMtu } from "../../core/mtu";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";

/** The MTU budget: whether all layers together leave room for pods' packets, and whether the nodes' LAN is what the plan counts on. */
export function mtu({ stack }: Context, parts: readonly Part[]): Part {
  const layers = parts.flatMap((part) => part.layers?.() ?? []);
  return {
    name: "cni/mtu",
    findings: () => checkMtu(stack, layers),
    host: ({ address: [address] }) =>
      address ? [{ kind: "require", what: "lan-mtu", address: String(address), bytes: stack.cluster.mtu } as const] : [],
  };
}
