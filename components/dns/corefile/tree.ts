import type { Finding } from "../../../core/finding";
import { expand } from "./expand";
import { lex, type Token } from "./lexer";

/** A line of a Corefile with the block behind it, if it has one: a server block, a plugin, or a property of one. */
export interface Statement {
  words: Token[];
  open?: Token | undefined;
  body: Statement[];
  close?: Token | undefined;
}

/** A Corefile with its comments and its layout: printed, it is the text it was read from. */
export interface CorefileTree {
  statements: Statement[];
  /** What stands behind the last word. */
  trailing: string;
}

/** Reads any text without losing a character; what isn't well-formed is found by `syntaxFindings`. */
export function parseCorefile(text: string): CorefileTree {
  const { tokens, trailing } = lex(text);
  let cursor = 0;
  const statements = (isInBlock: boolean): Statement[] => {
    const list: Statement[] = [];
    for (let token = tokens[cursor]; token && !(isInBlock && token.text === "}"); token = tokens[cursor]) list.push(statement(token));
    return list;
  };
  const statement = (first: Token): Statement => {
    const words: Token[] = [];
    if (first.text !== "{") {
      words.push(first);
      cursor++;
      while (continues(words, tokens[cursor])) words.push(tokens[cursor++] as Token);
    }
    if (tokens[cursor]?.text !== "{" || (words.length > 0 && !opens(words, tokens[cursor]))) return { words, body: [] };
    const open = tokens[cursor++];
    const body = statements(true);
    return { words, open, body, close: tokens[cursor] && tokens[cursor++] };
  };
  return { statements: statements(false), trailing };
}

const endLine = (token: Token) => token.line + token.raw.split("\n").length - 1;

/** Whether a word belongs to the line; addresses go on behind a comma. */
function continues(words: readonly Token[], next: Token | undefined): boolean {
  const last = words.at(-1);
  if (!last || !next || next.text === "{") return false;
  if (next.text === "}") return false;
  return next.line === endLine(last) || last.text.endsWith(",");
}

/** A brace on the next line still opens the block of a zone. */
const opens = (words: readonly Token[], brace: Token | undefined): boolean => {
  const last = words.at(-1);
  return last !== undefined && brace !== undefined && (brace.line === endLine(last) || brace.leading.trim() === "");
};

/** The text of a Corefile, with all its comments and its layout. */
export function printCorefile({ statements, trailing }: CorefileTree): string {
  return statements.map(printStatement).join("") + trailing;
}

const printToken = (token: Token | undefined) => (token ? token.leading + token.raw : "");

export function printStatement({ words, open, body, close }: Statement): string {
  return words.map(printToken).join("") + printToken(open) + body.map(printStatement).join("") + printToken(close);
}

/** What keeps CoreDNS from taking a text apart; imports of files aren't followed. */
export function syntaxFindings(text: string): Finding[] {
  const { tokens } = lex(text);
  return expand(tokens)
    .problems.filter(({ severity }) => severity === "error")
    .map(({ at, ...rest }) => ({ ...rest, path: [], line: at.line, column: at.column }));
}
