import { projectRoot } from "./paths";
import { showProgress } from "./progress";
import { run } from "./run";

const rooms = ["index.ts", "core", "components", "analysis", "cli", "lab", "offline", "setup", "bench"];

/** `npm run check`: types, lint and format, and the import directions of docs/architecture.md. */
export async function main(): Promise<number> {
  const progress = showProgress();
  const tool = (title: string, args: readonly string[]) =>
    progress.step(title, undefined, (log) => run("npx", ["--no-install", ...args], { cwd: projectRoot, log }));
  await tool("Types", ["tsc", "--noEmit"]);
  await tool("Lint and format", ["biome", "check", "--error-on-warnings"]);
  await tool("Import directions", ["depcruise", "--config", ".dependency-cruiser.js", ...rooms]);
  return 0;
}
