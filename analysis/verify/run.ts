import type { Cluster } from "../../components/cluster";
import type { Host, Outcome } from "../../components/node/dial";
import { UserError } from "../../core/finding";
import { type AgreementCheck, type Check, type Facts, failed, NotThere, type PacketCheck, type Result, type Verdict } from "./check";
import type { LiveState } from "./live";
import type { Site } from "./site";

/** How many commands run at a time; most of them wait for packets that are dropped. */
const parallel = { pods: 16, outside: 10 };

/** Those who send the packets. */
export interface Senders {
  readonly cluster: Cluster;
  readonly site: Site;
  /** The client outside; undefined when the stack names none. */
  readonly outside: Host | undefined;
  /** A node by its name, logged in at for one command. */
  readonly node: (name: string) => Host;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Called when a check is over. */
  readonly onResult: (result: Result) => void;
}

/** Runs all checks, side by side where nothing speaks against it, each once. Results are in the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  live: LiveState,
  { cluster, site, outside, node }: Senders,
  options: RunOptions,
): Promise<Result[]> {
  const { signal, onResult } = options;
  const pods = site.podsReady();
  const stages = { nothing: Promise.resolve(), pods, services: pods.then(() => site.servicesReady()) };
  const lanes = { pods: lane(parallel.pods), outside: lane(parallel.outside) };

  const send = async (check: PacketCheck, facts: Facts): Promise<Outcome> => {
    if (typeof check.at === "object" && "host" in check.at) return node(check.at.host).run(check.command(facts), { signal });
    if (check.at !== "outside") {
      site.requireReady(check.at);
      return cluster.run(facts.namespace, check.at.name, check.command(facts), signal);
    }
    if (!outside) throw new Error(`${check.name} needs a client outside`);
    return outside.run(check.command(facts), { signal });
  };
  const tryOnce = (check: PacketCheck): Promise<Timed> => {
    const facts = { ...site.facts(), live };
    return timed(async () => check.judge(await send(check, facts), facts));
  };
  const result = async (check: Check): Promise<Result> => {
    switch (check.kind) {
      case "skipped":
        return { ...words(check), status: "skipped", detail: check.reason, milliseconds: 0 };
      case "agreement":
        return concluded(check, await timed(async () => check.compare(live)));
      case "packet": {
        const obstacle = await stages[check.needs].then(() => undefined, unsent);
        if (obstacle) return concluded(check, { verdict: obstacle, milliseconds: 0 });
        return concluded(check, await lanes[typeof check.at === "object" && "name" in check.at ? "pods" : "outside"](() => tryOnce(check)));
      }
    }
  };
  return Promise.all(
    checks.map(async (check) => {
      const done = await result(check);
      signal.throwIfAborted();
      onResult(done);
      return done;
    }),
  );
}

interface Timed {
  readonly verdict: Verdict;
  readonly milliseconds: number;
}

/** A check whose packets can't be sent has failed, with the reason. */
function unsent(error: unknown): Verdict {
  if (error instanceof NotThere || error instanceof UserError) return failed(error.message);
  throw error;
}

async function timed(judge: () => Promise<Verdict>): Promise<Timed> {
  const started = performance.now();
  const verdict = await judge().catch(unsent);
  return { verdict, milliseconds: Math.round(performance.now() - started) };
}

const words = ({ name, from, to, expected }: Check) => ({ name, from, to, expected });

function concluded(check: PacketCheck | AgreementCheck, { verdict, milliseconds }: Timed): Result {
  return { ...words(check), status: verdict.passed ? "passed" : "failed", detail: verdict.detail, milliseconds };
}

/** Lets at most so many works run at a time, in the order in which they come. */
function lane(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
