import type { Outcome } from "../../components/node/dial";
import type { Family } from "../../core/cidr";
import type { Plan } from "../../core/plan";
import { type Facts, failed, type PacketCheck, type Probe, passed, type Verdict } from "./check";
import { explain, patience } from "./failure";
import { onNode, probePort, socket, udpPort } from "./podChecks";
import { service } from "./probes";

/** Requests that one client makes of a service with session affinity: without it, one in 512 runs would find nothing. */
const affinityRequests = 10;

interface ServiceTry {
  readonly plan: Plan;
  readonly name: string;
  readonly from: Probe;
  readonly service: string;
  readonly family: Family;
  readonly to: string;
  readonly expected: string;
  /** @param address the service's. */
  readonly command: (address: string) => string;
  /** Undefined when the service didn't answer at all. */
  readonly judge: (stdout: string, target: string) => Verdict | undefined;
}

/** A pod asks a service by its address; why there is no answer is the same for all. */
function tryService({ plan, service, family, from, command, judge, ...words }: ServiceTry): PacketCheck {
  return {
    kind: "packet",
    ...words,
    from: onNode(from),
    at: from,
    needs: "services",
    command: (facts) => command(facts.clusterIP(service, family)),
    judge: (outcome: Outcome, facts: Facts) => {
      const target = `ClusterIP ${facts.clusterIP(service, family)}`;
      return judge(outcome.stdout, target) ?? failed(explain(outcome, target, unanswered(plan, from)));
    },
  };
}

function unanswered({ stack: { proxy } }: Plan, { node }: Probe) {
  const replaced = proxy.mode === "none";
  const who = `${replaced ? "what replaces kube-proxy" : "kube-proxy"} on ${node}`;
  const log = proxy.runs === "host" ? `\`journalctl -u kube-proxy\` on ${node}` : "`kubectl -n kube-system logs -l k8s-app=kube-proxy`";
  const see = replaced ? "" : `; see ${log}`;
  return {
    timeout: `${who} doesn't translate it, or the backend's answer takes another way back${see}`,
    refused: `${who} knows no endpoint for it${see}`,
  };
}

const get = (address: string) => `timeout ${patience} wget -qO- "http://${socket(address, probePort)}/hostname"`;

/** The service in front of the backend, by its address. */
export function podToService(plan: Plan, from: Probe, backend: Probe, family: Family, name: string): PacketCheck {
  return tryService({
    plan,
    name,
    from,
    service: service.clusterIP,
    family,
    to: `service before the ${onNode(backend)}`,
    expected: `answered by ${backend.name}`,
    command: get,
    judge: (stdout, target) => {
      if (stdout === backend.name) return passed(target);
      return stdout ? failed(`${target} is answered by ${stdout.slice(0, 60)}`) : undefined;
    },
  });
}

/** The same by UDP, which has rules and connection tracking of its own. The probe's own server sends the packet (agnhost's /dial). */
export function podToServiceByUdp(plan: Plan, from: Probe, backend: Probe, family: Family): PacketCheck {
  return tryService({
    plan,
    name: "pod to ClusterIP, UDP",
    from,
    service: service.clusterIP,
    family,
    to: `service before the ${onNode(backend)}`,
    expected: `answered by ${backend.name}`,
    command: (address) =>
      `timeout ${patience} wget -qO- "http://127.0.0.1:${probePort}/dial?protocol=udp&host=${address}&port=${udpPort}&request=hostname"`,
    judge: (stdout, target) => {
      if (stdout === `{"responses":["${backend.name}"]}`) return passed(`${target}, port ${udpPort}`);
      return stdout ? failed(`${target}, port ${udpPort}: ${stdout.slice(0, 120)}`) : undefined;
    },
  });
}

/** One client, many requests: session affinity keeps it at one of the backends. */
export function affinity(plan: Plan, from: Probe, backends: readonly Probe[], family: Family): PacketCheck {
  return tryService({
    plan,
    name: "session affinity",
    from,
    service: service.affinity,
    family,
    to: `service before ${backends.length} pods`,
    expected: `${affinityRequests} requests, one backend`,
    command: (address) => `i=0; while [ $i -lt ${affinityRequests} ]; do ${get(address)} || exit $?; echo; i=$((i+1)); done`,
    judge: (stdout, target) => {
      const names = stdout.trim().split("\n").filter(Boolean);
      if (names.length < affinityRequests) return undefined;
      const [first = "", ...others] = [...new Set(names)];
      if (others.length > 0)
        return failed(`${target} is answered by ${[first, ...others].sort().join(" and ")}: kube-proxy on ${from.node} keeps no affinity`);
      return backends.some(({ name }) => name === first) ? passed(`${target}: ${first}`) : failed(`${target} is answered by ${first}`);
    },
  });
}
