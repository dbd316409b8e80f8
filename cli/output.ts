import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import colors from "picocolors";

/** Writes lines for people to standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Writes a value for machines to standard output. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

export const heading = (text: string): string => colors.bold(text);

const gap = 2;
/** A column isn't made narrower than this, whatever the terminal. */
const narrowest = 10;

/** cli-table3's time grows with the square of the rows, so long tables are made in pieces. */
const piece = 200;

/**
 * A table without lines. On a terminal its widest columns are wrapped so that it fits; into a file or a pipe every row is one line.
 * @param columns the terminal's width in characters; undefined: no limit.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined = process.stdout.columns,
): string {
  const natural = head.map((title, index) => rows.reduce((widest, row) => Math.max(widest, visibleLength(row[index] ?? "")), title.length));
  const options: Table.TableConstructorOptions = {
    chars: { ...Object.fromEntries(lines.map((name) => [name, ""])), middle: " ".repeat(gap) },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colWidths: columnWidths(natural, columns),
    wordWrap: true,
    wrapOnWordBoundary: true,
  };
  const all = [head.map((title) => colors.dim(title)), ...rows.map((row) => [...row])];
  const texts: string[] = [];
  for (let start = 0; start < all.length; start += piece) {
    const part = new Table(options);
    part.push(...all.slice(start, start + piece));
    texts.push(part.toString());
  }
  return texts.join("\n").replace(/ +$/gm, "");
}

/** Colours take no room. */
const visibleLength = (text: string): number => stripVTControlCharacters(text).length;

const lines = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
  "left",
  "left-mid",
  "mid",
  "mid-mid",
  "right",
  "right-mid",
] as const;

/** Takes from the widest column until the table fits. */
function columnWidths(natural: readonly number[], columns: number | undefined): number[] {
  const widths = [...natural];
  let excess = columns === undefined ? 0 : widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - columns;
  for (; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= narrowest) break;
    widths[widest] = width - 1;
  }
  return widths;
}

/** `1 node`, `2 nodes` */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
