import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { versions } from "../core/versions";
import { cached, removeTree } from "../setup/cache";
import { requireGo } from "../setup/goBuild";
import { copyGoModule, type GoModule } from "../setup/goModule";
import type { Progress } from "../setup/progress";
import { run } from "../setup/run";

export const flannelVersion = versions.flannel.version;
const modulePath = "github.com/flannel-io/flannel";
const source: GoModule = { path: modulePath, version: flannelVersion, sum: "h1:jt+uW6XVV01MBb3YFahG7Ue9UE3W6zlNlJMf3JtdcXI=" };
/** Backends that are left out: one needs a C compiler, the other a cloud's client that module proxies don't serve. */
const leftOut = ["udp", "tencentvpc"];

/** flanneld as a static program. Its main package is built from a copy of the module, since it imports what is left out. */
export async function buildFlannel(progress: Progress): Promise<string> {
  const flags = [
    "-trimpath",
    "-buildvcs=false",
    "-mod=readonly",
    "-ldflags",
    `-s -w -X ${modulePath}/pkg/version.Version=${flannelVersion}`,
  ];
  const folder = await cached({ name: "flannel", version: flannelVersion, recipe: [source.sum, ...leftOut, ...flags] }, async (target) => {
    await requireGo("flannel");
    await progress.step(`Build flannel ${flannelVersion}`, "about 75 seconds", async (log) => {
      const copy = path.join(target, "source");
      await copyGoModule(source, copy);
      const main = path.join(copy, "main.go");
      const isLeftOut = (line: string) => leftOut.some((name) => line.endsWith(`"${modulePath}/pkg/backend/${name}"`));
      const lines = readFileSync(main, "utf8").split("\n");
      writeFileSync(main, lines.filter((line) => !isLeftOut(line)).join("\n"));
      await run("go", ["build", ...flags, "-o", path.join(target, "flanneld"), "."], { cwd: copy, env: { CGO_ENABLED: "0" }, log });
      await removeTree(copy);
    });
  });
  return path.join(folder, "flanneld");
}
