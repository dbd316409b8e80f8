import type { Place } from "../../manifests/documents";
import { lex, type Token } from "./lexer";

/** A word as the plugins get it: snippets and files are imported, and each word still knows where it came from. */
export interface Word {
  readonly text: string;
  /** The file, "" for the Corefile itself, and the line in it: what CoreDNS decides by whether words stand on one line. */
  readonly file: string;
  readonly line: number;
  /** Where to point in the Corefile: the word, or the import that brought it from another file. */
  readonly at: Place;
  /** Contains `{$NAME}` or `{%NAME%}`, so its value is only known where CoreDNS runs. */
  readonly variable: boolean;
  readonly token: Token;
}

/** A plugin's line or block: the name and all that follows, braces included. */
export interface Directive {
  readonly words: readonly [Word, ...Word[]];
}

export interface Server {
  readonly keys: readonly Word[];
  readonly directives: readonly Directive[];
}

export interface Snippet {
  readonly name: Word;
  readonly words: readonly Word[];
  readonly uses: number;
}

/** What `import` finds: the files that match, in order; undefined when it isn't known what is there. */
export type Files = (pattern: string) => readonly { readonly path: string; readonly text: string }[] | undefined;

export interface Problem {
  readonly severity: "error" | "warning" | "info";
  readonly at: Place;
  readonly message: string;
  readonly mend: string;
  /** The plugin, where it is about one. */
  readonly plugin?: string;
}

export interface Expanded {
  readonly servers: readonly Server[];
  readonly snippets: readonly Snippet[];
  readonly problems: readonly Problem[];
  /** Imports of files whose contents aren't known here. */
  readonly unknownImports: readonly Word[];
}

const hasVariable = (text: string) => /\{\$[^}]+\}|\{%.+?%\}/.test(text);

const asWord = (token: Token, file = "", at: Place = token): Word => ({
  text: token.text,
  file,
  line: token.line,
  at: { line: at.line, column: at.column },
  variable: hasVariable(token.text),
  token,
});

/**
 * Puts server blocks together as CoreDNS does (github.com/coredns/caddy v1.1.4, caddyfile/parse.go), and goes on after a mistake.
 * Plugin names are not judged here.
 * @param files reads what is imported from files; without it such imports are only listed.
 */
export function expand(tokens: readonly Token[], files: Files = () => undefined): Expanded {
  return new Expansion(
    tokens.map((token) => asWord(token)),
    files,
  ).all();
}

/** CoreDNS gives up at 10,000 imports; a cycle needs far fewer to be one. */
const deepest = 1000;

class Expansion {
  private readonly servers: Server[] = [];
  private readonly snippets = new Map<string, { name: Word; words: Word[]; uses: number }>();
  private readonly problems: Problem[] = [];
  private readonly unknownImports: Word[] = [];
  private cursor = -1;
  private imports = 0;

  constructor(
    private words: Word[],
    private readonly files: Files,
  ) {}

  all(): Expanded {
    while (this.next()) this.block();
    const { servers, problems, unknownImports } = this;
    return { servers, snippets: [...this.snippets.values()], problems, unknownImports };
  }

  private next(): boolean {
    if (this.cursor >= this.words.length - 1) return false;
    this.cursor++;
    return true;
  }

  private get word(): Word | undefined {
    return this.words[this.cursor];
  }

  private isNewLine(): boolean {
    const previous = this.words[this.cursor - 1];
    return !previous || !this.word || !onOneLine(previous, this.word);
  }

  private report(severity: Problem["severity"], word: Word | undefined, message: string, mend: string): void {
    const at = word?.at ?? this.words.at(-1)?.at ?? { line: 1, column: 1 };
    this.problems.push({ severity, at, message, mend });
  }

  private block(): void {
    const keys = this.addresses();
    const [first] = keys;
    if (this.ended) {
      if (first) this.servers.push({ keys, directives: [] });
      return;
    }
    if (first && keys.length === 1 && first.text.startsWith("(") && first.text.endsWith(")")) {
      this.snippet(first);
      return;
    }
    const open = this.word;
    const server = this.server(keys);
    if (first) this.servers.push(server);
    else
      this.report(
        "error",
        open,
        "This server block has no zone; CoreDNS leaves it out.",
        "Write the zone before the brace, for example: .:53 {",
      );
  }

