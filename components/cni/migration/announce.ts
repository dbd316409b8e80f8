import { UserError } from "../../../core/finding";
import type { Plan } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";
import { isTransit } from "../providers";
import type { Foreign } from "./leftovers";
import { planMigration } from "./migration";
import type { Announcement, Migration, MigrationStep } from "./recipe";
import { type NetworkRecord, networkRecord, readRecord } from "./record";
import { settingChanges } from "./settings";

type Provider = NetworkRecord["provider"];

/**
 * What happens when a cluster with this record gets the plan's pod network; undefined when nothing is known or nothing changes.
 * @param found the network of others' that the cluster has, where there is no record.
 */
export function announceNetworkChange(annotation: string | undefined, plan: Plan, found?: Foreign): Announcement | undefined {
  const now = networkRecord(plan.stack, plan.layers);
  const before = readRecord(annotation) ?? foreignRecord(found, now);
  if (before === undefined) return undefined;
  const network = networkChange(before, now, plan);
  const parts = [...(network ? [network] : []), ...settingChanges(before, now)];
  if (parts.length === 0) return undefined;
  return {
    isSafe: parts.every(({ isSafe }) => isSafe),
    restarts: parts.some(({ restarts }) => restarts === "all pods") ? "all pods" : "no pod",
    text: parts.map(({ text }) => text).join("\n"),
  };
}

/** An older version of Plumbline wrote no record, and its flannel has the same objects as flannel's own manifest. */
function foreignRecord(found: Foreign | undefined, now: NetworkRecord): NetworkRecord | undefined {
  return found === undefined || (found === "kube-flannel" && now.provider === "flannel") ? undefined : { provider: found };
}

const show = ({ provider, alongside }: NetworkRecord) => (alongside ? `${provider} beside ${alongside}` : provider);

function networkChange(before: NetworkRecord, now: NetworkRecord, plan: Plan): Announcement | undefined {
  if (show(before) === show(now)) return undefined;
  const change = `The pod network changes from ${show(before)} to ${show(now)}`;
  if (isStep(before, now)) {
    const { provider, alongside } = before;
    return {
      isSafe: true,
      restarts: "no pod",
      text: [
        `${change}. No pod restarts, and hosts that have changed and hosts that haven't reach each other meanwhile.`,
        ...(now.alongside ? ["What is left to do then:", ...stepsAfter(before, now, plan.stack)] : []),
        `The way back: plumbline:cni: ${flow({ provider, ...(alongside ? { alongside } : {}) })}, and \`pulumi up\`.`,
      ].join("\n"),
    };
  }
  const { restarts, words } = atOnce(before.provider, now.provider, plan.stack);
  return { isSafe: false, restarts, text: [`${change} at once.`, ...words].join("\n") };
}

/** The network that is on its way in, or out. */
const other = (before: NetworkRecord, now: NetworkRecord): Provider | undefined =>
  before.provider === now.provider ? now.alongside : now.provider;

/** Whether hosts of both sides reach each other while the change goes from host to host. */
function isStep(before: NetworkRecord, now: NetworkRecord): boolean {
  if (before.provider === now.provider) return true;
  // Its tunnels have to be there before packets go by them. bridge has none, and flanneld sets its routes when it is ready.
  const isReady = before.alongside === now.provider || now.provider !== "vxlan";
  return now.alongside === before.provider && isReady;
}

/** The steps that follow the one that the stack says now. */
function stepsAfter(before: NetworkRecord, now: NetworkRecord, stack: Stack): string[] {
  const steps = migrationOf(before.provider, other(before, now), stack)?.steps ?? [];
  const done = steps.findIndex(({ write }) => write && show(write.cni as NetworkRecord) === show(now)) + 1;
  return showSteps(steps).slice(done);
}

const showSteps = (steps: readonly MigrationStep[]) =>
  steps.map(({ title, write }, index) => `  ${index + 1}. ${title}${write?.cni ? `: plumbline:cni: ${flow(write.cni)}` : ""}`);

function atOnce(from: Provider, to: Provider, stack: Stack): { restarts: Announcement["restarts"]; words: string[] } {
  const migration = migrationOf(from, to, stack);
  if (!migration)
    return {
      restarts: "all pods",
      words: [
        "All pods are made anew: those that run keep their addresses of the former network, and don't reach new ones.",
        `Plumbline knows no steps for this change. See docs/cni.md, "Change to another one".`,
      ],
    };
  const { restarts, window, steps, back } = migration;
  const isOurs = restarts === "no pod";
  return {
    restarts,
    words: [
      isOurs
        ? "No pod restarts, but until the last host has changed, pods on hosts that have and on hosts that haven't don't reach each other."
        : `Restarts: ${restarts}. Without connectivity: ${window}.`,
      isOurs ? "These steps lose nothing, each applied by itself:" : "Its steps:",
      ...showSteps(steps),
      `The way back: ${back[0]}`,
      `\`plumbline migrate --from ${from} --to ${to}\` says what each step does.`,
    ],
  };
}

function migrationOf(from: Provider, to: Provider | undefined, stack: Stack): Migration | undefined {
  if (to === undefined || to === "kube-flannel" || !isTransit(to)) return undefined;
  try {
    return planMigration(stack, from, to, { apply: "pulumi up", verify: "plumbline verify" });
  } catch (error) {
    if (error instanceof UserError) return undefined; // A network of the user's own: nobody knows its steps.
    throw error;
  }
}

const flow = (keys: object) =>
  `{${Object.entries(keys)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ")}}`;
