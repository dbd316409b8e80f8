import type { Flow } from "../../core/flow";
import type { HostItem } from "../../core/host";
import { hidesPods, type Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { checkedPeer } from "../../core/stack/peers";
import { nftTable } from "./nftables";

/** The flows that users allow beyond what the cluster needs. */
function allowed({ stack }: Context): Flow[] {
  return stack.firewall.allow.flatMap((rule) => {
    const [from, to] = [checkedPeer(rule.from, stack.nodes), checkedPeer(rule.to, stack.nodes)];
    const vrrp: Flow[] = rule.vrrp ? [{ part: "firewall", from, to, protocol: "vrrp", why: rule.why }] : [];
    const ports = (["tcp", "udp"] as const).flatMap((protocol): Flow[] => {
      if (rule[protocol].length === 0) return [];
      const flow: Flow = { part: "firewall", from, to, protocol, ports: rule[protocol], why: rule.why };
      // A port of a node may be a pod's hostPort, which is translated before it gets to the filter.
      return to.kind === "pods" ? [flow] : [flow, { ...flow, published: true }];
    });
    return [...ports, ...vrrp];
  });
}

/** What other nodes' pods open to a node itself comes with those nodes' addresses where the LAN doesn't carry pods'. */
function asArriving(flow: Flow): Flow[] {
  const isHidden = flow.from.kind === "pods" && (flow.to.kind === "nodes" || flow.to.kind === "node");
  return isHidden ? [flow, { ...flow, from: { kind: "nodes" }, why: `${flow.why}, from other nodes` }] : [flow];
}

/** The host firewall: computed from what all parts declared, and nothing else. */
export function firewall(context: Context, declared: readonly Part[]): Part {
  const own = allowed(context);
  const flows = [...declared.flatMap((part) => part.flows?.() ?? []), ...own];
  return {
    name: "firewall",
    flows: () => own,
    host: (node): HostItem[] => [
      {
        kind: "nftables",
        table: nftTable(
          context,
          node,
          hidesPods(declared, node) ? flows.flatMap(asArriving) : flows,
          declared.flatMap((part) => part.masquerade?.(node) ?? []),
          declared.flatMap((part) => part.translations?.(node) ?? []),
        ),
      },
    ],
  };
}
