import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Compares a whole text with a file. `UPDATE_GOLDEN=1` writes the file instead; review it like code. */
export function expectGolden(file: string, text: string): void {
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}
