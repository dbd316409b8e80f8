import { planMigration } from "../../components/cni/migration/migration";
import type { Migration, MigrationStep, StackCommands } from "../../components/cni/migration/recipe";
import { readStackFile } from "../../core/stack/file";
import { requireStack } from "../../core/stack/parse";
import type { MigrateOptions } from "../migrate";
import { heading, print, printJson } from "../output";
import { findStackFile } from "../stack";

export function migrate({ stack: nameOrFile, from, to, json }: MigrateOptions): void {
  const file = findStackFile(nameOrFile);
  const stack = requireStack(readStackFile(file), file);
  const migration = planMigration(stack, from ?? stack.cni.provider, to, commandsFor(file));
  if (json) printJson(migration);
  else print(showMigration(migration, file));
}

/** Pulumi knows a stack by the name in its file's. */
function commandsFor(file: string): StackCommands {
  const [, name] = /(?:^|[/\\])Pulumi\.([^/\\]+)\.ya?ml$/.exec(file) ?? [];
  return { apply: name ? `pulumi up --stack ${name}` : "pulumi up", verify: `plumbline verify --stack ${name ?? file}` };
}

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

function showStep({ write = {}, commands, effects }: MigrationStep, file: string): string {
  return [
    ...Object.entries(write).map(([section, keys]) => `   in ${file}, under plumbline:${section}: ${flow(keys)}`),
    ...commands.map((command) => `   $ ${command}`),
    ...effects.map((effect) => `   ${effect}`),
  ].join("\n");
}

/** As YAML on one line. */
const flow = (keys: object) =>
  `{${Object.entries(keys)
    .map(([key, value]) => `${key}: ${value === "off" ? '"off"' : value}`)
    .join(", ")}}`;
