import { prepareEngine } from "../offline/engine";
import { projectRoot } from "./paths";
import { showProgress } from "./progress";
import { runAttached } from "./run";
import { ensureExampleStack, stackEnvironment, stackOf } from "./stacks";

/** `npm run pulumi -- ARGS`: the engine with the lab's settings; without a stack, on the lab's. */
export async function main(args: readonly string[]): Promise<number> {
  const engine = await prepareEngine(showProgress());
  const stack = stackOf(args);
  if (args[0] !== "stack") await ensureExampleStack(engine, stack);
  const env = { ...process.env, ...engine.env, ...stackEnvironment(stack) };
  return runAttached(engine.program, args, { cwd: projectRoot, env });
}
