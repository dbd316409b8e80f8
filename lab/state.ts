import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheFolder, projectRoot } from "../setup/paths";
import type { Lab, LabHost, Shape } from "./topology";

/** What is written down about a lab from its first change to this machine on, so that any later run can repair it or clear it away. */
export interface LabState {
  /** A lab doesn't outlive a reboot of this machine. */
  readonly bootId: string;
  readonly shape: Shape;
  /** False while the bring-up is at work; when it stays false, the bring-up died. */
  readonly complete: boolean;
  /** This machine's settings as they were before, to put back. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** The folders that got a copy of the keys and the kubeconfig: one per checkout. */
  readonly accessFolders: readonly string[];
}

/** Everything that a lab has on disk while it is up. */
export function runFolder(lab: Lab): string {
  return path.join(cacheFolder(), "run", `lab${lab.number}`);
}

export function hostFolder(lab: Lab, host: LabHost): string {
  return path.join(runFolder(lab), "hosts", host.name);
}

/** The host's file system, as this machine sees it. */
export function hostRoot(lab: Lab, host: LabHost): string {
  return path.join(hostFolder(lab, host), "root");
}

/** Where this checkout's user finds the keys and the kubeconfig. */
export function accessFolder(lab: Lab): string {
  const folder = path.join(projectRoot, ".lab");
  return lab.number === 0 ? folder : path.join(folder, `lab${lab.number}`);
}

export function currentBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

export function readState(lab: Lab): LabState | undefined {
  const file = stateFile(lab);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LabState) : undefined;
}

export function writeState(lab: Lab, state: LabState): void {
  mkdirSync(runFolder(lab), { recursive: true });
  const file = stateFile(lab);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** The lab that is up, or half up, since this machine's last boot. */
export function liveState(lab: Lab): LabState | undefined {
  const state = readState(lab);
  return state?.bootId === currentBootId() ? state : undefined;
}

function stateFile(lab: Lab): string {
  return path.join(runFolder(lab), "state.json");
}
