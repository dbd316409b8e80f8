import type { Finding } from "../../finding";
import type { Losses } from "../losses";
import { resolvePeer } from "../peers";
import type { Stack } from "../schema";

/** The ends of the rules that users allow. */
export function checkFirewall({ firewall, nodes }: Stack, { intact }: Losses): Finding[] {
  const namesKnown = intact("nodes", "*", "name");
  return firewall.allow.flatMap((rule, index) =>
    (["from", "to"] as const).flatMap((side): Finding[] => {
      const path = ["firewall", "allow", index, side];
      const peer = resolvePeer(rule[side], nodes);
      if ("problem" in peer) return peer.isName && !namesKnown ? [] : [{ severity: "error", path, message: peer.problem, mend: peer.mend }];
      if (side === "from" || (peer.kind !== "any" && peer.kind !== "cidrs")) return [];
      const message = `${rule.to} is not a part of this cluster.`;
      return [{ severity: "error", path, message, mend: "Write nodes, control-plane, workers, pods, or the name of a node." }];
    }),
  );
}
