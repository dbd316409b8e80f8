import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import type { Operation } from "../provider/provider";
import type { Properties } from "../provider/values";

/** One run of a command. */
export interface Job {
  readonly command: string;
  readonly stdin: string;
  /** Variables that the command can't do without. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that it gets if possible, where they aren't empty. */
  readonly previousOutput: Readonly<Record<string, string>>;
  readonly logStdout: boolean;
  readonly logStderr: boolean;
}

export interface Exit {
  /** Undefined when a signal ended it, or the host didn't say. */
  readonly code: number | undefined;
  /** The signal's name without SIG. */
  readonly signal: string | undefined;
}

export interface Result {
  readonly exit: Exit;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they arrived. */
  readonly combined: string;
}

/** Runs a job where its inputs say; fails when the command couldn't be started or its end isn't known. */
export type Runner = (job: Job, inputs: Properties, operation: Operation) => Promise<Result>;

export function describeExit({ code, signal }: Exit): string {
  if (code !== undefined) return `Process exited with status ${code}`;
  if (signal === undefined) return "Process ended without an exit status";
  const number = constants.signals[`SIG${signal}` as NodeJS.Signals];
  return `Process exited with status ${128 + (number ?? 0)} from signal ${signal}`;
}

/** Collects the output of a run and shows its lines beside the resource while it lasts, as far as the job wants. */
export class OutputCollector {
  private readonly text = { stdout: "", stderr: "" };
  private combined = "";

  constructor(
    private readonly job: Job,
    private readonly operation: Operation,
  ) {}

  collect(name: "stdout" | "stderr", stream: NodeJS.ReadableStream): void {
    const decoder = new StringDecoder("utf8");
    const logged = name === "stdout" ? this.job.logStdout : this.job.logStderr;
    let line = "";
    stream.on("data", (data: Buffer) => {
      const text = decoder.write(data);
      this.text[name] += text;
      this.combined += text;
      if (!logged) return;
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      for (const complete of lines) this.operation.status(complete);
    });
    stream.on("end", () => {
      if (line !== "") this.operation.status(line);
    });
  }

  result(exit: Exit): Result {
    return { exit, ...this.text, combined: this.combined };
  }
}
