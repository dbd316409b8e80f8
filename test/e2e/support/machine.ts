import { readdirSync, readFileSync } from "node:fs";
import type { Lab } from "../../../lab/topology";

/** What a lab might leave on this machine. */
export interface Machine {
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  readonly cgroups: readonly string[];
  readonly runFiles: readonly string[];
}

/** What is on this machine now, without what belongs to other labs, which may come and go meanwhile. */
export function lookAtMachine(lab: Lab): Machine {
  const isOurs = (text: string) => [...text.matchAll(/\blab(\d+)\b/g)].every(([, number]) => Number(number) === lab.number);
  const mountinfo = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  const names = (folder: string) => readdirSync(folder).filter(isOurs).sort();
  return {
    processes: processesOf(lab),
    mounts: mountinfo
      .map((line) => line.split(" ").slice(3, 5).join(" "))
      .filter(isOurs)
      .sort(),
    links: names("/sys/class/net"),
    cgroups: names("/sys/fs/cgroup").flatMap((hierarchy) =>
      readFolders(`/sys/fs/cgroup/${hierarchy}`).filter((name) => name.startsWith("plumbline-") && isOurs(name)),
    ),
    runFiles: readFiles("/run/systemd/nspawn").filter(isOurs),
  };
}

/** The processes that say so in their arguments, or are in the lab's control groups. Elsewhere on this machine processes come and go. */
function processesOf(lab: Lab): string[] {
  const text = (file: string) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return ""; // It ended in the meantime.
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const says = text(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
      const isOurs =
        text(`/proc/${pid}/cgroup`).includes(lab.cgroupPrefix) || says.includes(lab.cgroupPrefix) || says.includes(`/run/${lab.bridge}/`);
      return isOurs ? [`${pid} ${says}`] : [];
    });
}

function readFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function readFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}
