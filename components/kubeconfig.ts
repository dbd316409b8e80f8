import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../core/finding";
import type { Stack } from "../core/stack/schema";
import { resolvePath } from "./node/access";

/**
 * The kubeconfig's text; undefined when the stack names none.
 * @param file is read instead of the one that the stack names.
 * @throws UserError when it can't be had: the file isn't there, or it is a secret that only Pulumi can decrypt.
 */
export function kubeconfigText({ cluster }: Stack, baseDirectory: string, file?: string): string | undefined {
  if (file === undefined && typeof cluster.kubeconfigSecret === "string") return cluster.kubeconfigSecret;
  if (file === undefined && cluster.kubeconfigSecret !== undefined) {
    throw new UserError(
      "cluster.kubeconfigSecret is encrypted, and only Pulumi can read it. Give the kubeconfig as a file: --kubeconfig FILE",
    );
  }
  if (file === undefined && cluster.kubeconfig === undefined) return undefined;
  const path = file ?? resolvePath(cluster.kubeconfig ?? "", baseDirectory);
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new UserError(
    `${file ? "" : "cluster.kubeconfig: "}${path} doesn't exist. Copy the cluster's there; kubeadm writes /etc/kubernetes/admin.conf on the control plane.`,
  );
}
