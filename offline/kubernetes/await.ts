import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../provider/provider";
import type { Cluster } from "./cluster";
import { annotation, annotations, idOf, type KubeObject, kindOf, list, nameOf, text } from "./objects";
import { type Readiness, readinessRules } from "./readiness";

const defaultTimeoutSeconds = 600;
const pollMilliseconds = 500;

/** The object is there, but did not get ready. */
export class NotReadyError extends Error {
  constructor(
    message: string,
    readonly live: KubeObject,
    readonly problems: readonly string[],
  ) {
    super(message);
  }
}

interface Wait {
  cluster: Cluster;
  operation: Operation;
  /** In seconds; 0: what the object's annotation says, else ten minutes. */
  timeout: number;
}

export const skipsAwait = (object: KubeObject) => annotation(object, annotations.skipAwait) === "true";

function deadline(object: KubeObject, timeout: number): number {
  const annotated = Number.parseFloat(annotation(object, annotations.timeoutSeconds));
  return Date.now() + 1000 * (timeout || annotated || defaultTimeoutSeconds);
}

/** The readiness of an object right now; undefined for kinds that are ready once they exist, and where the object asks not to be waited for. */
export async function readinessOf(object: KubeObject, cluster: Cluster): Promise<Readiness | undefined> {
  return skipsAwait(object) ? undefined : ruleOf(object)?.assess(object, cluster);
}

const ruleOf = (object: KubeObject) => readinessRules[`${kindOf(object).apiVersion}/${kindOf(object).kind}`];

/** Waits until an object that was just written is ready; returns it as it is then. Throws NotReadyError when it fails or time is up. */
export async function untilReady(written: KubeObject, { cluster, operation, timeout }: Wait): Promise<KubeObject> {
  const rule = ruleOf(written);
  if (!rule) return written;
  if (skipsAwait(written)) {
    operation.status("Skipping await logic");
    return written;
  }
  const end = deadline(written, timeout);
  const report = reporter(operation);
  let live = written;
  let settledSince = { version: "", time: Date.now() };
  for (;;) {
    const found = await cluster.read(live);
    if (!found) throw new NotReadyError(`'${nameOf(live)}' was deleted while it was waited for`, live, []);
    live = found;
    const readiness = await rule.assess(live, cluster);
    const version = `${readiness.ready} ${readiness.version}`;
    if (version !== settledSince.version) settledSince = { version, time: Date.now() };
    const settled = readiness.version === undefined || Date.now() - settledSince.time >= 1000 * (rule.settleSeconds ?? 0);
    if (readiness.ready && settled) {
      operation.status(readiness.message);
      operation.status("");
      return live;
    }
    for (const problem of readiness.problems ?? []) report(`warning: ${problem}`);
    report(readiness.ready ? "[1/3] Finding Pods to direct traffic to" : readiness.message);
    if (readiness.failed) throw new NotReadyError(`'${nameOf(live)}' failed to become ready`, live, readiness.problems ?? []);
    const interrupted = operation.signal.aborted;
    if (interrupted || Date.now() >= end) {
      const why = interrupted ? "was interrupted while it was waited for" : "timed out waiting to be Ready";
      throw new NotReadyError(`'${nameOf(live)}' ${why}`, live, readiness.problems ?? []);
    }
    await sleep(pollMilliseconds);
  }
}

/** Waits until an object whose deletion was asked for is gone, or another one has taken its name. */
export async function untilGone(deleted: KubeObject, { cluster, operation, timeout }: Wait): Promise<void> {
  const end = deadline(deleted, timeout);
  const report = reporter(operation);
  for (;;) {
    const live = await cluster.read(deleted);
    if (!live || text(live, "metadata", "uid") !== text(deleted, "metadata", "uid")) break;
    report("Resource scheduled for deletion");
    if (operation.signal.aborted) throw new Error(`interrupted while ${kindOf(live).kind} ${idOf(live)} was being deleted`);
    if (Date.now() >= end) {
      const finalizers = list(live, "metadata", "finalizers").join(", ") || "none";
      throw new Error(`timed out waiting for the deletion of ${kindOf(live).kind} ${idOf(live)} (finalizers left: ${finalizers})`);
    }
    await sleep(pollMilliseconds);
  }
  operation.status("");
}

/** Shows each message once. */
function reporter(operation: Operation): (message: string) => void {
  const shown = new Set<string>();
  return (message) => {
    if (shown.has(message)) return;
    shown.add(message);
    operation.status(message);
  };
}
