import { readFileSync, writeFileSync } from "node:fs";

/** One case of a file of cases: what goes in and, after `--`, what comes out. */
interface Case {
  readonly title: string;
  readonly input: string;
  readonly expected: string;
}

/**
 * Makes a test of every case in a text file. Cases read `== TITLE`, the input, `--`, the expected output.
 * `UPDATE_GOLDEN=1` writes what came out into the file instead; review it like code.
 */
export function testCases(file: string, output: (input: string) => string): void {
  const [header = "", ...blocks] = readFileSync(file, "utf8").split(/^== /m);
  const cases = blocks.map((block): Case => {
    const [title = "", ...rest] = block.split("\n");
    const [input = "", expected = ""] = rest.join("\n").split(/^--\n/m);
    return { title, input, expected: expected.trimEnd() };
  });
  if (process.env.UPDATE_GOLDEN) {
    const updated = cases.map(({ title, input }) => `== ${title}\n${input}--\n${output(input)}\n\n`);
    writeFileSync(file, `${header}${updated.join("").trimEnd()}\n`);
  }
  test.each(cases)("$title", ({ input, expected }) => {
    if (!process.env.UPDATE_GOLDEN) expect(output(input)).toBe(expected);
  });
}
