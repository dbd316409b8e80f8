import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../setup/run";
import { writeHostFiles } from "./hostFiles";
import { initConfiguration, joinConfiguration, kubeadmFile } from "./kubeadm";
import { runOn } from "./ssh";
import { hostRoot } from "./state";
import { type Lab, type LabHost, loginUser } from "./topology";

/** A cluster that kubeadm makes and nobody has given a network. */
export interface ClusterHosts {
  readonly controlPlane: LabHost;
  readonly workers: readonly LabHost[];
}

/** `kubeadm init`, and the administrator's kubeconfig for the login user. Gives the token for joining. */
export async function initCluster(lab: Lab, { controlPlane }: ClusterHosts, log: Log): Promise<string> {
  const token = `${randomBytes(3).toString("hex")}.${randomBytes(8).toString("hex")}`;
  writeHostFiles(hostRoot(lab, controlPlane), [{ path: kubeadmFile, content: initConfiguration(controlPlane, token) }]);
  await kubeadm(lab, controlPlane, "init", log);
  const copy = `install -D -o ${loginUser} -g ${loginUser} -m 600 /etc/kubernetes/admin.conf /home/${loginUser}/.kube/config`;
  await runOn(lab, controlPlane, `sudo install -d -o ${loginUser} -g ${loginUser} /home/${loginUser}/.kube && sudo ${copy}`, { log });
  return token;
}

/** `kubeadm join` on all workers. */
export async function joinWorkers(lab: Lab, { controlPlane, workers }: ClusterHosts, token: string, log: Log): Promise<void> {
  const secret = { token, caCertHash: caCertHash(lab, controlPlane) };
  await waitForPodCIDR(lab, controlPlane, log);
  await reserveNodes(lab, controlPlane, workers, log);
  await Promise.all(
    workers.map(async (worker) => {
      writeHostFiles(hostRoot(lab, worker), [{ path: kubeadmFile, content: joinConfiguration(worker, controlPlane, secret) }]);
      await kubeadm(lab, worker, "join", log);
    }),
  );
}

/**
 * Creates the workers' node objects with their pod CIDRs, which their kubelets then find and complete. The lab's CIDRs are documented, and the
 * controller manager doesn't promise the next free one: when it sees a node twice before its own assignment comes back to it, it takes and
 * releases another (kubernetes/kubernetes, pkg/controller/nodeipam/ipam/range_allocator.go), and the next node gets the one after that.
 */
async function reserveNodes(lab: Lab, controlPlane: LabHost, workers: readonly LabHost[], log: Log): Promise<void> {
  const nodes = workers.map(({ name, podCIDR, ipv6 }) => {
    const podCIDRs = [podCIDR, ...(ipv6 ? [ipv6.podCIDR] : [])];
    return JSON.stringify({ apiVersion: "v1", kind: "Node", metadata: { name }, spec: { podCIDR, podCIDRs } });
  });
  await runOn(lab, controlPlane, "kubectl create --filename -", { input: nodes.join("\n"), log });
}

/** The checks before are for machines of their own: they look for kernel modules and settings that a host of the lab doesn't have. */
async function kubeadm(lab: Lab, host: LabHost, command: "init" | "join", log: Log): Promise<void> {
  await runOn(lab, host, `sudo kubeadm ${command} --config ${kubeadmFile} --ignore-preflight-errors=all`, { log });
}

/** The first node gets the first CIDR of the range for certain. */
async function waitForPodCIDR(lab: Lab, node: LabHost, log: Log): Promise<void> {
  const deadline = Date.now() + 60_000;
  const command = `kubectl get node ${node.name} --ignore-not-found --output 'jsonpath={.spec.podCIDR}'`;
  for (;;) {
    const found = (await runOn(lab, node, command, { log })).trim();
    if (found === node.podCIDR) return;
    if (found !== "") throw new Error(`${node.name} has the pod CIDR ${found} instead of ${node.podCIDR}`);
    if (Date.now() > deadline) throw new Error(`${node.name} is there, but the controller manager gives it no pod CIDR`);
    await sleep(200);
  }
}

/** As kubeadm wants it: the SHA-256 of the CA's public key (RFC 7469, section 2.4). */
function caCertHash(lab: Lab, controlPlane: LabHost): string {
  const certificate = new X509Certificate(readFileSync(path.join(hostRoot(lab, controlPlane), "etc/kubernetes/pki/ca.crt")));
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}
