import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { programEnvironment, runnerArguments, runtimeOptions } from "./command-line";

/** How a program ended: no error, or one; `bail` when the user has already been told. */
export interface Outcome {
  readonly error: string;
  readonly bail: boolean;
}

/** The exit code by which the SDK's runner says that it has reported its error itself. */
const alreadyReported = 32;

/** The programs that are running; none of them outlives this process. */
export class Programs {
  private readonly running = new Set<ChildProcess>();

  constructor() {
    process.on("exit", () => this.cancel());
    // By default a signal ends the process without an `exit` event.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
  }

  cancel(): void {
    for (const child of this.running) child.kill();
  }

  /** Runs a program under the SDK's own runner, in a process of its own that writes straight to our output. */
  run(request: RunRequest, engineAddress: string): Promise<Outcome> {
    const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
    const options = runtimeOptions(request);
    // One argument: by `--require` apart from its file the SDK would tell a module loader, which changes how it loads the program.
    const preload = `--require=${path.join(__dirname, "preload.js")}`;
    const args = [preload, ...options.nodeargs, findRunner(folder), ...runnerArguments(request, engineAddress)];
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        cwd: folder,
        env: { ...process.env, ...programEnvironment(request, options) },
        stdio: ["ignore", "inherit", "inherit"],
      });
      this.running.add(child);
      child.on("error", reject);
      child.on("exit", (code, signal) => {
        this.running.delete(child);
        resolve(outcomeOf(code, signal));
      });
    });
  }
}

function outcomeOf(code: number | null, signal: NodeJS.Signals | null): Outcome {
  if (code === 0) return { error: "", bail: false };
  if (code === alreadyReported) return { error: "", bail: true };
  return { error: code === null ? `Program was killed by ${signal}` : `Program exited with non-zero exit code: ${code}`, bail: false };
}

function findRunner(folder: string): string {
  try {
    return createRequire(path.join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error(`The program in ${folder} can't find the Pulumi SDK, @pulumi/pulumi. Run npm ci there.`);
  }
}
