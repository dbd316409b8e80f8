import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import { resolvePeer } from "../peers";
import type { Stack } from "../schema";

/** The ends of the rules that users allow, and of what a custom pod network declares. */
export function checkFirewall({ firewall, cni, nodes }: Stack, { intact }: Losses): Finding[] {
  const namesKnown = intact("nodes", "*", "name");
  const ends = (rule: { from: string; to: string }, rulePath: Path) =>
    (["from", "to"] as const).flatMap((side): Finding[] => {
      const path = [...rulePath, side];
      const peer = resolvePeer(rule[side], nodes);
      if ("problem" in peer) return peer.isName && !namesKnown ? [] : [{ severity: "error", path, message: peer.problem, mend: peer.mend }];
      if (side === "from" || (peer.kind !== "any" && peer.kind !== "cidrs")) return [];
      const message = `${rule.to} is not a part of this cluster.`;
      return [{ severity: "error", path, message, mend: "Write nodes, control-plane, workers, pods, or the name of a node." }];
    });
  const { flows } = cni.custom;
  return [
    ...firewall.allow.flatMap((rule, index) => ends(rule, ["firewall", "allow", index])),
    ...(cni.provider === "custom" ? flows.flatMap((flow, index) => ends(flow, ["cni", "custom", "flows", index])) : []),
  ];
}
