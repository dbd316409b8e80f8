import { type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";

/** Takes what a program prints, for a step's log. */
export type Log = (text: string) => void;

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program's standard input; nothing by default. */
  readonly input?: string;
  readonly log?: Log;
}

export interface Outcome {
  /** The exit code; 128 and the signal's number when a signal ended it, as in a shell. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that ended with an error. The message has its last words. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    readonly command: string,
    readonly outcome: Outcome,
  ) {
    const words = (outcome.stderr.trim() || outcome.stdout.trim()).split("\n").slice(-5).join("\n");
    super(`${command} ended with ${outcome.code}${words ? `: ${words}` : ""}`);
  }
}

/** Runs a program to its end, whatever its exit code. Fails only when it can't be started. */
export function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { log } = options;
  log?.(`$ ${command} ${args.join(" ")}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: "pipe" });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        log?.(text);
      });
    }
    // A program that ends without reading its input isn't an error of ours: its exit code tells.
    child.stdin.on("error", () => undefined).end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: exitCode(code, signal), ...output }));
  });
}

/** Runs a program and gives what it printed. Throws a `CommandError` when its exit code isn't 0. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await attempt(command, args, options);
  if (outcome.code !== 0) throw new CommandError([command, ...args].join(" ").slice(0, 200), outcome);
  return outcome.stdout;
}

/** Runs a program on the user's own terminal and gives its exit code. */
export function runAttached(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(exitCode(code, signal)));
  });
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;

  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
