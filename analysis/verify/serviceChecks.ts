import type { Outcome } from "../../components/node/dial";
import type { Family } from "../../core/cidr";
import { type Facts, failed, type PacketCheck, type Probe, passed, type Verdict } from "./check";
import { explain, patience } from "./failure";
import { onNode, probePort, socket, udpPort } from "./podChecks";
import { service } from "./probes";

/** Requests that one client makes of a service with session affinity: without it, one in 512 runs would find nothing. */
const affinityRequests = 10;

interface ServiceTry {
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
function tryService({ service, family, from, command, judge, ...words }: ServiceTry): PacketCheck {
  return {
    kind: "packet",
    ...words,
    from: onNode(from),
    at: from,
    needs: "services",
    command: (facts) => command(facts.clusterIP(service, family)),
    judge: (outcome: Outcome, facts: Facts) => {
      const target = `ClusterIP ${facts.clusterIP(service, family)}`;
      return judge(outcome.stdout, target) ?? failed(explain(outcome, target, unanswered(from)));
    },
  };
}

const unanswered = ({ node }: Probe) => ({
  timeout: `kube-proxy on ${node} doesn't translate it, or the backend's answer takes another way back; see \`kubectl -n kube-system logs -l k8s-app=kube-proxy\``,
  refused: `kube-proxy on ${node} knows no endpoint for it; see \`kubectl -n kube-system logs -l k8s-app=kube-proxy\``,
});

const get = (address: string) => `timeout ${patience} wget -qO- "http://${socket(address, probePort)}/hostname"`;

/** The service in front of the backend, by its address. */
export function podToService(from: Probe, backend: Probe, family: Family, name: string): PacketCheck {
  return tryService({
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
export function podToServiceByUdp(from: Probe, backend: Probe, family: Family): PacketCheck {
  return tryService({
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
export function affinity(from: Probe, backends: readonly Probe[], family: Family): PacketCheck {
  return tryService({
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
