import type { Outcome } from "../../components/node/dial";
import { dnsServiceAddresses, nodeLocalAddresses } from "../../core/addresses";
import type { Plan } from "../../core/plan";
import { type Facts, failed, type PacketCheck, type Probe, passed, type Verdict } from "./check";
import { failureOf, patience, said } from "./failure";
import { onNode } from "./podChecks";

/** Kubelets give it to every pod with the cluster's DNS: names of up to four dots are tried with the search path first. */
const ndots = "ndots:5";

/** Pods get the cluster's name server from the kubelet, which has settings of its own. */
export function resolver({ stack }: Plan, from: Probe): PacketCheck {
  const local = nodeLocalAddresses(stack).map(String);
  const wanted = [...local, ...dnsServiceAddresses(stack).map(String)];
  return {
    kind: "packet",
    name: "pod's resolv.conf",
    from: onNode(from),
    to: "/etc/resolv.conf",
    expected: `nameserver ${local.length > 0 ? `${local.join(", ")} before ${wanted[local.length]}` : wanted.join(" or ")}, ${ndots}`,
    at: from,
    needs: "pods",
    command: () => "cat /etc/resolv.conf",
    judge: (outcome, { namespace }) => {
      if (outcome.code !== 0) return failed(said(outcome));
      const values = (key: string) =>
        [...outcome.stdout.matchAll(new RegExp(`^${key}\\s+(.*)$`, "gm"))].flatMap(([, rest = ""]) => rest.trim().split(/\s+/));
      const mend = `The kubelet on ${from.node} gives it: clusterDNS and clusterDomain in /var/lib/kubelet/config.yaml.`;
      const strange = values("nameserver").filter((server) => !wanted.includes(server));
      if (strange.length > 0 || values("nameserver").length === 0) {
        return failed(`nameserver is ${strange.join(", ") || "missing"}, the plan's DNS service is ${wanted.join(", ")}. ${mend}`);
      }
      const [first = ""] = values("nameserver");
      if (local.length > 0 && !local.includes(first)) {
        return failed(`nameserver is ${first} first, not NodeLocal DNSCache at ${local.join(", ")}. ${mend}`);
      }
      const domain = `${namespace}.svc.${stack.cluster.domain}`;
      if (!values("search").includes(domain)) return failed(`search doesn't have ${domain}. ${mend}`);
      if (!values("options").includes(ndots))
        return failed(`options are ${values("options").join(" ") || "missing"}, not ${ndots}. ${mend}`);
      return passed(`${values("nameserver").join(", ")}, ${ndots}`);
    },
  };
}

/** How busybox's and BIND's nslookup print what a record says. Addresses come after an empty line; before it is the server. */
const patterns = {
  address: /^Address(?: \d+)?:\s+(\S+)/gm,
  cname: /canonical name = (\S+)/g,
  ptr: /^\S+\tname = (\S+)/gm,
  srv: /service = \d+ \d+ (\d+ \S+)/g,
  txt: /text = "([^"]*)"/g,
} as const;

/** What a name has to be answered with. */
export interface Lookup {
  readonly name: string;
  readonly to: string;
  readonly expected: string;
  readonly needs: "pods" | "services";
  readonly domainName: (facts: Facts) => string;
  /** The records that are asked for. Default: addresses of both families. */
  readonly type?: Exclude<keyof typeof patterns, "address">;
  /** Exactly these addresses, names, or for srv ports and names; anything will do when absent. */
  readonly answer?: (facts: Facts) => readonly string[];
  /** What it means that the name doesn't exist or can't be resolved. */
  readonly unknown: string;
}

/** A pod asks the name server of its resolv.conf. */
export function podLooksUp(from: Probe, lookup: Lookup): PacketCheck {
  const { name, to, expected, needs, type } = lookup;
  return {
    kind: "packet",
    name,
    from: onNode(from),
    to,
    expected,
    at: from,
    needs,
    command: (facts) => ask(lookup.domainName(facts), type),
    judge: (outcome, facts) => {
      const { server, answer } = answerOf(outcome.stdout, type);
      const question = `${lookup.domainName(facts)} at ${server ?? "the pod's name server"}`;
      const wanted = lookup.answer?.(facts);
      if (answer.length === 0) {
        const problem = problemOf(outcome);
        return failed(problem === "silence" ? silent(question) : `${question}: ${problem}. ${lookup.unknown}`);
      }
      if (wanted && (answer.some((one) => !wanted.includes(one)) || wanted.some((one) => !answer.includes(one)))) {
        return failed(`${question} is answered with ${answer.join(", ")} instead of ${wanted.join(", ")}`);
      }
      return passed(`${server}: ${answer.join(", ")}`);
    },
  };
}

/** Seconds for an answer that needn't be looked for elsewhere. */
const quickly = 1;

/** A name of the cluster that doesn't exist: the pod is told so at once. */
export function podLooksUpNothing(from: Probe, lookup: Omit<Lookup, "type" | "answer" | "expected" | "unknown">): PacketCheck {
  const { domainName, ...words } = lookup;
  return {
    kind: "packet",
    ...words,
    from: onNode(from),
    expected: `NXDOMAIN within ${quickly} s`,
    at: from,
    command: (facts) => ask(domainName(facts), undefined, quickly),
    judge: (outcome, facts): Verdict => {
      const { server, answer } = answerOf(outcome.stdout);
      const question = `${domainName(facts)} at ${server ?? "the pod's name server"}`;
      if (answer.length > 0) return failed(`${question} is answered with ${answer.join(", ")}`);
      const problem = problemOf(outcome);
      if (problem === "NXDOMAIN") return passed(`${server}: NXDOMAIN`);
      return failed(problem === "silence" ? silent(question, quickly) : `${question}: ${problem}`);
    },
  };
}

/** The dot at the end keeps the search list out. */
export const ask = (name: string, type?: string, seconds = patience) =>
  `timeout ${seconds} nslookup ${type ? `-type=${type} ` : ""}${name}.`;

const silent = (question: string, seconds = patience) =>
  `no answer about ${question} within ${seconds} s. Does CoreDNS run, and does its service have endpoints? See \`kubectl -n kube-system get pods,endpointslices -l k8s-app=kube-dns\`.`;

/** Why a look-up gave nothing: the name server's word for it, `silence`, or what the program said. */
export function problemOf(outcome: Outcome): string {
  if (failureOf(outcome) === "timeout" || /no servers could be reached/.test(outcome.stdout)) return "silence";
  const [problem = said(outcome)] = /NXDOMAIN|SERVFAIL|REFUSED|No answer/.exec(outcome.stdout + outcome.stderr) ?? [];
  return problem;
}

/** The answer as busybox's and BIND's nslookup print it: the server first, and after an empty line the records. */
export function answerOf(stdout: string, type: keyof typeof patterns = "address"): { server?: string; answer: string[] } {
  const [head = "", ...rest] = stdout.split(/\n\s*\n/);
  const [, server] = /^Server:\s+(\S+)/m.exec(head) ?? [];
  const found = [...rest.join("\n").matchAll(patterns[type])].map(([, value = ""]) => value.replace(/\.$/, "").toLowerCase());
  return { ...(server ? { server } : {}), answer: [...new Set(found)].sort() };
}
