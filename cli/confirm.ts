import { createInterface } from "node:readline/promises";
import { print } from "./output";

/** Asks on the terminal. Without one nobody can answer, so the answer is no. @param otherwise what to say then. */
export async function confirmed(question: string, otherwise: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    print(otherwise);
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
