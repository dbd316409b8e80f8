import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { metallbModule } from "../../../lab/metallb";
import { goModule } from "../../../setup/goModule";
import { on, waitFor } from "./testLab";

/** What its webhook is asked about, and nothing is made. */
const pool = {
  apiVersion: "metallb.io/v1beta1",
  kind: "IPAddressPool",
  metadata: { name: "try", namespace: "metallb-system" },
  spec: { addresses: ["10.9.9.0/24"] },
};

/**
 * MetalLB as its makers install it: by the manifest of its release, here out of its Go module. The lab has its images.
 * Its webhook answers a while after its pods are ready.
 */
export async function installMetallb(): Promise<void> {
  const manifest = readFileSync(path.join(await goModule(metallbModule), "config", "manifests", "metallb-native.yaml"));
  await on("cp1", `echo ${gzipSync(manifest).toString("base64")} | base64 -d | gunzip | kubectl apply --server-side -f -`);
  await waitFor(() => on("cp1", `echo '${JSON.stringify(pool)}' | kubectl apply --dry-run=server -f -`), 180);
}
