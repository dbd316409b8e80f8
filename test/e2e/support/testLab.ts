import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { numberedLab } from "../../../lab/topology";
import { projectRoot } from "../../../setup/paths";
import { attempt, type Outcome, run } from "../../../setup/run";

/** A lab of the tests' own, beside the one that a developer may have up; each of jest's workers has another. */
export const testLab = numberedLab(Number(process.env.PLUMBLINE_TEST_LAB ?? 7) + Number(process.env.JEST_WORKER_ID ?? 1) - 1);

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-e2e-"));

/** What users have in their environment; the state goes to a folder of this test file's own. */
export const environment: Readonly<Record<string, string>> = {
  PLUMBLINE_LAB: String(testLab.number),
  PULUMI_BACKEND_URL: `file://${folder}`,
  // That of the lab's stack file, whose salt belongs to it.
  PULUMI_CONFIG_PASSPHRASE: "plumbline-lab",
  NO_COLOR: "1",
};

/** The lab's image of probes. */
export const agnhostImage = "lab.local/agnhost:v1.34.4";

export const stateFolder = folder;

/** `plumbline ARGS` as a process. */
export function plumbline(...args: string[]): Promise<Outcome> {
  return attempt(process.execPath, [path.join(projectRoot, "bin", "plumbline.js"), ...args], { cwd: projectRoot, env: environment });
}

/** `npm run pulumi -- ARGS` with a configuration of the test's own. Throws with the engine's words when it fails. */
export async function pulumi(configFile: string, command: string, ...args: string[]): Promise<string> {
  const options = { cwd: projectRoot, env: environment };
  const words = [
    path.join(projectRoot, "setup", "bootstrap.js"),
    "pulumi",
    command,
    "--stack",
    "lab",
    "--config-file",
    configFile,
    "--non-interactive",
  ];
  const outcome = await attempt(process.execPath, [...words, ...args], options);
  if (outcome.code !== 0) throw new Error(`pulumi ${command} ended with ${outcome.code}:\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome.stdout;
}

/**
 * `pulumi up` that dies, with all of its processes, as soon as something is so; and the lock that it leaves is taken away. Throws when it ends before.
 * @param isSo throws as long as it isn't
 */
export async function killedUp(configFile: string, isSo: () => Promise<unknown>): Promise<void> {
  const words = [path.join(projectRoot, "setup", "bootstrap.js"), "pulumi", "up", "--yes", "--skip-preview", "--stack", "lab"];
  const child = spawn(process.execPath, [...words, "--config-file", configFile, "--non-interactive"], {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    stdio: "ignore",
  });
  const ended = new Promise<never>((_, reject) => child.on("exit", () => reject(new Error("pulumi up ended before it was killed"))));
  await Promise.race([ended, waitFor(isSo, 120)]);
  ended.catch(() => undefined);
  // All at once, by their own numbers: none is left to go on with what another has begun.
  const all = await descendants(child.pid ?? 0);
  for (const pid of all) process.kill(pid, "SIGSTOP");
  for (const pid of all) process.kill(pid, "SIGKILL");
  await engine("cancel", "--yes", "--stack", "lab");
}

/** A process and those that it has started, and they. */
async function descendants(pid: number): Promise<number[]> {
  const all = (await run("ps", ["-e", "-o", "pid=,ppid="])).split("\n").map((line) => line.trim().split(/ +/).map(Number));
  const family = [pid];
  // The list grows while it is walked.
  for (const one of family) family.push(...all.flatMap(([child = 0, parent]) => (parent === one ? [child] : [])));
  return family;
}

/** Brings the lab up, as kubeadm leaves it: what a run that died has left of it is taken away first. */
export async function startTestLab(...options: string[]): Promise<void> {
  for (const words of [["down"], ["up", ...options]]) {
    const { code, stderr } = await plumbline("lab", ...words);
    if (code !== 0) throw new Error(`plumbline lab ${words.join(" ")} ended with ${code}:\n${stderr}`);
  }
}

export async function stopTestLab(): Promise<void> {
  await plumbline("lab", "down");
}

/** Runs a shell command on a host, as a user would over SSH. Throws when it fails. */
export async function on(host: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await plumbline("lab", "exec", host, "--", "sh", "-c", command);
  if (code !== 0) throw new Error(`${command} on ${host} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** The lab's own stack file, for the tests' lab, changed as the test wants it. */
export function stackFile(name: string, edit: (text: string) => string = (text) => text): string {
  const text = readFileSync(path.join(projectRoot, "stacks", "Pulumi.lab.yaml"), "utf8")
    .replaceAll("10.100.0.", testLab.address(0).replace(/0$/, ""))
    .replaceAll("../.lab/", `${path.join(projectRoot, ".lab", testLab.number === 0 ? "" : `lab${testLab.number}`)}/`);
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(file, edit(text));
  return file;
}

/** Every check of `plumbline verify` passes, and of these kinds there are so many. */
export async function expectVerified(stack: string, counts: Readonly<Record<string, number>>): Promise<void> {
  const { code, stdout } = await plumbline("verify", "--stack", stack, "--json");
  const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string }[] };
  expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
  const seen = Object.keys(counts).map((name) => [name, checks.filter((check) => check.name === name).length]);
  expect(Object.fromEntries(seen)).toEqual(counts);
  expect(code).toBe(0);
}

/** A command of Pulumi's that is about no configuration. */
const engine = (...args: string[]) =>
  run(process.execPath, [path.join(projectRoot, "setup", "bootstrap.js"), "pulumi", ...args], { cwd: projectRoot, env: environment });

/** A stack `lab` in this test file's state. */
export async function initStack(): Promise<void> {
  await engine("stack", "init", "lab");
}

/** `kubectl ARGS` on the control plane. */
export const kubectl = (args: string) => on("cp1", `kubectl ${args}`);

/** Tries again every second until it works. Throws the last error after so many seconds. */
export async function waitFor(work: () => Promise<unknown>, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
