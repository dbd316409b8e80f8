import type { Outcome } from "../../components/node/dial";
import type { Family } from "../../core/cidr";
import type { LiveState } from "./live";

/** A pod that tries, and that is tried. */
export interface Probe {
  /** The pod's name. */
  readonly name: string;
  /** The node that it runs on. */
  readonly node: string;
}

/** What is known only once the probes run. */
export interface Facts {
  readonly namespace: string;
  /** @throws NotThere when the probe doesn't run or has no address of the family. */
  podAddress(probe: Probe, family: Family): string;
  /** All probes' addresses, of those that run. */
  readonly podAddresses: readonly string[];
  /** All probes that run. */
  readonly running: readonly Probe[];
  /** That of one of the services. @throws NotThere when it has none of the family. */
  clusterIP(service: string, family: Family): string;
  /** What somebody gave the one of type LoadBalancer. @throws NotThere when nobody did. */
  loadBalancerAddress(service: string): string;
  /** The port that the API server gave one of the services. */
  nodePort(service: string): number;
  /** Why the API server didn't take the probe Ingresses; undefined when it did. */
  readonly ingressProblem?: string;
  /** What the cluster's objects said when the proof began. */
  readonly live: LiveState;
}

/** What a check is about has no address or port to try. The message says why. */
export class NotThere extends Error {}

export interface Verdict {
  readonly passed: boolean;
  /** What was seen; of a failure, with the mend where there is one that we know. */
  readonly detail: string;
}

export const passed = (detail: string): Verdict => ({ passed: true, detail });
export const failed = (detail: string): Verdict => ({ passed: false, detail });

/** What a check tries, in words. */
interface Words {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly expected: string;
}

/** A shell command that sends packets, and the judge of what it says. */
export interface PacketCheck extends Words {
  readonly kind: "packet";
  /** Who sends: a pod, the client outside, or a node itself. */
  readonly at: Probe | "outside" | { readonly host: string };
  /** What has to be in place before: the probe pods, or besides the services before them. */
  readonly needs: "nothing" | "pods" | "services";
  command(facts: Facts): string;
  judge(outcome: Outcome, facts: Facts): Verdict;
}

/** A comparison of what the cluster's objects say with the plan. */
export interface AgreementCheck extends Words {
  readonly kind: "agreement";
  compare(live: LiveState): Verdict;
}

/** What can't be tried, or isn't, with the reason. */
export interface SkippedCheck extends Words {
  readonly kind: "skipped";
  readonly reason: string;
}

export type Check = PacketCheck | AgreementCheck | SkippedCheck;

/** What `verify` does with a plan. */
export interface Checks {
  /** One per node that takes part. */
  readonly probes: readonly Probe[];
  /**
   * Those behind the services, beside a probe of the same node: the first, and a second one where a service has to have a choice. Services are asked by the
   * others, so that no answer depends on a pod reaching itself.
   */
  readonly backends: readonly [Probe, Probe];
  /** The family of the service of type LoadBalancer; undefined: there is none. */
  readonly loadBalancer: Family | undefined;
  /** The IngressClasses that get a probe Ingress. */
  readonly ingressClasses: readonly string[];
  readonly checks: readonly Check[];
}

/** The result of one check, as `--json` prints it. */
export interface Result extends Words {
  readonly status: "passed" | "failed" | "skipped";
  readonly detail: string;
  readonly milliseconds: number;
}
