import { openCluster } from "../../components/cluster";
import { announcerOf } from "../../components/load-balancer/announcing";
import type { SshAccess } from "../../components/node/access";
import { type Host, run, SshError, withHost } from "../../components/node/dial";
import type { Plan } from "../../core/plan";
import { comparedObjects } from "./agreement";
import type { Result } from "./check";
import { planChecks } from "./checks";
import { certificates } from "./ingressChecks";
import { readLive } from "./live";
import type { Client } from "./outsideChecks";
import { runChecks } from "./run";
import { startProbes } from "./site";

/** The host of `verify.outside` and the way to it. */
export interface OutsideClient extends Client {
  readonly access: SshAccess;
}

export interface VerifyOptions {
  /** The kubeconfig's text. */
  readonly kubeconfig: string;
  /** Undefined when the stack names none. */
  readonly client: OutsideClient | undefined;
  /** The way to a node, with what is missing of it in words. */
  readonly nodeAccess: (name: string) => { readonly access: SshAccess; readonly missing: readonly string[] };
  /** Ends the proof; the probes are removed all the same. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Names of checks; the others aren't made. Absent: all are. */
  readonly only?: readonly string[];
}

/** Hears how far the proof is. */
export interface Progress {
  /** What begins now. */
  phase(text: string): void;
  /** A check is over. */
  result(result: Result): void;
}

/**
 * Proves with packets that the network does what the plan says, and leaves the cluster as it was.
 * @throws UserError when the proof can't be made: no API server, no right to start pods.
 */
export async function verifyPlan(plan: Plan, options: VerifyOptions): Promise<Result[]> {
  const { kubeconfig, client, nodeAccess, signal, progress, only } = options;
  const {
    probes,
    backends,
    loadBalancer,
    ingressClasses,
    checks: all,
  } = planChecks(plan, client, (name) => nodeAccess(name).missing.join(" "));
  const checks = only ? all.filter(({ name }) => only.includes(name)) : all;
  const cluster = await openCluster(kubeconfig);
  const live = await readLive(cluster, [...comparedObjects(plan), ...certificates(plan)]);
  progress.phase(`Starting ${probes.length + backends.length} probe pods`);
  const node = (name: string): Host => ({ run: (command, options) => run(nodeAccess(name).access, command, options) });
  const nodes = new Set(live.nodes.map(({ metadata }) => metadata?.name ?? ""));
  const { verify, cluster: settings } = plan.stack;
  const site = await startProbes(cluster, {
    image: verify.image,
    probes,
    backends,
    loadBalancer,
    ingressClasses,
    announcer: loadBalancer && announcerOf(plan.stack)?.daemonSet,
    family: settings.podCIDRs[0]?.family ?? 4,
    domain: settings.domain,
    nodes,
    signal,
  });
  try {
    return await withOutside(client?.access, (outside) => {
      progress.phase(`Making ${checks.length} checks`);
      return runChecks(checks, live, { cluster, site, outside, node }, { signal, onResult: progress.result });
    });
  } finally {
    progress.phase("Removing the probe pods");
    await site.remove();
  }
}

/**
 * Logs in at the client, twice: sshd allows ten commands at a time on a connection (MaxSessions), and one that has just ended may count still when the next
 * one begins. A client that can't be reached fails its checks, not the others.
 */
async function withOutside<T>(access: SshAccess | undefined, use: (outside: Host | undefined) => Promise<T>): Promise<T> {
  if (!access) return use(undefined);
  let isIn = false;
  try {
    return await withHost(access, (one) =>
      withHost(access, (other) => {
        isIn = true;
        return use(inTurn([one, other]));
      }),
    );
  } catch (error) {
    if (isIn || !(error instanceof SshError)) throw error;
    return use({ run: () => Promise.reject(error) });
  }
}

function inTurn(connections: readonly [Host, Host]): Host {
  let turn = 0;
  return { run: (command, options) => connections[turn++ % 2 === 0 ? 0 : 1].run(command, options) };
}
