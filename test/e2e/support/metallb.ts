import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { metallbModule } from "../../../lab/metallb";
import { goModule } from "../../../setup/goModule";
import { kubectl, on } from "./testLab";

/**
 * MetalLB as its makers install it: by the manifest of its release, here out of its Go module. The lab has its images. Its controller, with the webhook, is left
 * out as yet (`startMetallb`).
 */
export async function installMetallb(): Promise<void> {
  const manifest = readFileSync(path.join(await goModule(metallbModule), "config", "manifests", "metallb-native.yaml"));
  await on("cp1", `echo ${gzipSync(manifest).toString("base64")} | base64 -d | gunzip | kubectl apply --server-side -f -`);
  await scale(0);
}

export const startMetallb = () => scale(1);

const scale = (replicas: number) => kubectl(`-n metallb-system scale deployment controller --replicas=${replicas}`);
