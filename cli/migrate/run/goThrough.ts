import colors from "picocolors";
import type { Cluster } from "../../../components/cluster";
import type { Action } from "../../../components/cni/migration/actions";
import { type Change, changeAnnotation, type Evidence, isDone, provenBefore } from "../../../components/cni/migration/progress";
import type { Migration, MigrationStep } from "../../../components/cni/migration/recipe";
import { UserError } from "../../../core/finding";
import { heading, print } from "../../output";
import { flow } from "../commands";
import { kubeSystem, readSeen } from "./seen";

/** With what steps are gone through. */
export interface Doing {
  readonly cluster: Cluster;
  /** Sets what a step writes in the stack file; whether it had to. */
  readonly write: (sections: NonNullable<MigrationStep["write"]>) => boolean;
  readonly carryOut: (action: Action) => Promise<void>;
  /** The command that applies the stack. */
  readonly apply: string;
  readonly signal: AbortSignal;
}

/** Step by step; whether a step is done is asked of the cluster when its turn comes. What stopped it, with the state that it leaves; undefined at the end. */
export async function goThrough(
  { from, to, steps }: Migration,
  { cluster, write, carryOut, apply, signal }: Doing,
): Promise<UserError | undefined> {
  const opened = steps.some(({ write }) => (write?.firewall as { mode?: string } | undefined)?.mode === "off");
  const change: Change = { from, to, ...(opened ? { firewall: "enforce" } : {}) };
  let place = "before the first step";
  const perform = async (action: Action) => {
    signal.throwIfAborted();
    print(`   ${colors.dim(wordsOf(action, apply))}`);
    await carryOut(action);
  };
  try {
    const proof = provenBefore(steps, await readSeen(cluster, from));
    if (proof) {
      place = "the proof of what is done already";
      print(`\n${heading("What is done already")}`);
      await perform(proof);
    }
    for (const [index, step] of steps.entries()) {
      place = `step ${index + 1}, ${step.title}`;
      if (isDone(step.done, await readSeen(cluster, from))) continue;
      print(`\n${heading(`${index + 1}. ${step.title}`)}`);
      if (step.actions.some(({ kind }) => kind !== "compare pod ranges"))
        await cluster.patch(kubeSystem, { metadata: { annotations: { [changeAnnotation]: JSON.stringify(change) } } });
      if (step.write && write(step.write)) print(`   ${colors.dim(`written: ${showWrite(step.write)}`)}`);
      for (const action of step.actions) await perform(action);
      if (step.done && step.done.kind !== "needed until brought" && !isDone(step.done, await readSeen(cluster, from)))
        throw new UserError(notDone(step.done, to, apply));
    }
    await cluster.patch(kubeSystem, { metadata: { annotations: { [changeAnnotation]: null } } });
  } catch (error) {
    if (!(error instanceof UserError) && !signal.aborted) throw error;
    const reason = signal.aborted ? signal.reason : error;
    return new UserError(await stoppedAt(place, reason, from, cluster));
  }
  print(`\nThe pod network is ${to}.`);
  return undefined;
}

/** All was carried out, and the cluster says otherwise. */
function notDone({ kind }: Evidence, to: string, apply: string): string {
  if (kind === "applied" || kind === "brought")
    return `The cluster has no record of ${to}. Does \`${apply}\` apply this stack file to this cluster? See --apply.`;
  return "It was carried out, and the cluster's nodes and DaemonSets don't show it: somebody else changes them too.";
}

function wordsOf(action: Action, apply: string): string {
  if (action.kind === "apply") return `$ ${apply}`;
  if (action.kind === "verify") return `proof with packets: ${action.of}`;
  return `$ ${action.command ?? action.kind}`;
}

const showWrite = (sections: Readonly<Record<string, object>>) =>
  Object.entries(sections)
    .map(([section, keys]) => `plumbline:${section}: ${flow(keys)}`)
    .join(", ");

/** What was seen, what state the nodes are in, and how it goes on. */
async function stoppedAt(place: string, reason: Error, from: string, cluster: Cluster): Promise<string> {
  const state = await readSeen(cluster, from).then(
    ({ nodes, agents }) => {
      const list = (words: string, which: typeof nodes) =>
        which.length > 0 ? [`${words}: ${which.map(({ name }) => name).join(", ")}.`] : [];
      return [
        ...list(
          "Cordoned by this change",
          nodes.filter(({ cordonedFor }) => cordonedFor),
        ),
        ...(agents.length > 0
          ? list(
              `Still on ${from}`,
              nodes.filter(({ isLabelled }) => isLabelled),
            )
          : []),
      ];
    },
    (error: unknown) => {
      if (error instanceof UserError) return [];
      throw error;
    },
  );
  return [
    `Stopped at ${place}: ${reason.message}`,
    ...state,
    "No further node is changed. Mend it and run the same command again: it goes on where it stopped.",
  ].join("\n");
}
