import { dnsServiceAddresses } from "../../core/addresses";
import type { Plan } from "../../core/plan";
import { type Facts, failed, type PacketCheck, type Probe, passed } from "./check";
import { failureOf, patience, said } from "./failure";
import { onNode } from "./podChecks";

/** Pods get the cluster's name server from the kubelet, which has settings of its own. */
export function resolver({ stack }: Plan, from: Probe): PacketCheck {
  const wanted = dnsServiceAddresses(stack).map(String);
  return {
    kind: "packet",
    name: "pod's resolv.conf",
    from: onNode(from),
    to: "/etc/resolv.conf",
    expected: `nameserver ${wanted.join(" or ")}`,
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
      const domain = `${namespace}.svc.${stack.cluster.domain}`;
      return values("search").includes(domain) ? passed(values("nameserver").join(", ")) : failed(`search doesn't have ${domain}. ${mend}`);
    },
  };
}

/** What a name has to be answered with. */
export interface Lookup {
  readonly name: string;
  readonly to: string;
  readonly expected: string;
  readonly needs: "pods" | "services";
  readonly domainName: (facts: Facts) => string;
  /** Exactly these; any address will do when absent. */
  readonly addresses?: (facts: Facts) => readonly string[];
  /** What it means that the name doesn't exist or can't be resolved. */
  readonly unknown: string;
}

/** A pod asks the name server of its resolv.conf. */
export function podLooksUp(from: Probe, lookup: Lookup): PacketCheck {
  const { name, to, expected, needs } = lookup;
  return {
    kind: "packet",
    name,
    from: onNode(from),
    to,
    expected,
    at: from,
    needs,
    // The dot at the end keeps the search list out.
    command: (facts) => `timeout ${patience} nslookup ${lookup.domainName(facts)}.`,
    judge: (outcome, facts) => {
      const { server, addresses } = answerOf(outcome.stdout);
      const question = `${lookup.domainName(facts)} at ${server ?? "the pod's name server"}`;
      const wanted = lookup.addresses?.(facts);
      if (addresses.length === 0) {
        if (failureOf(outcome) === "timeout" || /no servers could be reached/.test(outcome.stdout)) {
          return failed(
            `no answer about ${question} within ${patience} s. Does CoreDNS run, and does its service have endpoints? See \`kubectl -n kube-system get pods,endpointslices -l k8s-app=kube-dns\`.`,
          );
        }
        const [problem = said(outcome)] = /NXDOMAIN|SERVFAIL|REFUSED|No answer/.exec(outcome.stdout + outcome.stderr) ?? [];
        return failed(`${question}: ${problem}. ${lookup.unknown}`);
      }
      if (wanted && (addresses.some((one) => !wanted.includes(one)) || wanted.some((one) => !addresses.includes(one)))) {
        return failed(`${question} is answered with ${addresses.join(", ")} instead of ${wanted.join(", ")}`);
      }
      return passed(`${server}: ${addresses.join(", ")}`);
    },
  };
}

/** The answer as busybox's and BIND's nslookup print it: the server first, and after an empty line the addresses. */
export function answerOf(stdout: string): { server?: string; addresses: string[] } {
  const [head = "", ...rest] = stdout.split(/\n\s*\n/);
  const [, server] = /^Server:\s+(\S+)/m.exec(head) ?? [];
  const addresses = [...rest.join("\n").matchAll(/^Address(?: \d+)?:\s+(\S+)/gm)].flatMap(([, address = ""]) => address);
  return { ...(server ? { server } : {}), addresses: [...new Set(addresses)].sort() };
}
