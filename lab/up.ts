import { UserError } from "../core/finding";
import type { Progress } from "../setup/progress";
import { createUserKey, publishAccess, writeKnownHosts, writeKubeconfig } from "./access";
import { killHost } from "./cgroups";
import { initCluster, joinWorkers } from "./cluster";
import { clearAway, sysctlsBefore } from "./down";
import { lockedLab } from "./lock";
import { applySysctls, requireLabMachine } from "./machine";
import { attachHosts, createBridge, deleteHostLink } from "./network";
import { isMounted, isRunning, startHost } from "./nspawn";
import { clusterParts, plainParts, prepareHost } from "./prepare";
import { waitForLogin } from "./ssh";
import { accessFolder, currentBootId, type LabState, liveState, writeState } from "./state";
import { isClusterNode, type Lab, labHosts, type Shape } from "./topology";

/**
 * Brings the lab up; makes a lab that is up already whole again, and starts over from one that is half up or died. Of two at once the second waits.
 * Throws a `UserError` when this machine can't carry a lab, or one of another shape is up.
 */
export async function up(lab: Lab, shape: Shape, progress: Progress): Promise<void> {
  requireLabMachine();
  await lockedLab(lab, async () => {
    const state = liveState(lab);
    const isWhole = state?.complete && labHosts(lab, state.shape).every((host) => isMounted(lab, host));
    if (state && isWhole) {
      if (JSON.stringify(state.shape) !== JSON.stringify(shape)) {
        throw new UserError(`A lab with ${describe(state.shape)} is up, not one with ${describe(shape)}. Run "plumbline lab down" first.`);
      }
      await repair(lab, state, progress);
    } else {
      await clearAway(lab);
      await bringUp(lab, shape, progress);
    }
    publishAccess(lab, accessFolder(lab));
  });
}

function describe(shape: Shape): string {
  return shape.kind === "cluster"
    ? `${shape.families === "ipv6-only" ? "an" : "a"} ${shape.families ? `${shape.families} ` : ""}cluster`
    : `${shape.hosts} plain host${shape.hosts === 1 ? "" : "s"}`;
}

async function bringUp(lab: Lab, shape: Shape, progress: Progress): Promise<void> {
  const hosts = labHosts(lab, shape);
  const parts = shape.kind === "cluster" ? await clusterParts(lab, progress) : await plainParts(progress);
  const state: LabState = {
    bootId: currentBootId(),
    shape,
    complete: false,
    sysctls: sysctlsBefore(lab),
    accessFolders: [accessFolder(lab)],
  };
  writeState(lab, state);
  await progress.step(`Start ${hosts.length} hosts`, undefined, async () => {
    applySysctls();
    await createBridge(lab, shape);
    const authorizedKey = await createUserKey(lab);
    await Promise.all(hosts.map((host) => prepareHost(lab, host, hosts, authorizedKey, parts)));
    writeKnownHosts(lab, hosts);
    for (const host of hosts) await startHost(lab, host);
    await Promise.all(hosts.map((host) => waitForLogin(lab, host)));
  });
  const [controlPlane, ...workers] = hosts.filter(isClusterNode);
  if (controlPlane) {
    const cluster = { controlPlane, workers };
    const token = await progress.step("kubeadm init", undefined, (log) => initCluster(lab, cluster, log));
    await progress.step("kubeadm join", undefined, (log) => joinWorkers(lab, cluster, token, log));
    writeKubeconfig(lab, controlPlane);
  }
  writeState(lab, { ...state, complete: true });
}

/** Starts what isn't running, for example a host that was switched off from inside. */
async function repair(lab: Lab, state: LabState, progress: Progress): Promise<void> {
  if (!state.accessFolders.includes(accessFolder(lab))) {
    writeState(lab, { ...state, accessFolders: [...state.accessFolders, accessFolder(lab)] });
  }
  await createBridge(lab, state.shape);
  await attachHosts(lab);
  const stopped = labHosts(lab, state.shape).filter((host) => !isRunning(lab, host));
  if (stopped.length === 0) return;
  await progress.step(`Start ${stopped.map((host) => host.name).join(", ")} again`, undefined, async () => {
    for (const host of stopped) {
      await killHost(lab, host); // A supervisor that was killed leaves its host running.
      await deleteHostLink(lab, host);
      await startHost(lab, host);
    }
    await Promise.all(stopped.map((host) => waitForLogin(lab, host)));
  });
}
