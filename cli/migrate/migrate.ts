import { commandsOf } from "../../components/cni/migration/actions";
import { planMigration } from "../../components/cni/migration/migration";
import type { Migration, MigrationStep } from "../../components/cni/migration/recipe";
import { readStackFile } from "../../core/stack/file";
import { requireStack } from "../../core/stack/parse";
import type { MigrateOptions } from "../migrate";
import { heading, print, printJson } from "../output";
import { findStackFile } from "../stack";
import { commandsFor, flow } from "./commands";

export function migrate({ stack: nameOrFile, from, to, json }: MigrateOptions): void {
  const file = findStackFile(nameOrFile);
  const stack = requireStack(readStackFile(file), file);
  const migration = planMigration(stack, from ?? stack.cni.provider, to, commandsFor(file));
  if (json) printJson({ ...migration, steps: migration.steps.map(forMachines) });
  else print(showMigration(migration, file));
}

const forMachines = ({ title, write, actions, effects }: MigrationStep) => ({ title, write, commands: commandsOf(actions), effects });

/** The steps for people. */
function showMigration(migration: Migration, file: string): string {
  const { from, to, mtu, restarts, window, steps, back } = migration;
  return [
    `From ${from} to ${to}, for ${file}`,
    [`Restarts: ${restarts}.`, `Without connectivity: ${window}.`, `Packets: ${packets(migration)}`].join("\n"),
    ...steps.map((step, index) => `${heading(`${index + 1}. ${step.title}`)}\n${showStep(step, file)}`),
    `${heading("The way back")}\n${back.map((line) => `   ${line}`).join("\n")}`,
  ].join("\n\n");

  function packets({ restarts: which }: Migration): string {
    if (mtu.before === mtu.after) return `pods keep ${mtu.after} bytes.`;
    if (mtu.before === undefined || which === "all pods") return `pods get ${mtu.after} bytes.`;
    const smaller = mtu.after < mtu.before;
    return `new pods get ${mtu.after} bytes; pods that were made before keep ${mtu.before} until they are restarted${
      smaller ? ". Larger packets than fit are refused by the host with ICMP, which TCP follows; restart what sends large UDP packets" : ""
    }.`;
  }
}

function showStep({ write = {}, actions, effects }: MigrationStep, file: string): string {
  return [
    ...Object.entries(write).map(([section, keys]) => `   in ${file}, under plumbline:${section}: ${flow(keys)}`),
    ...commandsOf(actions).map((command) => `   $ ${command}`),
    ...effects.map((effect) => `   ${effect}`),
  ].join("\n");
}
