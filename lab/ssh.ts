import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../core/finding";
import { attempt, type Outcome, type RunOptions, run } from "../setup/run";
import { requireLabMachine } from "./machine";
import { consoleLog, consoleTail, isRunning } from "./nspawn";
import { liveState, runFolder } from "./state";
import { type Lab, type LabHost, labHosts, loginUser } from "./topology";

/** The arguments of ssh(1) for a login on a host of the lab: its key, its known hosts, and nothing of the user's own configuration. */
export function sshArguments(lab: Lab, host: LabHost): string[] {
  const access = path.join(runFolder(lab), "access");
  const options = {
    UserKnownHostsFile: path.join(access, "known_hosts"),
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    HostKeyAlgorithms: "ssh-ed25519",
    IdentitiesOnly: "yes",
    BatchMode: "yes",
    ConnectTimeout: "5",
    LogLevel: "ERROR",
  };
  const settings = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-i", path.join(access, "id"), ...settings, `${loginUser}@${host.address}`];
}

/** The host of that name in the lab that is up. Throws a `UserError` when there is none. */
export function runningHost(lab: Lab, name: string): LabHost {
  requireLabMachine();
  const state = liveState(lab);
  if (!state) throw new UserError('The lab isn\'t up. Start it with "plumbline lab up".');
  const hosts = labHosts(lab, state.shape);
  const host = hosts.find((each) => each.name === name);
  if (!host) throw new UserError(`The lab has no host "${name}". It has ${hosts.map((each) => each.name).join(", ")}.`);
  return host;
}

/** A word of a command line that a POSIX shell reads back as it is. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Runs a command line on a host, as the login user in its shell. Throws a `CommandError` when its exit code isn't 0. */
export function runOn(lab: Lab, host: LabHost, command: string, options: RunOptions = {}): Promise<string> {
  return run("ssh", [...sshArguments(lab, host), command], options);
}

/** The same, whatever its exit code; 255 when ssh itself failed. */
export function attemptOn(lab: Lab, host: LabHost, command: string, options: RunOptions = {}): Promise<Outcome> {
  return attempt("ssh", [...sshArguments(lab, host), command], options);
}

/** Waits until a host lets the user in. Throws, with ssh's last words, when it doesn't within the time (in milliseconds). */
export async function waitForLogin(lab: Lab, host: LabHost, timeout = 60_000): Promise<void> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const outcome = await attemptOn(lab, host, "true");
    if (outcome.code === 0) return;
    if (!isRunning(lab, host))
      throw new Error(`${host.name} doesn't start; the end of ${consoleLog(lab, host)}:\n${consoleTail(lab, host)}`);
    if (Date.now() > deadline) throw new Error(`${host.name} lets nobody in after ${timeout / 1000} s: ${outcome.stderr.trim()}`);
    await sleep(200);
  }
}
