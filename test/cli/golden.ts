import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const goldenFolder = path.join(__dirname, "golden");
const update = process.env.UPDATE_GOLDEN === "1";

/** Compares a text with test/cli/golden/NAME. After a change that is meant: `UPDATE_GOLDEN=1 npx jest --selectProjects unit --testPathPatterns test/cli`, and review the difference. */
export function expectGolden(name: string, text: string): void {
  const file = path.join(goldenFolder, name);
  if (update) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file) ? readFileSync(file, "utf8") : "no such golden file").toBe(text);
}

/** The same for a folder with everything in it. */
export function expectGoldenFolder(name: string, folder: string): void {
  const golden = path.join(goldenFolder, name);
  if (update) {
    rmSync(golden, { recursive: true, force: true });
    cpSync(folder, golden, { recursive: true });
  }
  expect(contents(golden)).toEqual(contents(folder));
}

function contents(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}
