import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../run";

export interface LeftOut {
  readonly file: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly mend: string;
}

/** What `adopt --from --json` prints. */
export interface Adopted {
  readonly stack: Record<string, unknown>;
  readonly notCarriedOver: readonly LeftOut[];
  readonly findings: readonly { severity: string; path: string; message: string }[];
}

/** Writes files into a folder of their own while some work is done there. */
export async function withFiles<T>(files: Record<string, string>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-from-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adopts from one of the files, or with "." from their folder. */
export function adopt(files: Record<string, string>, from = Object.keys(files)[0] ?? "."): Promise<Adopted> {
  return withFiles(files, async (folder) => {
    const { stdout, stderr } = await run("adopt", "--from", path.join(folder, from), "--json");
    if (stdout === "") throw new Error(stderr);
    const adopted = JSON.parse(stdout) as Adopted;
    return { ...adopted, notCarriedOver: adopted.notCarriedOver.map((one) => ({ ...one, file: path.relative(folder, one.file) })) };
  });
}

/** `line path`, for each thing that was left out. */
export const places = ({ notCarriedOver }: Adopted): string[] => notCarriedOver.map(({ line, path: where }) => `${line} ${where}`);

/** The errors that `check` has for the stack, by place. */
export const errors = ({ findings }: Adopted): string[] =>
  findings.filter(({ severity }) => severity === "error").map(({ path: where, message }) => `${where}: ${message}`);