  /** The words ended within or right behind the addresses. */
  private ended = false;

  private addresses(): Word[] {
    const keys: Word[] = [];
    let expectsAnother = false;
    this.ended = false;
    for (;;) {
      const word = this.word;
      if (word?.text === "import" && this.isNewLine() && this.import()) continue;
      if (word?.text === "{") {
        if (expectsAnother)
          this.report("error", word, "An address is missing behind the last comma.", "Remove the comma before the brace.");
        return keys;
      }
      if (word && word.text !== "") {
        expectsAnother = word.text.endsWith(",");
        keys.push(expectsAnother ? { ...word, text: word.text.slice(0, -1) } : word);
      }
      if (!this.next()) {
        if (expectsAnother)
          this.report("error", word, "The file ends behind a comma.", "Write another address, and the block of plugins in braces.");
        this.ended = true;
        return keys;
      }
      if (!expectsAnother && this.isNewLine()) return keys;
    }
  }

  private snippet(name: Word): void {
    const text = name.text.slice(1, -1);
    const open = this.word;
    if (open?.text !== "{") {
      this.report("error", open, `The snippet ${name.text} has no block.`, `Write the brace on its line: ${name.text} {`);
      this.cursor--;
      return;
    }
    const words: Word[] = [];
    let depth = 1;
    while (this.next()) {
      const word = this.words[this.cursor] as Word;
      if (word.text === "}" && --depth === 0) break;
      if (word.text === "{") depth++;
      words.push(word);
    }
    if (depth > 0)
      this.report(
        "error",
        open,
        `The block of the snippet ${name.text} isn't closed.`,
        "Write } on a line of its own behind its last plugin.",
      );
    if (this.snippets.has(text)) {
      this.report("error", name, `There is already a snippet ${name.text}.`, "Rename one of the two, or merge them.");
      return;
    }
    const itself = words.find((word, index) => word.text === text && words[index - 1]?.text === "import" && startsLine(words, index - 1));
    if (itself) {
      this.report("error", itself, `The snippet ${name.text} imports itself.`, "Remove the import.");
      words.splice(words.indexOf(itself) - 1, 2);
    }
    this.snippets.set(text, { name, words, uses: 0 });
  }

  private server(keys: Word[]): Server {
    const open = this.word?.text === "{" ? this.word : undefined;
    if (!open) this.cursor--;
    const directives: Directive[] = [];
    const server: Server = { keys, directives };
    while (this.next()) {
      const word = this.words[this.cursor] as Word;
      if (word.text === "}") {
        if (!open) {
          const key = keys.at(-1);
          this.report(
            "warning",
            word,
            `This } closes a block that no { has opened; CoreDNS takes the addresses on line ${key?.at.line} to begin one.`,
            `Write { behind ${key?.text}, on the same line.`,
          );
        }
        return server;
      }
      if (word.text === "import") {
        if (this.import()) this.cursor--;
        continue;
      }
      directives.push(this.directive(word));
    }
    if (!open) return server;
    if (this.words[this.cursor]?.text === "}") {
      const message = "The server block isn't closed; CoreDNS lets the } of its last plugin pass for its own.";
      this.report("warning", open, message, "Write one more } at the end of the block.");
    } else this.report("error", open, "The server block isn't closed.", "Write } on a line of its own behind its last plugin.");
    return server;
  }

