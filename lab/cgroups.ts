import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../setup/run";
import { mountsBelow } from "./machine";
import type { Lab, LabHost } from "./topology";

/*
 * Each host has a control group of its own in every hierarchy of this machine, and everything that the host runs is in it or below. That limits
 * nothing; it says for certain which processes are the lab's, which a process id alone can't. In it are two groups: "supervisor", and "machine",
 * which is the root group that the host sees.
 */

const mountPoint = "/sys/fs/cgroup";

export function hostCgroup(lab: Lab, host: LabHost): string {
  return `${lab.cgroupPrefix}${host.name}`;
}

export function createHostCgroup(lab: Lab, host: LabHost): void {
  for (const hierarchy of hierarchies()) {
    const group = path.join(hierarchy, hostCgroup(lab, host));
    mkdirSync(group, { recursive: true });
    if (!isVersion2() && path.basename(hierarchy).split(",").includes("cpuset")) {
      // A new group of version 1 refuses processes until it has processors and memory nodes; the groups below get its own.
      for (const file of ["cpuset.cpus", "cpuset.mems"]) {
        writeFileSync(path.join(group, file), readFileSync(path.join(hierarchy, file), "utf8"));
      }
      writeFileSync(path.join(group, "cgroup.clone_children"), "1");
    }
    if (isVersion2()) {
      // In version 2, groups below have only the controllers that this one hands down.
      const controllers = readFileSync(path.join(group, "cgroup.controllers"), "utf8").split(/\s+/).filter(Boolean);
      writeFileSync(path.join(group, "cgroup.subtree_control"), controllers.map((name) => `+${name}`).join(" "));
    }
    for (const name of ["supervisor", "machine"]) mkdirSync(path.join(group, name), { recursive: true });
  }
}

/**
 * For version 1: a folder that has the host's "machine" group as the root of each hierarchy, to be the host's /sys/fs/cgroup, writable, as a
 * kubelet needs it. systemd-nspawn itself would mount the hierarchies read-only. For version 2 it does the right thing; then this gives nothing.
 */
export async function mountCgroupView(lab: Lab, host: LabHost, view: string): Promise<string | undefined> {
  if (isVersion2()) return undefined;
  mkdirSync(view, { recursive: true });
  if (mountsBelow(path.dirname(view)).includes(view)) return view;
  await run("mount", ["-t", "tmpfs", "-o", "size=64k,mode=755", hostCgroup(lab, host), view]);
  for (const hierarchy of hierarchies()) {
    const target = path.join(view, path.basename(hierarchy));
    mkdirSync(target);
    await run("mount", ["--bind", path.join(hierarchy, hostCgroup(lab, host), "machine"), target]);
  }
  return view;
}

/** Ends everything that the lab runs and removes its control groups. */
export async function killLab(lab: Lab): Promise<void> {
  await killGroups((name) => name.startsWith(lab.cgroupPrefix));
}

/** Ends everything that one host runs. */
export async function killHost(lab: Lab, host: LabHost): Promise<void> {
  await killProcesses((name) => name === hostCgroup(lab, host));
}

async function killGroups(chosen: (name: string) => boolean): Promise<void> {
  await killProcesses(chosen);
  for (const group of groups(chosen)) for (const folder of tree(group).reverse()) rmdirSync(folder);
}

async function killProcesses(chosen: (name: string) => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  const killed = new Set<number>();
  for (let left = processesOf(chosen); left.length > 0; left = processesOf(chosen)) {
    if (Date.now() > deadline) throw new Error(`These processes of the lab don't end: ${left.join(" ")}`);
    for (const pid of left) {
      kill(pid);
      killed.add(pid);
    }
    await sleep(100);
  }
  // They have ended; to reap them is the business of this machine's init, which may take its time.
  const patience = Date.now() + 2_000;
  while ([...killed].some((pid) => existsSync(`/proc/${pid}`)) && Date.now() < patience) await sleep(50);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function processesOf(chosen: (name: string) => boolean): number[] {
  const files = groups(chosen)
    .flatMap(tree)
    .map((folder) => path.join(folder, "cgroup.procs"));
  const pids = files.flatMap((file) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []));
  return [...new Set(pids.map(Number))];
}

/** The roots of the hierarchies: one in version 2, one per set of controllers in version 1. */
function hierarchies(): string[] {
  if (isVersion2()) return [mountPoint];
  return folders(mountPoint).filter((folder) => existsSync(path.join(folder, "cgroup.procs")));
}

function isVersion2(): boolean {
  return existsSync(path.join(mountPoint, "cgroup.procs"));
}

function groups(chosen: (name: string) => boolean): string[] {
  return hierarchies().flatMap((hierarchy) => folders(hierarchy).filter((folder) => chosen(path.basename(folder))));
}

/** A group and all below, parents first. */
function tree(group: string): string[] {
  return [group, ...folders(group).flatMap(tree)];
}

function folders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(parent, entry.name));
}
