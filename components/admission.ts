import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../core/finding";
import type { Manifest } from "../core/part";
import type { Cluster } from "./cluster";

/** Seconds for a webhook to answer: in a new cluster its pods have just got their network, and may have images to pull. */
const patience = 180;
const between = 1000;

/**
 * Why the API server can't judge an object: the webhook that it has to ask doesn't answer, since its pods aren't ready or the API server has no certificate of
 * theirs yet. Undefined when it can, whatever it then says. Source: kubernetes.io, "Dynamic Admission Control", failurePolicy Fail; the words are the API server's.
 */
export async function unjudged(cluster: Pick<Cluster, "create">, object: Manifest): Promise<string | undefined> {
  try {
    await cluster.create(object, { dryRun: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.includes("failed calling webhook") ? error.message : undefined;
  }
}

/** Waits until the API server can judge an object. @throws UserError when that takes too long. */
export async function untilJudged(
  cluster: Pick<Cluster, "create">,
  object: Manifest,
  say: (message: string) => void,
  seconds = patience,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let reason = await unjudged(cluster, object);
  if (reason) say(`Waiting for the webhook that has to admit ${object.kind} ${object.metadata.name}`);
  for (; reason; reason = await unjudged(cluster, object)) {
    if (Date.now() > end)
      throw new UserError(`${reason}\nIt didn't answer within ${seconds} s: do its pods run? See \`kubectl get pods -A\`.`);
    await sleep(between);
  }
}
