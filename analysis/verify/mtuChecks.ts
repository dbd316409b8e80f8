import type { Family } from "../../core/cidr";
import { mtuBudget } from "../../core/mtu";
import type { Plan } from "../../core/plan";
import { failed, type PacketCheck, type Probe, passed } from "./check";
import { said } from "./failure";
import { onNode } from "./podChecks";

/** Bytes of the IP and ICMP headers before what `ping -s` counts. */
const headers = { 4: 28, 6: 48 } as const;

/**
 * Packets that may not be fragmented, from a pod to pods on other nodes: one of exactly the MTU arrives, one of a byte more isn't even sent. They are sent
 * by the node's ping inside the pod's network namespace, since no probe image has a ping that forbids fragments.
 */
export function fullSizePackets(plan: Plan, from: Probe, peers: readonly Probe[], family: Family): PacketCheck {
  const mtu = mtuBudget(plan.stack, plan.layers).pods;
  const sizes = [mtu, mtu + 1].map((bytes) => bytes - headers[family]);
  return {
    kind: "packet",
    name: "unfragmented packets",
    from: onNode(from),
    to: `pods on ${peers.map(({ node }) => node).join(", ")}`,
    expected: `${mtu} bytes arrive, ${mtu + 1} don't`,
    at: { host: from.node },
    needs: "pods",
    command: (facts) => {
      const targets = peers.map((peer) => facts.podAddress(peer, family)).join(" ");
      return `${asRoot(plan, from)}sh -c '
for ns in /run/netns/*; do
  nsenter --net="$ns" ip -o address show 2>/dev/null | grep -qF " ${facts.podAddress(from, family)}/" || continue
  for to in ${targets}; do for size in ${sizes.join(" ")}; do
    nsenter --net="$ns" ping -n -q -c 2 -i 0.2 -w 3 -M do -s "$size" "$to" >/dev/null 2>&1
    echo "$to $size $?"
  done; done
done'`;
    },
    judge: (outcome, facts) => {
      const lines = outcome.stdout.trim().split("\n").filter(Boolean);
      if (outcome.code !== 0) return failed(`${from.node}: ${said(outcome)}`);
      if (lines.length === 0) return failed(`${from.node}: no network namespace in /run/netns has the pod's address`);
      const arrived = (to: string, size: number | undefined) => lines.includes(`${to} ${size} 0`);
      const targets = peers.map((peer) => ({ node: peer.node, address: facts.podAddress(peer, family) }));
      const lost = targets.filter(({ address }) => !arrived(address, sizes[0]));
      if (lost.length > 0) {
        const whom = lost.map(({ node, address }) => `${address} on ${node}`).join(", ");
        return failed(
          `${mtu} bytes don't arrive at ${whom}: something on the way between the nodes carries less than cluster.mtu ${plan.stack.cluster.mtu}`,
        );
      }
      const larger = targets.filter(({ address }) => arrived(address, sizes[1]));
      if (larger.length > 0)
        return failed(`the pod's interface takes more than ${mtu} bytes: it isn't the plan's; see its CNI configuration`);
      return passed(`${mtu} bytes, don't fragment`);
    },
  };
}

function asRoot({ stack, nodes }: Plan, { node }: Probe): string {
  const user = nodes.find(({ name }) => name === node)?.ssh.user ?? stack.ssh.user;
  return user === "root" ? "" : "sudo -n ";
}
