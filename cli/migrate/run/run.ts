import path from "node:path";
import colors from "picocolors";
import { type Cluster, openCluster } from "../../../components/cluster";
import { isForeign } from "../../../components/cni/migration/leftovers";
import { planMigration } from "../../../components/cni/migration/migration";
import { obstacles } from "../../../components/cni/migration/obstacles";
import { type Change, isDone } from "../../../components/cni/migration/progress";
import type { Migration, MigrationStep } from "../../../components/cni/migration/recipe";
import { kubeconfigText } from "../../../components/kubeconfig";
import { planNetwork } from "../../../components/plan";
import { UserError } from "../../../core/finding";
import { type Plan, requirePlan } from "../../../core/plan";
import { readStackFile } from "../../../core/stack/file";
import { requireStack } from "../../../core/stack/parse";
import type { Stack } from "../../../core/stack/schema";
import { confirmed } from "../../confirm";
import { interruptible } from "../../interruptible";
import type { MigrateOptions } from "../../migrate";
import { print } from "../../output";
import { findStackFile } from "../../stack";
import { commandsFor } from "../commands";
import { makeCarryOut } from "./carryOut";
import { noController, podsOn, unmanaged } from "./drain";
import { type Doing, goThrough } from "./goThrough";
import { type Hosts, hostsOf } from "./host";
import { readSeen } from "./seen";
import { typeCommand } from "./typeCommand";
import { makeVerify } from "./verify";
import { writeStack } from "./write";

/** `plumbline migrate --run`: makes the change, or goes on with it where it stopped. */
export async function runMigration(options: MigrateOptions): Promise<void> {
  const file = findStackFile(options.stack);
  const directory = path.dirname(file);
  const stack = requireStack(readStackFile(file), file);
  const kubeconfig = kubeconfigText(stack, directory);
  if (kubeconfig === undefined)
    throw new UserError("The stack names no cluster.kubeconfig: nodes are cordoned and drained through the cluster's API.");
  const cluster = await openCluster(kubeconfig);
  const { change } = await readSeen(cluster, undefined);
  const from = options.from ?? change?.from ?? stack.cni.provider;
  const { to } = options;
  const commands = commandsFor(file);
  const migration = planMigration(asBefore(stack, change), from, to, commands);
  const plan = requirePlan(planNetwork({ ...stack, cni: { ...stack.cni, provider: to, alongside: undefined } }));
  const hosts = hostsOf(stack, plan.nodes, directory);

  await requireFree(from, to, plan, cluster, hosts);
  const seen = await readSeen(cluster, from);
  print(showSteps(migration, file, (step) => isDone(step.done, seen)));
  const question = change ? "Go on?" : `Begin? Restarts: ${migration.restarts}.`;
  if (!options.yes && !(await confirmed(`\n${question}`, "\nNothing was changed. To begin without being asked: --yes"))) {
    process.exitCode = 1;
    return;
  }
  const stopped = await interruptible("Interrupted.", async (signal) => {
    const apply = options.apply ?? commands.apply.replace("pulumi up", "pulumi up --yes");
    const verify = makeVerify({ file, kubeconfig, cluster, signal });
    const type = (command: string) => typeCommand(command, signal);
    const carryOut = makeCarryOut({ cluster, hosts, plan, from, apply, type, verify, signal });
    const write: Doing["write"] = (sections) => writeStack(file, sections);
    return goThrough(migration, { cluster, write, carryOut, apply, signal });
  });
  if (stopped) throw stopped;
}

/** What the stack said before the change wrote something else meanwhile. */
const asBefore = (stack: Stack, change: Change | undefined): Stack =>
  change?.firewall ? { ...stack, firewall: { ...stack.firewall, mode: change.firewall } } : stack;

/** @throws UserError with everything that is in the way. */
async function requireFree(from: string, to: string, plan: Plan, cluster: Cluster, hosts: Hosts): Promise<void> {
  const problems = [
    ...obstacles(from, to, plan.nodes, await readSeen(cluster, from)),
    ...(isForeign(from)
      ? [
          ...(await Promise.all(plan.nodes.map((node) => hosts.problem(node)))).flatMap((problem) => problem ?? []),
          ...lostPods(await Promise.all(plan.nodes.map(({ name }) => podsOn(cluster, name)))),
        ]
      : []),
  ];
  if (problems.length > 0) throw new UserError(`${problems.join("\n")}\nNothing was changed.`);
}

const lostPods = (pods: readonly Parameters<typeof unmanaged>[0][]) => {
  const lost = pods.flatMap((each) => unmanaged(each));
  return lost.length > 0 ? [noController(lost)] : [];
};

function showSteps({ from, to, steps, window }: Migration, file: string, done: (step: MigrationStep) => boolean): string {
  return [
    `From ${from} to ${to}, for ${file}`,
    `Without connectivity: ${window}.`,
    ...steps.map((step, index) => `${done(step) ? colors.green("✓") : " "} ${index + 1}. ${step.title}`),
  ].join("\n");
}
