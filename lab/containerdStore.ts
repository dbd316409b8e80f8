import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { cached, removeTree } from "../setup/cache";
import { projectRoot } from "../setup/paths";
import type { Progress } from "../setup/progress";
import { run } from "../setup/run";
import { labImages } from "./images";
import { nspawnOptions, nspawnScript } from "./nspawn";
import { writeImages } from "./oci";
import type { Programs } from "./programs";

/**
 * containerd's folder with all the lab's images imported, made once by containerd itself in a throw-away host. Each node then gets a copy
 * (`copyStore`) instead of importing half a gigabyte at every bring-up.
 */
export async function containerdStore(programs: Programs, base: string, progress: Progress): Promise<string> {
  const sources = ["images.ts", "oci.ts"].map((name) => readFileSync(path.join(projectRoot, "lab", name), "utf8"));
  const recipe = [...Object.values(programs), base, importScript, ...sources];
  const folder = await cached({ name: "images", version: "1", recipe }, (target) =>
    progress.step("Make the cluster's container images", "about half a minute", async (log) => {
      const work = path.join(target, "work");
      mkdirSync(path.join(work, "layers"), { recursive: true });
      mkdirSync(path.join(target, "store"));
      await writeImages(await labImages(programs, base, path.join(work, "layers"), log), path.join(work, "images.tar"));
      const binds = [`--bind=${path.join(target, "store")}:/var/lib/containerd`, `--bind-ro=${work}:/mnt`];
      const options = [
        "--pipe",
        "--as-pid2",
        "--volatile=overlay",
        "--private-network",
        "--machine=plumbline-images",
        `--directory=${base}`,
      ];
      await run("sh", [nspawnScript, ...nspawnOptions, ...options, ...binds, "sh", "-euc", importScript], { log });
      await removeTree(work);
    }),
  );
  return path.join(folder, "store");
}

/** Ends containerd in good order, so that its databases are on disk. */
const importScript = `
  containerd & containerd=$!
  until ctr version > /dev/null 2>&1; do kill -0 $containerd; sleep 0.1; done
  ctr --namespace k8s.io images import /mnt/images.tar
  kill $containerd
  wait $containerd`;

/**
 * A node's own copy of the store. Image content and unpacked layers are never written to once they are there, only removed, so they are linked;
 * the databases are copied. Both folders have to be on one file system.
 */
export async function copyStore(store: string, target: string): Promise<void> {
  await run("cp", ["--archive", "--link", store, target]);
  const databases = (await run("find", [target, "-name", "*.db"])).split("\n").filter(Boolean);
  for (const database of databases) await run("cp", ["--remove-destination", path.join(store, path.relative(target, database)), database]);
}
