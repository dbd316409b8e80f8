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
  const found = JSON.parse(await run("go", ["mod", "download", "-json", `${path}@${version}`], { cwd: "/" })) as {
    Dir: string;
    Sum: string;
  };
  if (found.Sum !== sum) throw new Error(`${path} ${version} has the checksum ${found.Sum} instead of ${sum}`);
  return found.Dir;
}
