import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cached, folderContents, removeTree } from "../setup/cache";
import { requireGo } from "../setup/goBuild";
import { copyGoModule, type GoModule } from "../setup/goModule";
import { projectRoot } from "../setup/paths";
import type { Progress } from "../setup/progress";
import { run } from "../setup/run";

/** A module of whose folder `packages` a copy is used, without its go.mod. */
export interface BareModule extends GoModule {
  readonly name: string;
  readonly packages?: string;
}

/**
 * Programs of others, from their unchanged source, with the libraries of the lab's Kubernetes: those are compiled already. With their own go.mod the libraries
 * would be a little newer or older, and nearly all of them would be compiled again (six minutes of CPU time instead of one). So go.mod is ours, and modules
 * that ask for others come without theirs.
 */
export interface GoSource {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly module: GoModule;
  readonly bare: readonly BareModule[];
  /** The packages of the programs. */
  readonly packages: readonly string[];
}

/** The folder of the programs, static; built if they aren't in the cache. */
export function buildWithLabLibraries({ name, title, module, bare, packages }: GoSource, progress: Progress): Promise<string> {
  const ours = path.join(projectRoot, "lab", "artefacts", name);
  const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w"];
  const recipe = [module.sum, ...bare.map(({ sum }) => sum), ...folderContents(ours), ...packages, ...flags];
  return cached({ name, version: module.version, recipe }, async (target) => {
    await requireGo(title);
    await progress.step(`Build ${title} ${module.version}`, "about a minute", async (log) => {
      const copy = path.join(target, "source");
      await copyGoModule(module, copy);
      for (const { name: folder, packages: part = "", ...other } of bare) {
        await copyGoModule(other, path.join(copy, folder, part), part);
        writeFileSync(path.join(copy, folder, "go.mod"), `module ${other.path}\n\ngo 1.24.0\n`);
      }
      for (const file of ["go.mod", "go.sum"]) copyFileSync(path.join(ours, file), path.join(copy, file));
      await run("go", ["build", ...flags, "-o", `${target}/`, ...packages], { cwd: copy, env: { CGO_ENABLED: "0" }, log });
      await removeTree(copy);
    });
  });
}
