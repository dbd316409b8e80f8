import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../setup/run";
import { hostRoot, runFolder } from "./state";
import type { Lab, LabHost } from "./topology";

/** As sshd makes them at its installation. */
export const hostKeyTypes = ["ed25519", "ecdsa", "rsa"] as const;

const userKey = (lab: Lab) => path.join(runFolder(lab), "access", "id");
const files = { id: 0o600, "id.pub": 0o644, known_hosts: 0o644, kubeconfig: 0o600 } as const;

/** The user's key pair, made for this lab. Gives the public half. */
export async function createUserKey(lab: Lab): Promise<string> {
  mkdirSync(path.dirname(userKey(lab)), { recursive: true });
  await keygen("ed25519", userKey(lab), "ops@plumbline-lab");
  return readFileSync(`${userKey(lab)}.pub`, "utf8");
}

/** Host keys for one host, in a folder under the names that sshd looks for. */
export async function createHostKeys(folder: string, host: LabHost): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await Promise.all(hostKeyTypes.map((type) => keygen(type, path.join(folder, `ssh_host_${type}_key`), `root@${host.name}`)));
}

async function keygen(type: string, file: string, comment: string): Promise<void> {
  await run("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", comment, "-f", file]);
}

/** One line per host, for ssh and for a stack file's `ssh.knownHosts`. */
export function writeKnownHosts(lab: Lab, hosts: readonly LabHost[]): void {
  const lines = hosts.map((host) => {
    const [type, key] = readFileSync(path.join(hostRoot(lab, host), "etc/ssh/ssh_host_ed25519_key.pub"), "utf8").split(" ");
    return `${host.address} ${type} ${key}\n`;
  });
  writeFileSync(path.join(runFolder(lab), "access", "known_hosts"), lines.join(""));
}

/** kubeadm's own administrator's kubeconfig, whose server address this machine reaches over the bridge. */
export function writeKubeconfig(lab: Lab, controlPlane: LabHost): void {
  copyFileSync(path.join(hostRoot(lab, controlPlane), "etc/kubernetes/admin.conf"), path.join(runFolder(lab), "access", "kubeconfig"));
}

/** Puts a copy of the lab's keys and kubeconfig where the checkout's stack file and user look for them. */
export function publishAccess(lab: Lab, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, mode] of Object.entries(files)) {
    const source = path.join(runFolder(lab), "access", name);
    const target = path.join(folder, name);
    rmSync(target, { force: true });
    if (!existsSync(source)) continue;
    copyFileSync(source, target);
    chmodSync(target, mode);
  }
}

/** Takes the copies away, and the folder when nothing else is in it; also the one that has the folders of labs side by side. */
export function withdrawAccess(folder: string): void {
  for (const name of Object.keys(files)) rmSync(path.join(folder, name), { force: true });
  removeIfEmpty(folder);
  const parent = path.dirname(folder);
  if (path.basename(parent) === ".lab") removeIfEmpty(parent);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
