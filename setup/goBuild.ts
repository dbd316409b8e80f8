import path from "node:path";
import { UserError } from "../core/finding";
import { cached, folderContents } from "./cache";
import type { Progress } from "./progress";
import { attempt, run } from "./run";

/** A Go program that is built from a module of ours, which pins everything that goes into it. */
export interface GoProgram {
  /** The program's file name, and the cache entry's. */
  readonly name: string;
  readonly version: string;
  /** The folder with go.mod and go.sum. */
  readonly module: string;
  /** The package to build: "." or an import path of a module that go.mod requires. */
  readonly package: string;
  readonly ldflags: string;
  /** Off gives a static program. */
  readonly cgo: boolean;
  /** How long it takes on two cores, for people: "about 9 minutes". */
  readonly expect: string;
}

/** Go modules of ours are written for this release; older ones refuse them. */
const minimum = { major: 1, minor: 26 };

/** Programs of one module that are built together; each gets the name of its package. */
export interface GoPrograms extends Omit<GoProgram, "package"> {
  readonly packages: readonly string[];
}

/** The path of the program, built if it isn't in the cache. Throws a `UserError` when there is no Go that can build it. */
export async function goBuild(program: GoProgram, progress: Progress): Promise<string> {
  const folder = await build(program, [program.package], program.name, progress);
  return path.join(folder, program.name);
}

/** The folder of the programs, built if they aren't in the cache. Throws like `goBuild`. */
export const goBuildAll = (programs: GoPrograms, progress: Progress): Promise<string> => build(programs, programs.packages, "/", progress);

/** @param output in the folder: a file's name, or "/" for one file per package. */
async function build(
  program: Omit<GoProgram, "package">,
  packages: readonly string[],
  output: string,
  progress: Progress,
): Promise<string> {
  const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", program.ldflags];
  const cgo = program.cgo ? "1" : "0";
  const entry = {
    name: program.name,
    version: program.version,
    recipe: [...folderContents(program.module), ...packages, ...flags, cgo],
  };
  return cached(entry, async (target) => {
    await requireGo(program.name);
    await progress.step(`Build ${program.name} ${program.version}`, program.expect, async (log) => {
      const args = ["build", ...flags, "-o", path.join(target, output), ...packages];
      await run("go", args, { cwd: program.module, env: { CGO_ENABLED: cgo }, log });
    });
  });
}

/** @throws UserError when there is no Go that can build what we need. */
export async function requireGo(what: string): Promise<void> {
  const wanted = `Go ${minimum.major}.${minimum.minor} or newer on the PATH`;
  const mend = "Install it (Debian 12's own golang package is too old) and run the command again.";
  // GOTOOLCHAIN=local: the Go that is there, not one that it would download.
  const found = await attempt("go", ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new UserError(`Building ${what} needs ${wanted}; there is none. ${mend}`);
    throw error;
  });
  if (!isNewEnough(found.stdout.trim())) throw new UserError(`Building ${what} needs ${wanted}; found ${found.stdout.trim()}. ${mend}`);
}

/** @param version as Go says it: "go1.26.8", "go1.27rc1" */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = version.match(/^go(\d+)\.(\d+)/) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > minimum.major || (Number(major) === minimum.major && Number(minor) >= minimum.minor);
}
