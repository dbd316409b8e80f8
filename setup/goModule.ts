import { chmodSync, cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run";

/** A Go module whose files are needed, not only its packages. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** As in go.sum: what the module must contain. */
  readonly sum: string;
}

/** The folder of the module in Go's cache, which is read-only; downloaded if it isn't there. */
export async function goModule({ path, version, sum }: GoModule): Promise<string> {
  // The checksum is compared here. Go's database of checksums doesn't have every module that a proxy has.
  const env = { GONOSUMDB: path };
  const found = JSON.parse(await run("go", ["mod", "download", "-json", `${path}@${version}`], { cwd: "/", env })) as {
    Dir: string;
    Sum: string;
  };
  if (found.Sum !== sum) throw new Error(`${path} ${version} has the checksum ${found.Sum} instead of ${sum}`);
  return found.Dir;
}

/** A copy of the module, or of one of its folders, that can be written to. */
export async function copyGoModule(module: GoModule, target: string, folder = ""): Promise<void> {
  cpSync(join(await goModule(module), folder), target, { recursive: true });
  makeWritable(target);
}

function makeWritable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const target = join(folder, entry.name);
    if (entry.isDirectory()) makeWritable(target);
    else if (entry.isFile()) chmodSync(target, 0o644);
  }
}
