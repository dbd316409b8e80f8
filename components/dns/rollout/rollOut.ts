import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment } from "@kubernetes/client-node";
import { UserError } from "../../../core/finding";
import type { Stack } from "../../../core/stack/schema";
import type { Cluster } from "../../cluster";
import { configHash, configHashKey } from "../../configHash";
import { corefile } from "../corefile";
import { configMap, deployment, type Former, formerKey, readLiveDns } from "./live";
import { dnsPods, isRolledOut, progressOf, troubles } from "./pods";
import { Trial } from "./trial";

/** Seconds in which a rollout has to get on. */
const patience = 90;
/** Seconds after which a pod that read the new Corefile has read the former one again: the intervals of the kubelet and of the plugin reload. */
const reloading = 150;
const between = 500;

export interface Rollout {
  readonly cluster: Cluster;
  readonly stack: Stack;
  /** Told what is being done. */
  say(message: string): void;
}

/**
 * Brings a stack's Corefile into force: tried by a CoreDNS of its own, applied, awaited, asked, and taken back where that fails. Goes on where a run before it
 * was broken off.
 * @throws UserError that says which Corefile is in force.
 */
export async function rollOutCorefile({ cluster, stack, say }: Rollout): Promise<void> {
  const text = corefile(stack);
  const live = await readLiveDns(cluster);
  if (!live || (live.corefile === text && !live.former)) return;
  const now = { corefile: live.corefile, ...(live.hash === undefined ? {} : { hash: live.hash }) };
  if (!stack.dns.trial) return bringIntoForce(cluster, text, live.former ?? { ...now, answered: [] }, undefined, say);
  const trial = new Trial(cluster, stack);
  try {
    say("Trying the new Corefile in a pod of its own");
    await trial.start(live.deployment, text);
    const former = live.former ?? { ...now, answered: await trial.answeredNow() };
    await trial.mustAnswer(former.answered);
    await bringIntoForce(cluster, text, former, trial, say);
  } finally {
    // Not a reason to fail: the pod ends by itself, and the next trial removes it.
    await trial.end().catch((error: unknown) => say(`Pod coredns-trial isn't removed: ${wordsOf(error)}`));
  }
}

/** From here on, what goes wrong is taken back. */
async function bringIntoForce(
  cluster: Cluster,
  text: string,
  former: Former,
  trial: Trial | undefined,
  say: Rollout["say"],
): Promise<void> {
  const hash = configHash(text)[configHashKey];
  try {
    say("Rolling out the new Corefile");
    await write(cluster, text, hash, former);
    await untilRolledOut(cluster, hash);
    const silence = await trial?.silence(former.answered);
    if (silence) throw new UserError(`${silence}, as before`);
  } catch (failure) {
    const reason = wordsOf(failure);
    say(`Taking the new Corefile back: ${reason}`);
    throw new UserError(await takeBack(cluster, former, trial, reason));
  }
  await finish(cluster, "");
}

/** Gives what is to be said of it. */
async function takeBack(cluster: Cluster, former: Former, trial: Trial | undefined, reason: string): Promise<string> {
  try {
    await write(cluster, former.corefile, former.hash, former);
    await untilRolledOut(cluster, former.hash);
    const end = Date.now() + reloading * 1000;
    for (;;) {
      const silence = await trial?.silence(former.answered);
      if (!silence) break;
      if (Date.now() > end) throw new UserError(`with the former one ${silence}`);
      await sleep(between);
    }
    await finish(cluster, former.hash === undefined ? null : "");
    return `The new Corefile was rolled out, and taken back: ${reason}.\nThe former one is in force again.`;
  } catch (failure) {
    return [
      `The new Corefile doesn't work: ${reason}.`,
      `Taking it back failed too: ${wordsOf(failure)}.`,
      `The former one is in the annotation ${formerKey} of ConfigMap kube-system/coredns. \`pulumi up --refresh\` goes on from here.`,
    ].join("\n");
  }
}

/** The ConfigMap first: the pods that the Deployment starts read it. */
async function write(cluster: Cluster, corefile: string, hash: string | undefined, former: Former): Promise<void> {
  const ours = { [configHashKey]: hash ?? null };
  const annotations = { ...ours, [formerKey]: JSON.stringify(former) };
  await cluster.patch(configMap, { metadata: { annotations }, data: { Corefile: corefile } });
  await cluster.patch(deployment, { spec: { template: { metadata: { annotations: ours } } } });
}

/** @param rest what is left of the annotation: nothing where the ConfigMap isn't the stack's yet */
const finish = (cluster: Cluster, rest: "" | null) => cluster.patch(configMap, { metadata: { annotations: { [formerKey]: rest } } });

/** @throws UserError when the rollout doesn't get on. @param hash that of the Corefile, as its pods bear it */
async function untilRolledOut(cluster: Cluster, hash: string | undefined): Promise<void> {
  let last = { progress: "", at: Date.now() };
  for (;;) {
    const now = ((await cluster.read(deployment)) ?? {}) as V1Deployment;
    if (isRolledOut(now)) return;
    const progress = progressOf(now);
    if (progress !== last.progress) last = { progress, at: Date.now() };
    const { isHopeless, text } = troubles(await dnsPods(cluster), hash);
    if (isHopeless || Date.now() - last.at > patience * 1000)
      throw new UserError(`CoreDNS's pods don't get ready${text ? ` (${text})` : ""}`);
    await sleep(between);
  }
}

const wordsOf = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));
