import type { Path } from "../../../core/finding";

/** A JSON value with its place in the text. */
export type JsonNode = { readonly offset: number } & (
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "null"; readonly value: null }
);

export interface JsonMember {
  readonly key: string;
  readonly offset: number;
  readonly value: JsonNode;
}

/** Why Go's encoding/json refuses the text, at an offset of it. */
export interface JsonMistake {
  readonly offset: number;
  readonly message: string;
  readonly mend: string;
}

/**
 * Reads JSON as RFC 8259 has it. What people carry over from other notations (comments, trailing commas, single quotes, bare words) is a mistake that
 * reading goes on after, so that one pass finds all of them; at anything else it stops, and there is no node.
 */
export function parseJson(text: string): { node?: JsonNode; mistakes: readonly JsonMistake[] } {
  const parser = new Parser(text);
  try {
    return { node: parser.document(), mistakes: parser.mistakes };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { mistakes: [...parser.mistakes, error.mistake] };
  }
}

/** The value as JavaScript has it; of a key that is written twice the last one counts, as in Go. */
export function toValue(node: JsonNode): unknown {
  if (node.kind === "object") return Object.fromEntries(node.members.map(({ key, value }) => [key, toValue(value)]));
  return node.kind === "array" ? node.items.map(toValue) : node.value;
}

/** Where the value at a path is written, or the innermost one around it; of an object's member, its key. */
export function offsetAt(root: JsonNode, path: Path): number {
  let node = root;
  let offset = root.offset;
  for (const step of path) {
    const member = node.kind === "object" ? memberOf(node.members, String(step)) : undefined;
    const item = node.kind === "array" && typeof step === "number" ? node.items[step] : undefined;
    const next = member?.value ?? item;
    if (!next) break;
    offset = member?.offset ?? next.offset;
    node = next;
  }
  return offset;
}

/** The member that Go takes for a name: the last one of that spelling, else the last one in other letters. */
function memberOf(members: readonly JsonMember[], name: string): JsonMember | undefined {
  return members.findLast(({ key }) => key === name) ?? members.findLast(({ key }) => key.toLowerCase() === name.toLowerCase());
}

/** 1-based, as editors count. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

class Stop extends Error {
  constructor(readonly mistake: JsonMistake) {
    super(mistake.message);
  }
}

const escapes: Record<string, string> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const words: Record<string, true | false | null> = { true: true, false: false, null: null };
/** Words of other notations, with JSON's. */
const foreignWords: Record<string, string> = {
  yes: "true",
  on: "true",
  no: "false",
  off: "false",
  none: "null",
  nil: "null",
  undefined: "null",
};

class Parser {
  readonly mistakes: JsonMistake[] = [];
  private offset = 0;

  constructor(private readonly text: string) {}

  document(): JsonNode {
    if (this.text.startsWith("\uFEFF")) {
      this.mistake(0, "The file begins with a byte order mark, which JSON doesn't allow.", "Save it as UTF-8 without a byte order mark.");
      this.offset = 1;
    }
    const node = this.value();
    this.space();
    if (this.offset < this.text.length) {
      this.stop(this.offset, `found ${this.shown()} after the end of the configuration.`, "Remove it: a file holds one JSON object.");
    }
    return node;
  }

  private value(): JsonNode {
    this.space();
    const { offset } = this;
    const char = this.text[offset];
    if (char === "{") return { kind: "object", offset, members: this.list("}", () => this.member()) };
    if (char === "[") return { kind: "array", offset, items: this.list("]", () => this.value()) };
    if (char === '"' || char === "'") return { kind: "string", offset, value: this.string() };
    const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/.exec(this.text.slice(offset, offset + 40))?.[0];
    if (number) {
      this.offset += number.length;
      return { kind: "number", offset, value: Number(number) };
    }
    return this.word(offset);
  }

  private word(offset: number): JsonNode {
    const word = /^[\w.+/:-]+/.exec(this.text.slice(offset, offset + 200))?.[0] ?? "";
    this.offset += word.length;
    if (word === "")
      this.stop(
        offset,
        `found ${this.shown()}, expected a value.`,
        "Write a text in double quotes, a number, true, false, a list or an object.",
      );
    const lower = word.toLowerCase();
    const meant = lower in words ? lower : (foreignWords[lower] ?? word);
    if (meant !== word || !(word in words)) {
      this.mistake(offset, `${word} is no JSON value.`, `Write ${meant in words ? meant : JSON.stringify(word)}`);
    }
    const value = words[meant];
    if (value === null) return { kind: "null", offset, value };
    return value === undefined ? { kind: "string", offset, value: word } : { kind: "boolean", offset, value };
  }

