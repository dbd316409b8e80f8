import { announcerOf } from "../../components/load-balancer/announcing";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import type { HostFacts } from "./facts";
import type { LiveFinding, Report } from "./finding";

/** The routers that every node is to have a BGP session with, and at which key the stack names them. Of those with another port the host's facts say nothing. */
function routers(stack: Stack) {
  const announcer = announcerOf(stack);
  const announced = announcer?.settings.announce === "bgp" ? announcer.settings.bgpPeers.filter(({ port }) => port === 179) : [];
  const calicos = stack.cni.provider === "calico" ? stack.cni.calico.bgpPeers : [];
  return [
    ...announced.map(({ address, asNumber }) => ({ address, asNumber, path: ["loadBalancer", announcer?.key ?? "", "bgpPeers"] })),
    ...calicos.map(({ address, asNumber }) => ({ address, asNumber, path: ["cni", "calico", "bgpPeers"] })),
  ];
}

/** A remark only: before the first `pulumi up` nobody has opened the sessions yet. */
export function bgpFindings({ stack }: Plan, node: PlannedNode, { bgp }: HostFacts, report: Report): LiveFinding[] {
  const missing = routers(stack).filter(({ address }) => !bgp.some((other) => String(other) === String(address)));
  return missing.map(({ address, asNumber, path }) =>
    report(
      "info",
      path,
      `has no BGP session with ${address}: that router isn't told the way to services here.`,
      `After \`pulumi up\` there has to be one: does the router take ${node.address[0]} as a neighbour, as its own AS ${asNumber}, and let in port 179?`,
    ),
  );
}
