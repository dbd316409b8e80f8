import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import colors from "picocolors";
import { UserError } from "../core/finding";
import { chosenLab } from "../lab/topology";
import { up as labUp } from "../lab/up";
import { type Engine, prepareEngine } from "../offline/engine";
import { projectRoot } from "./paths";
import { showProgress } from "./progress";
import { run, runAttached } from "./run";
import { ensureExampleStack, stackEnvironment } from "./stacks";
import { showSummary } from "./summary";

const stack = "lab";

/** `npm run up`: sets up the engine, starts the lab, runs `pulumi up` on its stack, verifies, and shows what came of it. */
export async function main(): Promise<number> {
  requireRoot();
  const started = Date.now();
  const progress = showProgress();
  const engine = await prepareEngine(progress);
  console.error(colors.dim(engine.description));
  await labUp(chosenLab(), { kind: "cluster" }, progress);
  await ensureExampleStack(engine, stack);
  await progress.step(`pulumi up --stack ${stack}`, "about half a minute", (log) => runUp(engine, log));
  const verified = await runAttached(process.execPath, [path.join(projectRoot, "bin", "plumbline.js"), "verify", "--stack", stack]);
  showSummary(stack, started);
  return verified;
}

function requireRoot(): void {
  if (process.platform === "linux" && process.getuid?.() === 0) return;
  throw new UserError(
    [
      "The lab needs Linux and root: it starts real hosts with systemd, nftables and a kubeadm cluster on this machine.",
      "Without them these work: `npx plumbline check`, `npx plumbline plan`, `npx plumbline render --out DIR` on any stack,",
      "and `npm run pulumi -- preview --stack prod-example`. For the rest: run this as root on Debian 12, for example in a VM.",
    ].join("\n"),
  );
}

/** The environment of the engine's own process. */
const environment = (engine: Engine) => ({ cwd: projectRoot, env: { ...engine.env, ...stackEnvironment(stack) } });

async function runUp(engine: Engine, log: (text: string) => void): Promise<void> {
  const args = ["--yes", "--stack", stack, "--non-interactive"];
  if (locksOfDeadRuns()) await run(engine.program, ["cancel", "--yes", "--stack", stack], { ...environment(engine), log });
  await run(engine.program, ["up", "--skip-preview", ...args], { ...environment(engine), log });
}

/** Whether all locks on the stack are left from runs that were killed. */
function locksOfDeadRuns(): boolean {
  const folder = path.join(projectRoot, ".pulumi", "locks", "organization", "plumbline", stack);
  if (!existsSync(folder)) return false;
  const owners = readdirSync(folder).map((name) => (JSON.parse(readFileSync(path.join(folder, name), "utf8")) as { pid: number }).pid);
  return owners.length > 0 && owners.every((pid) => !existsSync(`/proc/${pid}`));
}
