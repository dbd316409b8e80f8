import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { versions } from "../core/versions";
import { cached, folderContents, removeTree } from "../setup/cache";
import { requireGo } from "../setup/goBuild";
import { copyGoModule, type GoModule } from "../setup/goModule";
import { projectRoot } from "../setup/paths";
import type { Progress } from "../setup/progress";
import { run } from "../setup/run";

export const metallbVersion = versions.metallb.version;
export const metallbModule: GoModule = {
  path: "go.universe.tf/metallb",
  version: metallbVersion,
  sum: "h1:r7KDgJtk3KZe3qb36zRVrVCYHxLR03nPGT+qFXOomJM=",
};
/**
 * With MetalLB's own go.mod the libraries would be a little newer than those of the lab's Kubernetes, and nearly all of them would be compiled again (350 s of
 * CPU time instead of 60 s). So go.mod is ours, and these come without theirs, which ask for newer ones too.
 */
const bare: readonly (GoModule & { readonly name: string; readonly packages: string })[] = [
  {
    name: "frr-k8s",
    packages: "api",
    path: "github.com/metallb/frr-k8s",
    version: "v0.0.20",
    sum: "h1:YEesxSkzQSALPvrdH/KS2ZU33yaLxx+i/LrHDev7Q3Q=",
  },
  {
    // The first one for the controller-runtime that goes with Kubernetes 1.34.
    name: "cert-controller",
    packages: "pkg",
    path: "github.com/open-policy-agent/cert-controller",
    version: "v0.13.0",
    sum: "h1:9iieLYJ8J24XvE+lIfuCZ3I2XWxVtG7GLhPUXZ+VhB4=",
  },
];
const ours = path.join(projectRoot, "lab", "artefacts", "metallb");
/** MetalLB's two programs. */
const programs = ["controller", "speaker"];

/** The folder of MetalLB's programs `controller` and `speaker`, static, from its unchanged source. */
export function buildMetallb(progress: Progress): Promise<string> {
  const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w"];
  const recipe = [metallbModule.sum, ...bare.map(({ sum }) => sum), ...folderContents(ours), ...flags];
  return cached({ name: "metallb", version: metallbVersion, recipe }, async (target) => {
    await requireGo("MetalLB");
    await progress.step(`Build MetalLB ${metallbVersion}`, "about a minute", async (log) => {
      const copy = path.join(target, "source");
      await copyGoModule(metallbModule, copy);
      for (const { name, packages, ...module } of bare) {
        await copyGoModule(module, path.join(copy, name, packages), packages);
        writeFileSync(path.join(copy, name, "go.mod"), `module ${module.path}\n\ngo 1.24.0\n`);
      }
      for (const file of ["go.mod", "go.sum"]) copyFileSync(path.join(ours, file), path.join(copy, file));
      const packages = programs.map((name) => `./${name}`);
      await run("go", ["build", ...flags, "-o", `${target}/`, ...packages], { cwd: copy, env: { CGO_ENABLED: "0" }, log });
      await removeTree(copy);
    });
  });
}
