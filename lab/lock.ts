import { withLock } from "../setup/cache";
import { runFolder } from "./state";
import type { Lab } from "./topology";

/** One process at a time brings a lab up, repairs it or takes it down; the others wait and say so. */
export function lockedLab<T>(lab: Lab, work: () => Promise<T>): Promise<T> {
  const onWait = () => process.stderr.write(`Another command is at work on lab ${lab.number}; waiting for it.\n`);
  return withLock(runFolder(lab), work, onWait);
}
