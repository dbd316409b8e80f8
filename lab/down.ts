import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { removeTree } from "../setup/cache";
import type { Progress } from "../setup/progress";
import { run } from "../setup/run";
import { withdrawAccess } from "./access";
import { killLab } from "./cgroups";
import { lockedLab } from "./lock";
import { mountsBelow, readSysctls, requireLabMachine, restoreSysctls } from "./machine";
import { deleteBridge } from "./network";
import { accessFolder, liveState, readState, runFolder } from "./state";
import { type Lab, numberedLab } from "./topology";

/** Takes the lab down. Throws a `UserError` where there can be no lab. */
export async function down(lab: Lab, progress: Progress): Promise<void> {
  requireLabMachine();
  await lockedLab(lab, () => progress.step("Take the lab down", undefined, () => clearAway(lab)));
}

/**
 * Takes away everything that a lab is or was, in whatever state it is: its processes, mounts, network devices, settings of this machine, and
 * files, but not the cache. Nothing to do is fine.
 */
export async function clearAway(lab: Lab): Promise<void> {
  const state = readState(lab);
  await killLab(lab);
  for (const mount of mountsBelow(runFolder(lab))) await run("umount", [mount]);
  await deleteBridge(lab);
  const live = liveState(lab);
  if (live && otherLabs(lab).length === 0) restoreSysctls(live.sysctls);
  for (const folder of new Set([...(state?.accessFolders ?? []), accessFolder(lab)])) {
    withdrawAccess(folder);
    // Only lab 0 has the addresses of the stack `lab`.
    if (lab.number === 0) forgetStack(path.dirname(folder));
  }
  await removeTree(runFolder(lab));
}

/** Pulumi's state of the stack `lab` speaks of hosts that are gone; a later `pulumi up` would believe that there is nothing to do. */
function forgetStack(checkout: string): void {
  const folder = path.join(checkout, ".pulumi", "stacks", "plumbline");
  for (const name of ["lab.json", "lab.json.bak", "lab.json.attrs"]) rmSync(path.join(folder, name), { force: true });
}

/** This machine's settings as they were before any lab changed them. */
export function sysctlsBefore(lab: Lab): Record<string, string> {
  const [other] = otherLabs(lab);
  return { ...(other ? liveState(other)?.sysctls : readSysctls()) };
}

/** The other labs that are up on this machine. */
function otherLabs(lab: Lab): Lab[] {
  const folder = path.dirname(runFolder(lab));
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const labs = names.flatMap((name) => (/^lab\d{1,2}$/.test(name) ? [numberedLab(Number(name.slice(3)))] : []));
  return labs.filter((other) => other.number !== lab.number && liveState(other));
}
