import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { hostRoutes } from "../routes/hostRoutes";
import { bridge } from "./bridge";
import { mtu } from "./mtu";
import { vxlan, vxlanLayer } from "./vxlan";

/** The pod networks: each is the parts that it is made of. A new one is a folder or file beside this one, a line here, and its name in the schema of `cni`. */
const providers: Record<Stack["cni"]["provider"], (context: Context) => Part[]> = {
  bridge: (context) => [bridge(context), hostRoutes(context)],
  vxlan: (context) => [bridge(context, { layers: [vxlanLayer], towardsNodes: true }), vxlan(context)],
};

/** The parts of the stack's pod network. */
export function podNetwork(context: Context): Part[] {
  const parts = providers[context.stack.cni.provider](context);
  return [...parts, mtu(context, parts)];
}
