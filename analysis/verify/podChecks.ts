import { apiServiceAddress } from "../../core/addresses";
import type { Address, Family } from "../../core/cidr";
import { mtuBudget } from "../../core/mtu";
import type { Plan } from "../../core/plan";
import { failed, type PacketCheck, type Probe, passed } from "./check";
import { explain, patience } from "./failure";

/** The ports at which probes answer: HTTP and UDP. */
export const probePort = 8080;
export const udpPort = 8081;

/** `10.0.0.1:80`, `[fd00::1]:80` */
export const socket = (address: string, port: number): string => `${address.includes(":") ? `[${address}]` : address}:${port}`;

export const onNode = ({ name, node }: Probe): string => (name.startsWith("backend") ? `second pod on ${node}` : `pod on ${node}`);

/** Bytes of a message that fills more than one packet. */
const twoPackets = ({ stack, layers }: Plan) => 2 * mtuBudget(stack, layers).pods;

/**
 * One pod asks another: for its name, which proves that the right one answers; for the address that it sees, which proves that nothing translates on the way;
 * and to repeat a message of more than a packet, which proves that full-size packets pass in both directions.
 */
export function podToPod(plan: Plan, from: Probe, to: Probe, family: Family, name: string): PacketCheck {
  const size = twoPackets(plan);
  return {
    kind: "packet",
    name,
    from: onNode(from),
    to: onNode(to),
    expected: "answers, sees the pod's own address, full-size packets pass",
    at: from,
    needs: "pods",
    command: (facts) => {
      const url = `http://${socket(facts.podAddress(to, family), probePort)}`;
      const get = (path: string) => `timeout ${patience} wget -qO- "${url}${path}"`;
      return `${get("/hostname")} && echo && ${get("/clientip")} && echo && ${get(`/echo?msg=$(printf %0${size}d 0)`)} | wc -c`;
    },
    judge: (outcome, facts) => {
      const [own, target] = [facts.podAddress(from, family), facts.podAddress(to, family)];
      const [name = "", source = "", echoed = ""] = outcome.stdout.split("\n");
      if (!name) return failed(`${own}: ${explain(outcome, target, { nodes: [from.node, to.node] })}`);
      if (name !== to.name) return failed(`${target} is answered by ${name} instead of ${to.name}: two pods have one address`);
      const seen = source.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
      if (seen !== own) {
        return failed(
          `${target} sees ${seen || "no address"} instead of ${own}: something masquerades between pods; see \`nft list ruleset\` on ${from.node}`,
        );
      }
      if (Number(echoed) !== size) {
        return failed(
          `${own} to ${target}: small packets pass, those of ${size / 2} bytes don't: cluster.mtu is above what the way between the nodes carries`,
        );
      }
      return passed(`${own} to ${target}`);
    },
  };
}

/** A pod opens a TCP connection; nothing is said over it. */
export function podConnects(check: {
  readonly name: string;
  readonly from: Probe;
  readonly to: string;
  readonly address: Address;
  readonly port: number;
  /** Those whose plans tell about the way. */
  readonly nodes: readonly string[];
  readonly refused?: string;
}): PacketCheck {
  const { name, from, to, address, port, nodes, refused } = check;
  const target = socket(String(address), port);
  return {
    kind: "packet",
    name,
    from: onNode(from),
    to,
    expected: "connects",
    at: from,
    needs: "pods",
    command: () => connectCommand(target),
    judge: (outcome) => (outcome.code === 0 ? passed(`${target} accepts`) : failed(explain(outcome, target, { nodes, refused }))),
  };
}

export const connectCommand = (target: string, seconds = patience): string => `/agnhost connect ${target} --timeout=${seconds}s`;

/** The API server as every pod finds it: behind the service `kubernetes`. */
export function podToApiService(plan: Plan, from: Probe): PacketCheck[] {
  const address = apiServiceAddress(plan.stack);
  if (!address) return [];
  const refused = "kube-proxy knows no API server behind it; see `kubectl get endpointslices`";
  return [podConnects({ name: "pod to API service", from, to: "service kubernetes", address, port: 443, nodes: [from.node], refused })];
}
