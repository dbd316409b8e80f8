import { Address, Cidr } from "../../core/cidr";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { failed, type PacketCheck, type Probe, passed, type Verdict } from "./check";
import { explain, failureOf, patience, plansOf, said, shortPatience } from "./failure";
import { addressesFor, type Client, curl } from "./outsideChecks";
import { onNode, socket } from "./podChecks";
import { service } from "./probes";

/** Who asks for a NodePort, and how. */
interface Visitor extends Pick<PacketCheck, "at" | "from"> {
  readonly get: (url: string, seconds: number) => string;
}

const outside = ({ name }: Client): Visitor => ({ from: name, at: "outside", get: (url, seconds) => `${curl(seconds)} ${url}` });
const inside = (probe: Probe): Visitor => ({
  from: onNode(probe),
  at: probe,
  get: (url, seconds) => `timeout ${seconds} wget -qO- "${url}"`,
});

/**
 * Whether kube-proxy takes NodePorts on one of a node's addresses. Without proxy.nodePortAddresses iptables and ipvs take them on every address, nftables on
 * the node's primary ones, those of its Node object. Source: kubernetes.io, "Virtual IPs and Service Proxies".
 */
function answersNodePorts({ stack: { proxy } }: Plan, node: PlannedNode, address: Address): boolean {
  const isPrimary = node.address.some((own) => String(own) === String(address));
  if (proxy.nodePortAddresses.includes("primary")) return isPrimary;
  if (proxy.nodePortAddresses.length === 0) return proxy.mode === "nftables" ? isPrimary : true;
  return proxy.nodePortAddresses.some((text) => Cidr.parse(text).contains(address));
}

/** The NodePort service before the backend, on each of a node's addresses that the client reaches. */
export function nodePortsFromOutside(plan: Plan, client: Client, node: PlannedNode, backend: Probe): PacketCheck[] {
  return addressesFor(client, node).map((address) => nodePort(plan, outside(client), node, address, backend, "NodePort from outside"));
}

/** The same on the addresses that the plan gives a node beside its own: a pod on it has a way to all of them. */
export function nodePortsOnOtherAddresses(plan: Plan, probe: Probe, node: PlannedNode, backend: Probe): PacketCheck[] {
  const families = plan.stack.cluster.podCIDRs.map(({ family }) => family);
  return otherAddresses(plan, node)
    .filter(({ family }) => families.includes(family))
    .map((address) => nodePort(plan, inside(probe), node, address, backend, "NodePort on another address"));
}

/** Addresses of links of ours in the host's own network, and of the pods' bridge. */
function otherAddresses(plan: Plan, node: PlannedNode): Address[] {
  const ofLinks = plan
    .hostItems(node)
    .flatMap((item) => (item.kind === "address" && !item.namespace ? [Address.parse(item.address.replace(/\/.*/, ""))] : []));
  const hasBridge = plan.parts.some(({ name }) => name === "cni/bridge");
  const all = [...ofLinks, ...(hasBridge ? node.podCIDRs.map((range) => range.at(1)) : [])];
  return all.filter((address) => !node.address.some((own) => String(own) === String(address)));
}

function nodePort(plan: Plan, visitor: Visitor, node: PlannedNode, address: Address, backend: Probe, name: string): PacketCheck {
  const answers = answersNodePorts(plan, node, address);
  const target = (port: number) => socket(String(address), port);
  const { from, to } = plan.stack.proxy.nodePorts;
  return {
    kind: "packet",
    name,
    from: visitor.from,
    to: `${node.name} ${address}`,
    expected: answers ? `answered by ${backend.name}` : `no answer: not among the addresses for NodePorts (${shown(plan)})`,
    at: visitor.at,
    needs: "services",
    command: (facts) => visitor.get(`http://${target(facts.nodePort(service.nodePort))}/hostname`, answers ? patience : shortPatience),
    judge: (outcome, facts) => {
      const port = facts.nodePort(service.nodePort);
      if (port < from || port > to) {
        return failed(
          `the API server gives port ${port}, outside of proxy.nodePorts ${from}-${to}: write its --service-node-port-range there`,
        );
      }
      if (!answers) {
        return outcome.stdout === backend.name
          ? failed(
              `${target(port)} is answered by ${backend.name}, though kube-proxy on ${node.name} shouldn't take NodePorts there: does it run with the plan's mode?`,
            )
          : silence(outcome, target(port));
      }
      if (outcome.stdout === backend.name) return passed(target(port));
      if (outcome.stdout) return failed(`${target(port)} is answered by ${outcome.stdout.slice(0, 60)}`);
      const timeout = `dropped by ${node.name}, or on the way to the backend on ${backend.node}; see ${plansOf([node.name, backend.node])}`;
      return failed(explain(outcome, target(port), { timeout, refused: `kube-proxy on ${node.name} doesn't answer on this address` }));
    },
  };
}

const shown = ({ stack: { proxy } }: Plan) =>
  proxy.nodePortAddresses.length > 0 ? proxy.nodePortAddresses.join(", ") : `${proxy.mode}: the primary ones`;

function silence(outcome: Parameters<typeof failureOf>[0], target: string): Verdict {
  switch (failureOf(outcome)) {
    case "timeout":
      return passed(`${target} is silent`);
    case "refused":
    case "unreachable":
      return passed(`${target} is refused`);
    case "other":
      return failed(`${target}: ${said(outcome)}`);
  }
}

/** externalTrafficPolicy: Local. The node with the pod answers and sees the client's own address; the others drop what comes. */
export function localPolicy(client: Client, node: PlannedNode, backend: Probe): PacketCheck[] {
  const isHome = node.name === backend.node;
  return addressesFor(client, node).map((address): PacketCheck => {
    const visitor = outside(client);
    const target = (port: number) => socket(String(address), port);
    return {
      kind: "packet",
      name: "externalTrafficPolicy Local",
      from: client.name,
      to: `${node.name} ${address}`,
      expected: isHome ? `the pod sees ${client.address}` : "dropped: no pod of the service on this node",
      at: visitor.at,
      needs: "services",
      command: (facts) => visitor.get(`http://${target(facts.nodePort(service.local))}/clientip`, isHome ? patience : shortPatience),
      judge: (outcome, facts) => {
        const port = facts.nodePort(service.local);
        const seen = outcome.stdout.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
        if (!isHome) {
          return seen
            ? failed(
                `${target(port)} is answered, though ${node.name} has no pod of the service: something forwards it with another source address (${seen})`,
              )
            : silence(outcome, target(port));
        }
        if (!seen) return failed(explain(outcome, target(port), { nodes: [node.name] }));
        return seen === String(client.address)
          ? passed(`${target(port)}: ${seen}`)
          : failed(
              `the pod behind ${target(port)} sees ${seen} instead of ${client.address}: something on the way, or on ${node.name}, translates the client's address`,
            );
      },
    };
  });
}
