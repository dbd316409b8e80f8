import type { Outcome } from "../../components/node/dial";
import type { Address } from "../../core/cidr";
import { showPeer } from "../../core/flow";
import { hidesPods, type PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { failed, type PacketCheck, type Probe, passed, type Verdict } from "./check";
import { explain, failureOf, said, shortPatience } from "./failure";
import { addressesFor, type Client, curlConnectCommand, curlConnected } from "./outsideChecks";
import { connectCommand, onNode, socket } from "./podChecks";
import { admits, type Door, doors } from "./reach";

/** How somebody tries a door. */
interface Visitor extends Pick<PacketCheck, "at" | "needs" | "from"> {
  /** As the node sees it. */
  readonly address: Address;
  readonly connect: (target: string) => string;
  readonly connected: (outcome: Outcome) => boolean;
}

/** The doors of a node, tried from outside: who may come in says the plan. */
export function doorsFromOutside(plan: Plan, client: Client, node: PlannedNode): PacketCheck[] {
  const visitor: Visitor = {
    from: client.name,
    at: "outside",
    needs: "nothing",
    address: client.address,
    connect: curlConnectCommand,
    connected: curlConnected,
  };
  return addressesFor(client, node).flatMap((address) => doors(plan, node).map((door) => doorCheck(plan, visitor, node, address, door)));
}

/** The same from a pod, but for the API server: that has to answer pods, and has a check of its own. */
export function doorsFromPod(plan: Plan, probe: Probe, node: PlannedNode): PacketCheck[] {
  const home = plan.nodes.find(({ name }) => name === probe.node);
  // Which of the range the pod gets makes no difference: flows speak of all pods.
  const address = home && hidesPods(plan.parts, home) ? home.address[0] : home?.podCIDRs[0]?.at(2);
  if (!address) return [];
  const visitor: Visitor = {
    from: onNode(probe),
    at: probe,
    needs: "pods",
    address,
    connect: (target) => connectCommand(target, shortPatience),
    connected: ({ code }) => code === 0,
  };
  return node.address
    .filter(({ family }) => family === address.family)
    .flatMap((target) =>
      doors(plan, node)
        .filter(({ port }) => port !== plan.stack.cluster.apiServerPort)
        .map((door) => doorCheck(plan, visitor, node, target, door)),
    );
}

function doorCheck(plan: Plan, visitor: Visitor, node: PlannedNode, address: Address, { port, what }: Door): PacketCheck {
  const flow = admits(plan, visitor.address, node, port);
  const target = socket(String(address), port);
  const { from, at, needs } = visitor;
  const judge = (outcome: Outcome): Verdict => (flow ? judgeOpen(outcome) : judgeClosed(outcome));
  const judgeOpen = (outcome: Outcome): Verdict => {
    if (visitor.connected(outcome)) return passed(`${target} accepts`);
    // Nobody promised that something listens; the packet got there.
    return failureOf(outcome) === "refused"
      ? passed(`${target} lets packets in, but nothing listens`)
      : failed(explain(outcome, target, { nodes: [node.name], seconds: shortPatience }));
  };
  const judgeClosed = (outcome: Outcome): Verdict => {
    if (visitor.connected(outcome)) {
      return failed(
        `${target} accepts a connection from ${from}, which no flow of the plan allows: is the firewall in force? See \`nft list table inet plumbline\` on ${node.name}.`,
      );
    }
    switch (failureOf(outcome)) {
      case "timeout":
        return passed(`${target} is dropped`);
      case "refused":
        return passed(`${target} is refused`);
      case "unreachable":
        return passed(`${target} is rejected`);
      case "other":
        return failed(`${target}: ${said(outcome)}`);
    }
  };
  return {
    kind: "packet",
    name: flow ? "open port" : "closed port",
    from,
    to: `${node.name} ${port}`,
    expected: flow ? `let in: ${flow.why} (${showPeer(flow.from)})` : `not reachable: ${what}`,
    at,
    needs,
    command: () => visitor.connect(target),
    judge,
  };
}
