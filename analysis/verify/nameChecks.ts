import { apiServiceAddress } from "../../core/addresses";
import { Address, Cidr } from "../../core/cidr";
import type { Plan } from "../../core/plan";
import type { Resolver } from "../../core/resolver";
import { reverseZone } from "../../core/zones";
import { type Check, type Facts, failed, type PacketCheck, type Probe, passed, type SkippedCheck } from "./check";
import { ask, type Lookup, podLooksUp, podLooksUpNothing, resolver } from "./dnsChecks";
import { bigAnswerByTcp } from "./dnsTcpCheck";
import { failureOf, patience, said } from "./failure";
import { onNode, probePort } from "./podChecks";
import { portName, service } from "./probes";

/**
 * The names of the Kubernetes DNS specification, the search path, and names that the stack file gives. What a kubelet or a node has a say in is tried on
 * every node; what CoreDNS alone decides, from the first probe.
 */
export function nameChecks(plan: Plan, probes: readonly Probe[]): Check[] {
  return [...probes.flatMap((probe) => fromEveryNode(plan, probe)), ...probes.slice(0, 1).flatMap((probe) => fromOneNode(plan, probe))];
}

const noService = ({ cluster }: Plan["stack"]) =>
  `CoreDNS runs but doesn't serve ${cluster.domain}: is its Corefile the plan's, and may it read services (ClusterRole system:coredns)?`;

function fromEveryNode(plan: Plan, from: Probe): Check[] {
  const { cluster, dns, verify } = plan.stack;
  const { outsideName } = verify;
  const noOutside: SkippedCheck = {
    kind: "skipped",
    name: "DNS of an outside name",
    from: from.node,
    to: "",
    expected: "",
    reason: "the stack names none: give verify.outsideName",
  };
  return [
    resolver(plan, from),
    shortNames(from),
    podLooksUp(from, {
      name: "DNS of a service",
      to: "kubernetes.default",
      expected: String(apiServiceAddress(plan.stack)),
      needs: "pods",
      domainName: () => `kubernetes.default.svc.${cluster.domain}`,
      answer: () => [String(apiServiceAddress(plan.stack))],
      unknown: noService(plan.stack),
    }),
    podLooksUp(from, {
      name: "DNS of a headless service",
      to: service.headless,
      expected: "the addresses of its pods",
      needs: "services",
      domainName: ({ namespace }) => `${service.headless}.${namespace}.svc.${cluster.domain}`,
      answer: ({ podAddresses }) => podAddresses,
      unknown: noService(plan.stack),
    }),
    outsideName
      ? podLooksUp(from, {
          name: "DNS of an outside name",
          to: outsideName,
          expected: "an address",
          needs: "pods",
          domainName: () => outsideName,
          unknown: `CoreDNS asks dns.upstream (${dns.upstream.join(", ")}): does that name exist there, and do its packets come back?`,
        })
      : noOutside,
  ];
}

/** Names as applications write them, resolved by a program: in the own namespace, in another one, and with two dots, which `ndots` has to be above. */
function shortNames(from: Probe): PacketCheck {
  const names = ({ namespace }: Facts) => [
    `${service.clusterIP}:${probePort}`,
    "kubernetes.default:443",
    `${service.externalName}.${namespace}.svc:443`,
  ];
  return {
    kind: "packet",
    name: "short names",
    from: onNode(from),
    to: "services",
    expected: "resolved by the search path, and connected to",
    at: from,
    needs: "services",
    command: (facts) =>
      names(facts)
        .map(
          (target) =>
            `{ timeout ${patience} /agnhost connect ${target} --timeout=${patience}s || { code=$?; echo ${target}; exit $code; }; }`,
        )
        .join(" && "),
    judge: (outcome, facts) => {
      if (outcome.code === 0) return passed(names(facts).join(", "));
      const target = outcome.stdout.trim();
      if (/^DNS: /m.test(outcome.stderr) || (failureOf(outcome) === "timeout" && !outcome.stderr)) {
        return failed(
          `${target} can't be resolved: ${said(outcome)}. The search path is the kubelet's on ${from.node}: see the check of resolv.conf`,
        );
      }
      return failed(`${target} is resolved, but not connected to: ${said(outcome)}`);
    },
  };
}

