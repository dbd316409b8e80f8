import { createHash } from "node:crypto";

export const configHashKey = "plumbline.dev/config-hash";

/** The annotation of a pod template that makes a changed ConfigMap reach the pods: a new hash is a new rollout. */
export function configHash(config: string): Record<string, string> {
  return { [configHashKey]: createHash("sha256").update(config).digest("hex").slice(0, 16) };
}
