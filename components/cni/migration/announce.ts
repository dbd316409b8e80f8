import { UserError } from "../../../core/finding";
import type { Plan } from "../../../core/plan";
import type { Stack } from "../../../core/stack/schema";
import { isTransit } from "../providers";
import { planMigration } from "./migration";
import { type NetworkRecord, networkRecord, readRecord } from "./record";
import { settingChanges } from "./settings";

/** What a preview says of a change of the pod network. `isSafe`: no pod restarts and no packet is lost. */
export interface Announcement {
  readonly isSafe: boolean;
  readonly text: string;
}

type Provider = NetworkRecord["provider"];

/** What happens when a cluster with this record gets the plan's pod network; undefined when nothing is known or nothing changes. */
export function announceNetworkChange(annotation: string | undefined, plan: Plan): Announcement | undefined {
  const before = readRecord(annotation);
  if (before === undefined) return undefined;
  const now = networkRecord(plan.stack, plan.layers);
  const settings = settingChanges(before, now);
  const network = networkChange(before, now, plan);
  const parts = [...(network ? [network] : []), ...settings];
  return parts.length === 0 ? undefined : { isSafe: parts.every(({ isSafe }) => isSafe), text: parts.map(({ text }) => text).join("\n") };
}

const show = ({ provider, alongside }: NetworkRecord) => (alongside ? `${provider} beside ${alongside}` : provider);

function networkChange(before: NetworkRecord, now: NetworkRecord, plan: Plan): Announcement | undefined {
  if (show(before) === show(now)) return undefined;
  if (isStep(before, now)) {
    const rest = now.alongside ? ` What is left to do: \`plumbline migrate --from ${before.provider} --to ${other(before, now)}\`.` : "";
    return {
      isSafe: true,
      text: `The pod network changes from ${show(before)} to ${show(now)}. No pod restarts, and hosts that have changed and hosts that haven't reach each other meanwhile.${rest}`,
    };
  }
  return {
    isSafe: false,
    text: [
      `The pod network changes from ${show(before)} to ${show(now)} at once.`,
      ...atOnce(before.provider, now.provider, plan.stack),
    ].join("\n"),
  };
}

/** The network that is on its way in, or out. */
const other = (before: NetworkRecord, now: NetworkRecord) => (before.provider === now.provider ? now.alongside : now.provider);

/** Whether hosts of both sides reach each other while the change goes from host to host. */
function isStep(before: NetworkRecord, now: NetworkRecord): boolean {
  if (before.provider === now.provider) return true;
  // Its tunnels have to be there before packets go by them. bridge has none, and flanneld sets its routes when it is ready.
  const isReady = before.alongside === now.provider || now.provider !== "vxlan";
  return now.alongside === before.provider && isReady;
}

function atOnce(from: Provider, to: Provider, stack: Stack): string[] {
  const migration = migrationOf(from, to, stack);
  if (!migration)
    return [
      "All pods are made anew: those that run keep their addresses of the former network, and don't reach new ones.",
      `Plumbline knows no steps for this change. See docs/cni.md, "Change to another one".`,
    ];
  const steps = migration.steps.map(
    ({ title, write }, index) => `  ${index + 1}. ${title}${write?.cni ? `: plumbline:cni: ${flow(write.cni)}` : ""}`,
  );
  return [
    ...(isTransit(from)
      ? ["No pod restarts, but until the last host has changed, pods on hosts that have and on hosts that haven't don't reach each other."]
      : [`Restarts: ${migration.restarts}. Without connectivity: ${migration.window}.`]),
    ...(isTransit(from) ? ["These steps lose nothing, each applied by itself:"] : ["Its steps:"]),
    ...steps,
    `The way back: ${migration.back[0]}`,
    `\`plumbline migrate --from ${from} --to ${to}\` says what each step does.`,
  ];
}

function migrationOf(from: Provider, to: Provider, stack: Stack) {
  if (!isTransit(to)) return undefined;
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
