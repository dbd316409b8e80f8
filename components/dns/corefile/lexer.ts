import type { Place } from "../../manifests/documents";

/** A word of a Corefile with everything that stands before it, so that all tokens together are the file. */
export interface Token extends Place {
  /** What CoreDNS reads: without quotes, escapes undone, environment variables not yet put in. */
  readonly text: string;
  /** The characters in the file. */
  readonly raw: string;
  /** Spaces, line ends and comments before the word. */
  readonly leading: string;
  /** `"…"` */
  readonly quoted: boolean;
  /** A `"` that is never closed: the rest of the file is one word. */
  readonly unclosed?: boolean;
  /** A `#` in the middle of the word, which cuts it off there. */
  readonly cut?: boolean;
}

export interface Lexed {
  readonly tokens: readonly Token[];
  /** What stands behind the last word. */
  readonly trailing: string;
}

/** Go's unicode.IsSpace. */
const isSpace = (character: string) => /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(character);

/**
 * Splits a Corefile as CoreDNS does (github.com/coredns/caddy v1.1.4, caddyfile/lexer.go). What is unusual there, and here:
 * a `"` only begins a quote at the beginning of a word, and the word ends with the closing one; `\` escapes nothing but `"`;
 * a carriage return counts as nothing at all; a `#` also begins a comment in the middle of a word, and that comment ends at the next space.
 */
export function lex(source: string): Lexed {
  const tokens: Token[] = [];
  const state = { at: source.startsWith("\uFEFF") ? 1 : 0, line: 1, lineStart: source.startsWith("\uFEFF") ? 1 : 0, leading: 0 };
  for (let token = next(source, state); token; token = next(source, state)) tokens.push(token);
  return { tokens, trailing: source.slice(state.leading) };
}

interface State {
  at: number;
  line: number;
  lineStart: number;
  /** Where the text before the next word begins. */
  leading: number;
}

function next(source: string, state: State): Token | undefined {
  let text = "";
  let start = -1;
  let end = -1;
  let place = { line: 0, column: 0 };
  let quoted = false;
  let escaped = false;
  let comment = false;
  let cut = false;
  const finish = (more: { quoted: boolean; unclosed?: boolean; cut?: boolean }): Token => {
    const token = { ...place, text, raw: source.slice(start, end), leading: source.slice(state.leading, start), ...more };
    state.leading = end;
    return token;
  };
  for (; state.at < source.length; ) {
    const character = source[state.at] ?? "";
    const isLineEnd = character === "\n";
    if (quoted) {
      state.at++;
      if (isLineEnd) newLine(state);
      if (!escaped && character === "\\") {
        escaped = true;
        continue;
      }
      end = state.at;
      if (!escaped && character === '"') return finish({ quoted });
      text += escaped && character !== '"' ? `\\${character}` : character;
      escaped = false;
      continue;
    }
    if (isSpace(character)) {
      if (character !== "\r" && text !== "") {
        // The space is left for the next word's beginning, which is where its comment may end too.
        return finish(cut ? { quoted, cut } : { quoted });
      }
      state.at++;
      if (isLineEnd) {
        newLine(state);
        comment = false;
      }
      continue;
    }
    if (character === "#") {
      cut = text !== "";
      comment = true;
    }
    state.at++;
    if (comment) continue;
    if (text === "") {
      start = state.at - 1;
      place = { line: state.line, column: start - state.lineStart + 1 };
      if (character === '"') {
        quoted = true;
        end = state.at;
        continue;
      }
    }
    text += character;
    end = state.at;
  }
  if (quoted) end = source.length;
  return text === "" ? undefined : finish({ quoted, ...(quoted ? { unclosed: true } : {}), ...(cut ? { cut } : {}) });
}

function newLine(state: State): void {
  state.line++;
  state.lineStart = state.at;
}
