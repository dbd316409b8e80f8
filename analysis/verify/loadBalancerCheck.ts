import { poolCidrs } from "../../components/load-balancer/addresses";
import { announcerOf } from "../../components/load-balancer/announcing";
import { Address, type Family } from "../../core/cidr";
import type { Plan } from "../../core/plan";
import { failed, type PacketCheck, type Probe, passed } from "./check";
import { explain, patience, plansOf } from "./failure";
import { type Client, curl } from "./outsideChecks";
import { probePort, socket } from "./podChecks";
import { service } from "./probes";

/** The family in which the client can ask for an address of a pool; undefined where nobody that Plumbline sets up gives such addresses. */
export function loadBalancerFamily(plan: Plan, client: Client): Family | undefined {
  const { family } = client.address;
  const isGiven = announcerOf(plan.stack) !== undefined && poolRanges(plan).some((range) => range.family === family);
  return isGiven ? family : undefined;
}

const poolRanges = ({ stack: { cluster } }: Plan) => cluster.loadBalancerPools.flatMap(poolCidrs);

/** A service of type LoadBalancer before the backend gets an address of a pool, and whoever announces that brings the client's packets to a node. */
export function loadBalancerFromOutside(plan: Plan, client: Client, backend: Probe): PacketCheck {
  const ranges = poolRanges(plan);
  const pools = `the pools ${plan.stack.cluster.loadBalancerPools.map(({ name }) => name).join(", ")}`;
  return {
    kind: "packet",
    name: "LoadBalancer from outside",
    from: client.name,
    to: `an address of ${pools}`,
    expected: `answered by ${backend.name}`,
    at: "outside",
    needs: "services",
    command: (facts) => `${curl(patience)} http://${socket(facts.loadBalancerAddress(service.loadBalancer), probePort)}/hostname`,
    judge: (outcome, facts) => {
      const address = facts.loadBalancerAddress(service.loadBalancer);
      const target = socket(address, probePort);
      if (!ranges.some((range) => range.contains(Address.parse(address))))
        return failed(
          `the service got ${address}, which isn't in ${pools}: who else gives addresses to services?${plan.stack.loadBalancer.provider === "metallb" ? " See `kubectl get ipaddresspools -A`" : ""}`,
        );
      if (outcome.stdout === backend.name) return passed(target);
      if (outcome.stdout) return failed(`${target} is answered by ${outcome.stdout.slice(0, 60)}`);
      return failed(explain(outcome, target, mends(plan, backend)));
    },
  };
}

function mends({ stack }: Plan, backend: Probe) {
  const announcer = announcerOf(stack);
  const isOnLan = announcer?.settings.announce === "layer2";
  const whoTells = isOnLan ? "no node answers ARP or NDP for it on the client's LAN" : "the client's router was told no way to it";
  const where = isOnLan ? announcer.logs : `\`plumbline doctor\`, which knows the BGP sessions, and ${announcer?.logs}`;
  return {
    timeout: `${whoTells} (see ${where}), or dropped on the way to the backend on ${backend.node}; see ${plansOf([backend.node])}`,
    refused: `the packet came to a node, whose kube-proxy doesn't translate it`,
  };
}
