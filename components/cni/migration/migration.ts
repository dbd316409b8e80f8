import { UserError } from "../../../core/finding";
import { mtuBudget } from "../../../core/mtu";
import { type Plan, requirePlan } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";
import { planNetwork } from "../../plan";
import type { TransitProvider } from "../providers";
import { betweenTransits } from "./betweenTransits";
import { fromForeign } from "./fromForeign";
import { type Foreign, isForeign } from "./leftovers";
import type { Migration, StackCommands } from "./recipe";

/**
 * The steps of a change of the pod network.
 * @throws UserError when there is no such change, StackError when the stack doesn't suit the other network.
 */
export function planMigration(
  stack: Stack,
  from: Stack["cni"]["provider"] | Foreign,
  to: TransitProvider,
  commands: StackCommands,
): Migration {
  if (from === "custom")
    throw new UserError(
      'What your own pod network leaves on hosts isn\'t known here. Name the one that the cluster has now, if it is one of these: --from weave, calico, cilium or kube-flannel. Else see docs/cni.md, "Away from a custom network".',
    );
  if (from === to)
    throw new UserError(
      `${to} is the pod network already. Name the one to change to (--to), or the one that the cluster has now (--from).`,
    );
  if (from === "kube-flannel" && to === "flannel")
    throw new UserError(
      "Plumbline's flannel has the same objects as flannel's own manifest, so the two can't be there at once. Change to vxlan or bridge, then: plumbline migrate --from vxlan --to flannel.",
    );
  const onOurs = (provider: TransitProvider) =>
    requirePlan(planNetwork({ ...stack, cni: { ...stack.cni, provider, alongside: undefined } }));
  const target = onOurs(to);
  const after = podMtu(target);
  if (isForeign(from)) return { from, to, mtu: { after }, ...fromForeign(target, from, to, commands) };
  return { from, to, mtu: { before: podMtu(onOurs(from)), after }, ...betweenTransits(from, to, commands) };
}

const podMtu = ({ stack, layers }: Plan) => mtuBudget(stack, layers).pods;
