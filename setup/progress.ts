import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import colors from "picocolors";
import { UserError } from "../core/finding";
import { cacheFolder } from "./paths";
import type { Log } from "./run";

/** Shows long work to people, step by step. Steps don't overlap. */
export interface Progress {
  /**
   * Does the work and shows it: title, expected time, elapsed seconds. What the work logs goes to a file; when the work fails, the end of that
   * file is shown, with its path.
   * @param expected for people, for example "about 9 minutes"; leave it out for what takes a few seconds.
   */
  step<T>(title: string, expected: string | undefined, work: (log: Log) => Promise<T>): Promise<T>;
}

/** Where progress is written; standard error by default, so that a command's own output stays clean. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  /** The terminal's width. */
  readonly columns?: number;
  write(text: string): unknown;
}

const tailLines = 20;

/** A line per step; on a terminal the elapsed seconds tick. */
export function showProgress(output: ProgressOutput = process.stderr): Progress {
  return {
    async step(title, expected, work) {
      const started = Date.now();
      const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
      const logFile = newLogFile(title);
      const label = expected ? `${title} (${expected})` : title;
      // A line that wraps can't be drawn over.
      const short = label.slice(0, (output.columns ?? 80) - 12);
      const line = (mark: string) => `${mark} ${short} ${colors.dim(seconds())}`;
      if (!output.isTTY) output.write(`> ${label}\n`);
      const ticking = output.isTTY ? setInterval(() => output.write(`\r${line("…")}`), 1000) : undefined;
      if (output.isTTY) output.write(line("…"));
      const finish = (mark: string, word: string) => {
        clearInterval(ticking);
        output.write(output.isTTY ? `\r${line(mark)}\n` : `  ${word} after ${seconds()}\n`);
      };
      try {
        const result = await work((text) => appendFileSync(logFile, text));
        finish(colors.green("✓"), "done");
        return result;
      } catch (error) {
        finish(colors.red("✗"), "failed");
        if (!(error instanceof UserError)) output.write(showTail(logFile));
        throw error;
      }
    },
  };
}

function newLogFile(title: string): string {
  const folder = path.join(cacheFolder(), "logs");
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${title.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}.log`);
  writeFileSync(file, "");
  return file;
}

function showTail(logFile: string): string {
  const lines = readFileSync(logFile, "utf8").trimEnd().split("\n");
  const tail = lines.slice(-tailLines).map((text) => `  | ${text}\n`);
  return `${tail.join("")}  The whole log: ${logFile}\n`;
}
