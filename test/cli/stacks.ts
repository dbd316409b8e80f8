import path from "node:path";

/** The stack files of the project. */
export const stacks = ["lab", "dev", "prod-example"] as const;

const root = path.join(__dirname, "..", "..");

/** Makes the project's folder the current one, as for a user who works in it. */
export function inProject(): void {
  const before = process.cwd();
  beforeAll(() => process.chdir(root));
  afterAll(() => process.chdir(before));
}
