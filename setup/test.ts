import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildArtefacts } from "../lab/prepare";
import { prepareEngine } from "../offline/engine";
import { main as check } from "./check";
import { ensureDebianPackages } from "./debian";
import { projectRoot } from "./paths";
import { showProgress } from "./progress";
import { CommandError, runAttached } from "./run";

/** Consumers that judge our output in tests; the lab's own packages are the lab's business. */
const judges = ["nftables", "shellcheck", "openssh-server"];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** `npm test [-- JEST ARGS]`: sets up what the tests need and runs all of them; ends with a line `N passed, N failed, N skipped`. */
export async function main(args: readonly string[]): Promise<number> {
  const progress = showProgress();
  const isCI = process.env.CI === "true";
  const hasRoot = process.platform === "linux" && process.getuid?.() === 0;
  const results: Counts = { passed: 0, failed: 0, skipped: 0 };
  const add = (counts: Counts) => {
    for (const key of ["passed", "failed", "skipped"] as const) results[key] += counts[key];
  };

  if (args.length === 0) add(await checks());
  if (hasRoot) {
    await ensureDebianPackages(judges, progress);
    await prepareEngine(progress);
    await buildArtefacts(progress);
  }
  add(await jest("unit", args));
  add(await jest("protocol", args));
  if (hasRoot) {
    add(await jest("lab", args));
    // Hosts and clusters mostly wait: two labs side by side take little longer than one.
    add(await jest("e2e", ["--maxWorkers=2", ...args]));
  } else {
    console.log("The e2e tests need Linux and root, for the lab's hosts: skipped.");
    results.skipped += 1;
  }
  // CI has what the tests need; a test that is skipped there tells of a hole in the set-up.
  const failed = results.failed + (isCI ? results.skipped : 0);
  if (isCI && results.skipped > 0) console.log(`${results.skipped} skipped, which is a failure with CI=true.`);
  console.log(`${results.passed} passed, ${failed} failed${results.skipped > 0 ? `, ${results.skipped} skipped` : ""}`);
  return failed > 0 ? 1 : 0;
}

/** Types, lint and import directions, counted as one test. */
async function checks(): Promise<Counts> {
  try {
    await check();
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.log(error.outcome.stdout);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function jest(project: string, args: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-test-"));
  const file = path.join(folder, "results.json");
  const program = path.join(projectRoot, "node_modules", "jest", "bin", "jest.js");
  try {
    const options = ["--passWithNoTests", "--json", `--outputFile=${file}`, "--selectProjects", project];
    const code = await runAttached(process.execPath, [program, ...args, ...options], { cwd: projectRoot });
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
    const results = JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
    const count = (name: string) => results[name] ?? 0;
    // A test file that can't even be loaded has no tests that could fail.
    const failed = count("numFailedTests") + count("numRuntimeErrorTestSuites");
    return { passed: count("numPassedTests"), failed: Math.max(failed, code === 0 ? 0 : 1), skipped: count("numPendingTests") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
