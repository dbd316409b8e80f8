import type { Engine } from "../offline/engine";
import { projectRoot } from "./paths";
import { attempt, run } from "./run";

/** The stacks of the checkout, whose secrets are a lab's that is thrown away, or none. */
const examples = ["lab", "dev", "prod-example"];

/** The stack that a command line of the engine is about: `--stack NAME`, `stack init NAME`; by default the lab's. */
export function stackOf(args: readonly string[]): string {
  const flag = args.findIndex((word) => word === "--stack" || word === "-s");
  if (flag >= 0) return args[flag + 1] ?? "";
  const joined = args.find((word) => word.startsWith("--stack="));
  if (joined) return joined.slice("--stack=".length);
  const [command, action, name] = args.filter((word) => !word.startsWith("-"));
  return (command === "stack" && ["init", "select", "rm"].includes(action ?? "") && name) || process.env.PULUMI_STACK || "lab";
}

/**
 * What the engine's environment needs for a stack. The passphrase of the checkout's own stacks is public; for any other one Pulumi asks its user,
 * unless he has said it in his environment: real secrets don't belong under a public passphrase.
 */
export function stackEnvironment(stack: string): Record<string, string> {
  const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
  const own = PULUMI_CONFIG_PASSPHRASE !== undefined || PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  return { PULUMI_STACK: stack, ...(examples.includes(stack) && !own ? { PULUMI_CONFIG_PASSPHRASE: "plumbline-lab" } : {}) };
}

/** Makes the state of a stack of the checkout where there is none yet, so that a newcomer's first command works. */
export async function ensureExampleStack(engine: Engine, stack: string): Promise<void> {
  if (!examples.includes(stack)) return;
  const options = { cwd: projectRoot, env: { ...engine.env, ...stackEnvironment(stack) } };
  const found = await attempt(engine.program, ["stack", "ls", "--json"], options);
  const names = found.code === 0 ? (JSON.parse(found.stdout) as { name: string }[]).map(({ name }) => name) : [];
  if (!names.includes(stack)) await run(engine.program, ["stack", "init", stack, "--non-interactive"], options);
}
