import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../setup/run";
import { createHostCgroup, hostCgroup, mountCgroupView } from "./cgroups";
import { mountsBelow } from "./machine";
import { hostFolder, hostRoot } from "./state";
import { type Lab, type LabHost, machineName } from "./topology";

/**
 * What systemd-nspawn is told for every host: the privileges of a real machine, since a kubelet and the network agents need them, and nothing
 * that ties the host to this machine's own systemd, which may not be there.
 */
export const nspawnOptions = [
  ...["--quiet", "--register=no", "--keep-unit", "--capability=all", "--system-call-filter=@known @privileged"],
  ...["--resolv-conf=off", "--timezone=off", "--link-journal=no"],
];

/** Runs systemd-nspawn so that it leaves nothing behind. */
export const nspawnScript = path.join(__dirname, "nspawn.sh");

/**
 * The host's root: an overlay of its own over read-only folders, the highest first. `volatile` leaves out every sync to disk: the lab doesn't
 * outlive this machine, and etcd is several times faster.
 */
export async function mountHostRoot(lab: Lab, host: LabHost, lower: readonly string[]): Promise<void> {
  const folder = hostFolder(lab, host);
  const root = hostRoot(lab, host);
  const [upper, work] = [path.join(folder, "upper"), path.join(folder, "work")];
  for (const part of [upper, work, root]) mkdirSync(part, { recursive: true });
  const options = `lowerdir=${lower.join(":")},upperdir=${upper},workdir=${work},volatile`;
  await run("mount", ["-t", "overlay", hostCgroup(lab, host), "-o", options, root]);
}

/** Starts a host in a session of its own; it stays when this process ends. */
export async function startHost(lab: Lab, host: LabHost): Promise<void> {
  const folder = hostFolder(lab, host);
  createHostCgroup(lab, host);
  const cgroups = await mountCgroupView(lab, host, path.join(folder, "cgroup"));
  // containerd's own overlays can't be on the host's overlay.
  const store = path.join(folder, "containerd");
  const binds = ["--bind=/dev/kmsg"];
  if (cgroups) binds.push(`--bind=${cgroups}:/sys/fs/cgroup`);
  if (existsSync(store)) binds.push(`--bind=${store}:/var/lib/containerd`);
  const identity = [`--directory=${hostRoot(lab, host)}`, `--machine=${machineName(lab, host.name)}`, `--hostname=${host.name}`];
  const nspawn = [...nspawnOptions, "--boot", "--console=pipe", `--network-bridge=${lab.bridge}`, ...identity, ...binds];
  const supervisor = path.join(__dirname, "supervise.sh");
  const child = spawn("sh", [supervisor, hostCgroup(lab, host), consoleLog(lab, host), ...nspawn], {
    cwd: "/",
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env.PATH },
  });
  child.unref();
  if (child.pid === undefined) throw new Error(`sh can't be started for ${host.name}`);
  writeFileSync(supervisorFile(lab, host), JSON.stringify({ pid: child.pid, startTime: startTime(child.pid) }));
}

/** What the host printed while it started and stopped, and why it couldn't start. */
export function consoleLog(lab: Lab, host: LabHost): string {
  return path.join(hostFolder(lab, host), "console.log");
}

export function consoleTail(lab: Lab, host: LabHost): string {
  return readFileSync(consoleLog(lab, host), "utf8").trimEnd().split("\n").slice(-5).join("\n");
}

/** Whether the host is running, or rebooting. */
export function isRunning(lab: Lab, host: LabHost): boolean {
  const file = supervisorFile(lab, host);
  if (!existsSync(file)) return false;
  const { pid, startTime: recorded } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; startTime: string };
  return recorded !== undefined && startTime(pid) === recorded;
}

/** Whether the host's root is mounted. */
export function isMounted(lab: Lab, host: LabHost): boolean {
  return mountsBelow(hostFolder(lab, host)).includes(hostRoot(lab, host));
}

function supervisorFile(lab: Lab, host: LabHost): string {
  return path.join(hostFolder(lab, host), "supervisor.json");
}

/** When a process started, in clock ticks since boot: with its id, this names it for certain. Nothing when there is none, or only its remains. */
function startTime(pid: number): string | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  // proc_pid_stat(5); the name in parentheses may have spaces, so count from its end: the state is field 3, the start time field 22.
  const text = readFileSync(file, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}
