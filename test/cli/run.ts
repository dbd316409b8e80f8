import { stripVTControlCharacters } from "node:util";
import { main } from "../../cli/main";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the CLI in this process and gives what it printed, without colours. */
export function run(...argv: readonly string[]): Promise<Result> {
  return capture(() => main(argv));
}

/** What some work printed, and the exit code that it set. */
export async function capture(work: () => Promise<void>): Promise<Result> {
  const output = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    jest.spyOn(process[name], "write").mockImplementation((text) => {
      output[name] += stripVTControlCharacters(String(text));
      return true;
    }),
  );
  const exitCode = process.exitCode;
  process.exitCode = 0;
  try {
    await work();
    return { code: Number(process.exitCode), ...output };
  } finally {
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}