function fromOneNode(plan: Plan, from: Probe): Check[] {
  const { stack } = plan;
  const { cluster, dns } = stack;
  const families = cluster.podCIDRs.map(({ family }) => family);
  const named = (name: string) => (facts: Facts) => `${name}.${facts.namespace}.svc.${cluster.domain}`;
  const look = (lookup: Omit<Lookup, "needs" | "unknown"> & Partial<Pick<Lookup, "needs" | "unknown">>) =>
    podLooksUp(from, { needs: "services", unknown: noService(stack), ...lookup });
  return [
    look({
      name: "DNS A and AAAA of a service",
      to: service.clusterIP,
      expected: "its ClusterIPs",
      domainName: named(service.clusterIP),
      // The API server gives a service one family only where it has no more.
      answer: (facts) => families.map((family) => facts.clusterIP(service.clusterIP, family)),
    }),
    look({
      name: "DNS SRV of a service",
      to: `_${portName}._tcp.${service.clusterIP}`,
      expected: `port ${probePort} at the service`,
      type: "srv",
      domainName: named(`_${portName}._tcp.${service.clusterIP}`),
      answer: (facts) => [`${probePort} ${named(service.clusterIP)(facts)}`],
    }),
    look({
      name: "DNS SRV of a headless service",
      to: `_${portName}._tcp.${service.headless}`,
      expected: `port ${probePort} at each of its pods`,
      type: "srv",
      domainName: named(`_${portName}._tcp.${service.headless}`),
      answer: (facts) => facts.running.map(({ name }) => `${probePort} ${named(`${name}.${service.headless}`)(facts)}`),
    }),
    ...families.flatMap((family) => [
      look({
        name: "DNS of a pod's host name",
        to: `${from.name}.${service.headless}`,
        expected: "the pod's addresses",
        domainName: named(`${from.name}.${service.headless}`),
        answer: (facts) => families.map((one) => facts.podAddress(from, one)),
      }),
      look({
        name: "DNS PTR of a service",
        to: service.clusterIP,
        expected: "the service's name",
        type: "ptr",
        domainName: (facts) => reverseName(facts.clusterIP(service.clusterIP, family)),
        answer: (facts) => [named(service.clusterIP)(facts)],
      }),
      look({
        name: "DNS PTR of a headless service's pod",
        to: from.name,
        expected: "the pod's name in the service",
        type: "ptr",
        domainName: (facts) => reverseName(facts.podAddress(from, family)),
        answer: (facts) => [named(`${from.name}.${service.headless}`)(facts)],
      }),
    ]),
    ...podRecords(plan, from),
    look({
      name: "DNS of an ExternalName service",
      to: service.externalName,
      expected: "CNAME kubernetes.default",
      type: "cname",
      domainName: named(service.externalName),
      answer: () => [`kubernetes.default.svc.${cluster.domain}`],
    }),
    look({
      name: "DNS specification's version",
      to: "dns-version",
      expected: "a version",
      type: "txt",
      needs: "pods",
      domainName: () => `dns-version.${cluster.domain}`,
    }),
    podLooksUpNothing(from, { name: "DNS of no service", to: "nothing", needs: "pods", domainName: named("nothing") }),
    ...bigAnswerByTcp(plan, from),
    ...fixedNames(dns.hosts).map(({ name, addresses }) =>
      look({
        name: "DNS of a fixed name",
        to: name,
        expected: addresses.join(", "),
        domainName: () => name,
        answer: () => addresses,
        unknown: "It is in dns.hosts: is the Corefile the plan's?",
      }),
    ),
    ...dns.zones.map(({ zone, forward }) => stubDomain(from, zone, forward)),
  ];
}

const reverseName = (address: string) => reverseZone(Cidr.host(Address.parse(address)));

/** Names that are made from addresses, by the mode of `dns.podRecords`. */
function podRecords({ stack }: Plan, from: Probe): PacketCheck[] {
  const { podRecords } = stack.dns;
  const record = (address: string, { namespace }: Facts) => `${address.replace(/[.:]/g, "-")}.${namespace}.pod.${stack.cluster.domain}`;
  const family = stack.cluster.podCIDRs[0]?.family ?? 4;
  const own = (facts: Facts) => record(facts.podAddress(from, family), facts);
  const stray = (facts: Facts) => record(family === 4 ? "192.0.2.1" : "2001:db8::1", facts);
  const nothing = (domainName: (facts: Facts) => string, to: string) =>
    podLooksUpNothing(from, { name: "DNS of no pod", to: `${to} (podRecords ${podRecords})`, needs: "pods", domainName });
  if (podRecords === "disabled") return [nothing(own, "a pod's address as a name")];
  return [
    podLooksUp(from, {
      name: "DNS of a pod's address",
      to: `podRecords ${podRecords}`,
      expected: "the pod's address",
      needs: "pods",
      domainName: own,
      answer: (facts) => [facts.podAddress(from, family)],
      unknown: `dns.podRecords is ${podRecords}: is the Corefile the plan's?`,
    }),
    ...(podRecords === "verified" ? [nothing(stray, "an address that no pod has")] : []),
  ];
}

/** All addresses of each name. */
function fixedNames(hosts: Plan["stack"]["dns"]["hosts"]): { name: string; addresses: string[] }[] {
  const names = [...new Set(hosts.flatMap(({ names }) => names))];
  return names.map((name) => ({
    name,
    addresses: hosts.filter(({ names }) => names.includes(name)).map(({ address }) => String(address)),
  }));
}

/**
 * A zone with resolvers of its own. Every zone has an SOA record; where a resolver has none all the same (dnsmasq with a few names of the zone), it is asked
 * directly: CoreDNS has to say what it says.
 */
function stubDomain(from: Probe, zone: string, resolvers: readonly Resolver[]): PacketCheck {
  // nslookup speaks neither TLS nor to other ports.
  const direct = resolvers.find(({ tls, port }) => !tls && port === 53);
  return {
    kind: "packet",
    name: "DNS of a stub domain",
    from: onNode(from),
    to: zone,
    expected: `answered by ${resolvers.join(" or ")}`,
    at: from,
    needs: "pods",
    command: () => [ask(zone, "soa"), ...(direct ? [`${ask(zone, "soa")} ${direct}`] : [])].map((one) => `${one} 2>&1; echo ==`).join("; "),
    judge: (outcome) => {
      const [ours = "", theirs = ""] = outcome.stdout.split("==\n").map(wordOf);
      if (ours === "answer") return passed(`${zone}: answered`);
      if (ours !== "silence" && ours === theirs) return passed(`${zone}: ${ours}, as ${direct} says`);
      return failed(
        `${zone} at the pod's name server: ${ours === "silence" ? `no answer within ${patience} s` : ours}. CoreDNS asks ${resolvers.join(", ")} (dns.zones): does a server run there, has it this zone, and do pods' packets reach it?`,
      );
    },
  };
}

/** What nslookup's text about an SOA record comes to. */
const wordOf = (text: string): string =>
  /^\s*(?:origin|serial) = /m.test(text) ? "answer" : (/NXDOMAIN|SERVFAIL|REFUSED|No answer/.exec(text)?.[0] ?? "silence");
