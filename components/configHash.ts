import { createHash } from "node:crypto";

/** The annotation of a pod template that makes a changed ConfigMap reach the pods: a new hash is a new rollout. */
export function configHash(config: string): Record<string, string> {
  return { "plumbline.dev/config-hash": createHash("sha256").update(config).digest("hex").slice(0, 16) };
}
