import type { V1ConfigMap, V1Deployment } from "@kubernetes/client-node";
import type { Cluster, Reference } from "../../cluster";
import { configHashKey } from "../../configHash";

export const namespace = "kube-system";
export const coreDns = { name: "coredns", namespace };
export const configMap: Reference = { apiVersion: "v1", kind: "ConfigMap", metadata: coreDns };
export const deployment: Reference = { apiVersion: "apps/v1", kind: "Deployment", metadata: coreDns };

/**
 * On the ConfigMap, while another Corefile is rolled out: what to go back to, whoever it is that goes back. Empty when it is done: so says the stack's ConfigMap
 * too, or `pulumi up --refresh` would find nothing to do where a run was broken off at the end.
 */
export const formerKey = "plumbline.dev/former-corefile";

/** A Corefile that was in force. */
export interface Former {
  readonly corefile: string;
  /** The annotation that tells Plumbline's from one that somebody changed. */
  readonly hash?: string;
  /** The probes that it answered. */
  readonly answered: readonly string[];
}

/** The cluster's CoreDNS as it is. */
export interface LiveDns {
  readonly corefile: string;
  readonly hash?: string;
  /** Of a rollout that was broken off. */
  readonly former?: Former;
  readonly deployment: V1Deployment;
}

/** Undefined where there is no CoreDNS as kubeadm installs it, or none is to run. */
export async function readLiveDns(cluster: Cluster): Promise<LiveDns | undefined> {
  const [config, running] = (await Promise.all([cluster.read(configMap), cluster.read(deployment)])) as [V1ConfigMap?, V1Deployment?];
  const corefile = config?.data?.Corefile;
  if (corefile === undefined || !running || running.spec?.replicas === 0) return undefined;
  const annotations = config?.metadata?.annotations ?? {};
  const hash = annotations[configHashKey];
  const former = brokenOff(annotations);
  return { corefile, deployment: running, ...(hash === undefined ? {} : { hash }), ...(former ? { former } : {}) };
}

/** What was in force before a rollout that was broken off. */
export function brokenOff(annotations: Readonly<Record<string, string>> | undefined): Former | undefined {
  const text = annotations?.[formerKey];
  return text ? (JSON.parse(text) as Former) : undefined;
}
