import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../core/finding";

/*
 * Settings of this machine that its kernel doesn't keep per host. A kubelet wants the first five and can't set them from inside a host of the lab;
 * each host takes a few inotify instances, and the usual 128 are enough for about 25.
 */
const sysctls: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
  "fs/inotify/max_user_instances": "8192",
};

/** Says what is missing when this machine can't carry a lab. */
export function requireLabMachine(): void {
  const without = 'Without the lab, everything that needs no host works: "plumbline check", "plan", "render", and "pulumi preview".';
  if (process.platform !== "linux") throw new UserError(`The lab runs on Linux only; this is ${process.platform}. ${without}`);
  if (process.getuid?.() !== 0)
    throw new UserError(`The lab needs root, for its hosts' file systems and network. Run this as root. ${without}`);
}

/** The present values of what `applySysctls` changes. */
export function readSysctls(): Record<string, string> {
  return Object.fromEntries(Object.keys(sysctls).map((key) => [key, readFileSync(path.join("/proc/sys", key), "utf8").trim()]));
}

export function applySysctls(): void {
  restoreSysctls(sysctls);
}

export function restoreSysctls(values: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(values)) writeFileSync(path.join("/proc/sys", key), value);
}

/** The folders below `folder` on which something is mounted, innermost first. */
export function mountsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map((point) => point.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}
