import { mkdirSync } from "node:fs";
import path from "node:path";
import { ensureDebianPackages } from "../setup/debian";
import type { Progress } from "../setup/progress";
import { createHostKeys, hostKeyTypes } from "./access";
import { baseSystem } from "./base";
import { containerdStore, copyStore } from "./containerdStore";
import { enableUnits, identityFiles, installKeys, installPrograms, writeHostFiles } from "./hostFiles";
import { nodeFiles, nodeUnits } from "./nodeFiles";
import { mountHostRoot } from "./nspawn";
import { outsideFiles, outsideUnits } from "./outside";
import { labPrograms, type Programs } from "./programs";
import { hostFolder, hostRoot, runFolder } from "./state";
import { isClusterNode, type Lab, type LabHost } from "./topology";

/** What the hosts of one lab are made from. */
export interface Parts {
  /** Read-only folders that every host's root lies over, the highest first. */
  readonly lower: readonly string[];
  /** containerd's folder with the images, for cluster nodes; none in a lab without a cluster. */
  readonly store?: string;
}

const hostPackages = ["systemd-container", "debootstrap", "openssh-client", "iproute2"];

export async function plainParts(progress: Progress): Promise<Parts> {
  await ensureDebianPackages(hostPackages, progress);
  return { lower: [await baseSystem(progress)] };
}

export async function clusterParts(lab: Lab, progress: Progress): Promise<Required<Parts>> {
  const { base, programs, store } = await buildArtefacts(progress);
  const layer = path.join(runFolder(lab), "programs");
  installPrograms(programs, layer);
  return { lower: [layer, base], store };
}

/** Installs, builds and fetches whatever a cluster's bring-up needs and isn't there yet: about 15 minutes on two cores the first time, then nothing. */
export async function buildArtefacts(progress: Progress): Promise<{ base: string; programs: Programs; store: string }> {
  await ensureDebianPackages([...hostPackages, "python3-pip"], progress);
  const base = await baseSystem(progress);
  const programs = await labPrograms(progress);
  return { base, programs, store: await containerdStore(programs, base, progress) };
}

/** Makes one host's file system, ready to start. */
export async function prepareHost(lab: Lab, host: LabHost, hosts: readonly LabHost[], authorizedKey: string, parts: Parts): Promise<void> {
  const root = hostRoot(lab, host);
  const keys = path.join(hostFolder(lab, host), "keys");
  await Promise.all([mountHostRoot(lab, host, parts.lower), createHostKeys(keys, host)]);
  installKeys(root, authorizedKey, keys, hostKeyTypes);
  writeHostFiles(root, identityFiles(lab, host, hosts));
  if (!parts.store) return;
  if (isClusterNode(host)) {
    writeHostFiles(root, nodeFiles);
    mkdirSync(path.join(root, "etc/kubernetes/manifests"), { recursive: true }); // The kubelet's package has it.
    enableUnits(root, nodeUnits);
    await copyStore(parts.store, path.join(hostFolder(lab, host), "containerd"));
  }
  if (host.role === "client") {
    writeHostFiles(root, outsideFiles(host));
    enableUnits(root, outsideUnits);
  }
}
