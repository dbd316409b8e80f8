import { lex, type Token } from "./lexer";

const indent = "    ";

/**
 * A Corefile in one layout: four spaces for each block, one space between words, one empty line between server blocks.
 * Words, their lines and the comments stay as they are.
 */
export function formatCorefile(text: string): string {
  const { tokens, trailing } = lex(text);
  const lines: string[] = [];
  let line = "";
  let depth = 0;
  const flush = () => {
    if (line !== "") lines.push(line);
    line = "";
  };
  const emptyLine = () => {
    if (lines.length > 0 && lines.at(-1) !== "") lines.push("");
  };
  const comments = (leading: string, level: number, mayBreak: boolean) => {
    const [sameLine = "", ...below] = leading
      .replace(/\r/g, "")
      .replace(/^\uFEFF/, "")
      .split("\n");
    if (sameLine.trim() !== "") line += `${line === "" ? "" : " "}${sameLine.trim()}`;
    if (below.length === 0) return;
    flush();
    for (const [index, part] of below.entries()) {
      const isLast = index === below.length - 1;
      if (part.trim() !== "") lines.push(indent.repeat(level) + part.trim());
      else if (!isLast && mayBreak) emptyLine();
    }
  };
  for (const [index, token] of tokens.entries()) {
    const previous = tokens[index - 1];
    const isClosing = token.text === "}";
    if (previous?.cut && !/\n/.test(token.leading)) {
      line += token.leading + token.raw;
    } else {
      if (joins(token, depth, previous)) line += " ";
      else {
        if (depth === 0 && previous?.text === "}" && token.leading.includes("\n")) {
          comments(token.leading.slice(0, token.leading.indexOf("\n") + 1), 0, false);
          emptyLine();
          comments(`\n${token.leading.slice(token.leading.indexOf("\n") + 1)}`, 0, true);
        } else comments(token.leading, depth, previous?.text !== "{");
        if (isClosing && lines.at(-1) === "" && line === "") lines.pop();
      }
      if (isClosing) depth = Math.max(depth - 1, 0);
      line = line === "" ? indent.repeat(depth) + token.raw : `${line.trimEnd()} ${token.raw}`;
    }
    if (token.text === "{") depth++;
  }
  comments(trailing, 0, true);
  flush();
  while (lines.at(-1) === "") lines.pop();
  while (lines[0] === "") lines.shift();
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The brace of a server block may stand on the next line; it goes behind the zone. */
const joins = (token: Token, depth: number, previous: Token | undefined) =>
  depth === 0 &&
  token.text === "{" &&
  previous !== undefined &&
  previous.text !== "}" &&
  previous.text !== "{" &&
  token.leading.trim() === "" &&
  token.leading.includes("\n");
