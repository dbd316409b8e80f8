import type { Token } from "./lexer";
import type { Statement } from "./tree";

const indent = "    ";

/** The first word of a line: a plugin's name, or a property's. */
export const nameOf = ({ words }: Statement): string => words[0]?.text ?? "";

const token = (text: string, leading: string): Token => ({ text, raw: text, leading, quoted: false, line: 0, column: 0 });

/** A line of its own. @param leading what stands before it: line ends and spaces. */
export function makeStatement(leading: string, words: readonly string[]): Statement {
  return { words: words.map((text, index) => token(text, index === 0 ? leading : " ")), body: [] };
}

/** The spaces before a line. */
const indentation = (statement: Statement) => /[^\n]*$/.exec(statement.words[0]?.leading ?? "")?.[0] ?? "";

/** Adds a line at the end of a block, and opens the block where there is none yet. */
export function addStatement(parent: Statement, words: readonly string[]): Statement {
  const own = indentation(parent);
  if (!parent.open) {
    parent.open = token("{", " ");
    parent.close = token("}", `\n${own}`);
  }
  const sibling = parent.body.at(-1);
  const spaces = sibling?.words[0]?.leading.includes("\n") ? indentation(sibling) : own + indent;
  // A comment behind the last line stays there.
  const { close } = parent;
  const [behind = "", ...below] = (close?.leading ?? "\n").split("\n");
  if (close) parent.close = { ...close, leading: `\n${below.length > 0 ? below.join("\n") : own}` };
  const added = makeStatement(`${behind.trimEnd()}\n${spaces}`, words);
  parent.body.push(added);
  return added;
}

/** The same, for a plugin's property. */
export const addProperty = addStatement;

/** Takes a line out, with its block and the comment behind it; comments on lines above it stay. */
export function removeStatement(parent: Statement, statement: Statement): void {
  const index = parent.body.indexOf(statement);
  const leading = statement.words[0]?.leading ?? "";
  const above = leading.includes("#") ? leading.slice(0, leading.lastIndexOf("\n")) : /^[^\n#]*#/.test(leading) ? leading : "";
  const below = (text: string) => above + (text.includes("\n") ? text.slice(text.indexOf("\n")) : text);
  parent.body.splice(index, 1);
  const next = parent.body[index];
  const [first, ...rest] = next?.words ?? [];
  if (next && first) next.words = [{ ...first, leading: below(first.leading) }, ...rest];
  else if (parent.close) parent.close = { ...parent.close, leading: below(parent.close.leading) };
}