  /** The parts of an object or a list, behind its opening bracket. */
  private list<T>(close: "}" | "]", part: () => T): T[] {
    const open = this.offset;
    const parts: T[] = [];
    this.offset++;
    for (;;) {
      this.space();
      if (this.text[this.offset] === close) break;
      parts.push(part());
      this.space();
      const { offset } = this;
      const char = this.text[offset];
      if (char === ",") {
        this.offset++;
        this.space();
        if (this.text[this.offset] === close)
          this.mistake(offset, "The comma behind the last one is not allowed in JSON.", "Remove the comma.");
      } else if (char !== close) {
        if (char === undefined || char === "}" || char === "]" || char === ":") this.unclosed(open, close);
        this.mistake(offset, `found ${this.shown()}, expected a comma or ${close}.`, "Write a comma before it.");
      }
    }
    this.offset++;
    return parts;
  }

  private unclosed(open: number, close: string): never {
    const { line } = placeOf(this.text, open);
    this.stop(
      this.offset,
      `found ${this.shown()}, expected ${close} for the ${this.text[open]} of line ${line}.`,
      `Write ${close} before it.`,
    );
  }

  private member(): JsonMember {
    const { offset } = this;
    const key = this.key();
    this.space();
    if (this.text[this.offset] === "=") this.mistake(this.offset, "found =, expected a colon.", "Write : instead.");
    else if (this.text[this.offset] !== ":")
      this.stop(this.offset, `found ${this.shown()}, expected a colon after ${JSON.stringify(key)}.`, "Write a colon and a value.");
    this.offset++;
    return { key, offset, value: this.value() };
  }

  private key(): string {
    const { offset } = this;
    const char = this.text[offset];
    if (char === '"' || char === "'") return this.string();
    const word = /^[\w.-]+/.exec(this.text.slice(offset, offset + 200))?.[0];
    if (!word)
      this.stop(
        offset,
        `found ${this.shown()}, expected a key in double quotes.`,
        "Write a key, a colon and a value, or close the object.",
      );
    this.mistake(offset, `The key ${word} has no quotes.`, `Write ${JSON.stringify(word)}`);
    this.offset += word.length;
    return word;
  }

  private string(): string {
    const { offset } = this;
    const quote = this.text[offset];
    let value = "";
    for (this.offset++; this.text[this.offset] !== quote; this.offset++) {
      const char = this.text[this.offset];
      if (char === undefined || char === "\n")
        this.stop(offset, "The text that begins here has no end.", "Write a double quote at its end.");
      if (char < " ") this.mistake(this.offset, "A text can't hold a control character.", `Write ${JSON.stringify(char).slice(1, -1)}`);
      value += char === "\\" ? this.escape() : char;
    }
    this.offset++;
    if (quote === "'") this.mistake(offset, "JSON has no single quotes.", `Write ${JSON.stringify(value)}`);
    return value;
  }

  private escape(): string {
    const { offset } = this;
    const char = this.text[++this.offset] ?? "";
    const code = /^u([0-9a-fA-F]{4})/.exec(this.text.slice(this.offset, this.offset + 5))?.[1];
    if (code) {
      this.offset += 4;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const escaped = escapes[char];
    if (escaped === undefined) this.mistake(offset, `\\${char} is no escape of JSON's.`, "For a backslash write \\\\.");
    return escaped ?? char;
  }

  /** White space, and comments with a mistake each. */
  private space(): void {
    for (;;) {
      const rest = this.text.slice(this.offset);
      const space = /^[ \t\r\n]+/.exec(rest)?.[0] ?? "";
      this.offset += space.length;
      const comment = /^(?:\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest.slice(space.length))?.[0];
      if (!comment) return;
      this.mistake(this.offset, "JSON has no comments: the runtime refuses the file.", "Remove the comment.");
      this.offset += comment.length;
    }
  }

  /** What is at the present place, for messages. */
  private shown(): string {
    const rest = this.text.slice(this.offset, this.offset + 20);
    return rest === "" ? "the end of the file" : (/^[\w-]+/.exec(rest)?.[0] ?? rest.charAt(0));
  }

  private mistake(offset: number, message: string, mend: string): void {
    this.mistakes.push({ offset, message, mend });
  }

  private stop(offset: number, message: string, mend: string): never {
    throw new Stop({ offset, message, mend });
  }
}