  private directive(name: Word): Directive {
    const words: [Word, ...Word[]] = [name];
    const open: Word[] = [];
    while (this.next()) {
      const word = this.words[this.cursor] as Word;
      if (word.text === "{") open.push(word);
      else if (this.isNewLine() && open.length === 0) {
        this.cursor--;
        break;
      } else if (word.text === "}") {
        if (open.length === 0) {
          const message = `This } stands on the line of ${name.text}, which has opened no block.`;
          this.report("error", word, message, "Write the } on a line of its own.");
          // What was meant is the end of the server block.
          this.words[this.cursor] = { ...word, line: word.line + 1 };
          this.cursor--;
          break;
        }
        open.pop();
      } else if (word.text === "import" && this.isNewLine()) {
        if (this.import()) this.cursor--;
        continue;
      }
      words.push(word);
    }
    const [unclosed] = open;
    if (unclosed)
      this.report("error", unclosed, `The block of ${name.text} isn't closed.`, "Write } on a line of its own behind its last line.");
    return { words };
  }

  /** Puts the imported words in the place of `import NAME`; the cursor is on the first of them then. False when that can't be done. */
  private import(): boolean {
    const word = this.words[this.cursor] as Word;
    const name = this.words[this.cursor + 1];
    if (!name || !onOneLine(word, name)) {
      this.report("error", word, "import needs the name of a snippet or a file.", "Write for example: import snippet");
      this.replaceImport(0, []);
      return true;
    }
    const extra = this.words[this.cursor + 2];
    if (extra && onOneLine(name, extra)) {
      this.report("error", extra, "import takes one name only.", "Write an import of its own for each, on a line of its own.");
    }
    if (++this.imports > deepest) {
      this.report("error", name, `The imports never end: ${name.text} leads back to itself.`, "Remove the import that closes the circle.");
      this.words.length = this.cursor;
      return true;
    }
    this.replaceImport(1, this.imported(name));
    return true;
  }

  private replaceImport(names: number, words: readonly Word[]): void {
    this.words = [...this.words.slice(0, this.cursor), ...words, ...this.words.slice(this.cursor + 1 + names)];
  }

  private imported(name: Word): readonly Word[] {
    const snippet = this.snippets.get(name.text);
    if (snippet) {
      snippet.uses++;
      return snippet.words;
    }
    if (name.variable) {
      this.unknownImports.push(name);
      return [];
    }
    const pattern = name.text;
    const tooMany = (pattern.match(/\*/g)?.length ?? 0) > 1 || (pattern.match(/\?/g)?.length ?? 0) > 1 || /\[.*\]|\].*\[/.test(pattern);
    if (pattern === "") this.report("error", name, "import needs a name, not an empty text.", "Write the name of a snippet or a file.");
    else if (tooMany) {
      this.report(
        "error",
        name,
        `CoreDNS allows one wildcard in an import; ${pattern} has more.`,
        "Write one * only, as in conf.d/*.conf.",
      );
    } else {
      const found = this.files(pattern);
      if (found && found.length === 0 && !/[*?[\]]/.test(pattern)) this.missing(name);
      if (!found) this.unknown(name);
      return (found ?? []).flatMap(({ path, text }) => lex(text).tokens.map((token) => asWord(token, path, name.at)));
    }
    return [];
  }

  private missing(name: Word): void {
    const later = this.words.some(({ text, line }) => text === `(${name.text})` && line > name.line);
    const snippets = [...this.snippets.keys()];
    const message = later
      ? `The snippet ${name.text} is defined further down; CoreDNS reads from above.`
      : `There is neither a snippet nor a file ${name.text}; CoreDNS doesn't start.`;
    const mend = later
      ? `Move (${name.text}) { … } above this server block.`
      : snippets.length > 0
        ? `Snippets here: ${snippets.join(", ")}.`
        : `Define it above: (${name.text}) { … }, or remove the import.`;
    this.report("error", name, message, mend);
  }

  private unknown(name: Word): void {
    const isPath = /[/*?.[\]]/.test(name.text);
    if (isPath) this.unknownImports.push(name);
    else this.missing(name);
  }
}

const lineBreaks = (text: string) => text.split("\n").length - 1;

/** Whether a word stands on the line on which the one before it ends. */
export function onOneLine(previous: Word, word: Word): boolean {
  return previous.file === word.file && previous.line + lineBreaks(previous.text) >= word.line;
}

const startsLine = (words: readonly Word[], index: number) => {
  const [previous, word] = [words[index - 1], words[index]];
  return !previous || !word || !onOneLine(previous, word);
};
