import type { Word } from "./expand";

/** A line of a plugin's block. */
export interface Property {
  readonly name: Word;
  readonly args: readonly Word[];
}

/** One use of a plugin: `forward . 10.0.0.53 { … }`. */
export interface Stanza {
  readonly name: Word;
  readonly args: readonly Word[];
  readonly properties: readonly Property[];
  readonly hasBlock: boolean;
}

/** How the words of a plugin are read; the plugins differ. */
export interface Reading {
  /** Whether the plugin looks into a block at all. */
  readonly readsBlock: boolean;
  /** How many words a property takes; those behind them on its line count as properties. */
  readonly takes: (property: string) => number;
}

const everything: Reading = { readsBlock: true, takes: () => Number.POSITIVE_INFINITY };

/** Whether Go's Dispenser takes a word for one on the same line. */
const follows = (previous: Word, word: Word | undefined): word is Word =>
  word !== undefined && previous.file === word.file && previous.line + previous.text.split("\n").length - 1 === word.line;

/**
 * Takes apart what CoreDNS hands to a plugin: the words of all its uses in a server block, one behind the other
 * (github.com/coredns/caddy v1.1.4, caddyfile/dispenser.go). A brace counts as one only where a block can begin or end.
 */
export function readStanzas(words: readonly Word[], { readsBlock, takes }: Reading = everything): Stanza[] {
  const stanzas: Stanza[] = [];
  let cursor = 0;
  const line = (from: Word, limit: number): Word[] => {
    const args: Word[] = [];
    for (let previous = from; args.length < limit; cursor++) {
      const word = words[cursor];
      if (!follows(previous, word) || word.text === "{") break;
      args.push(word);
      previous = word;
    }
    return args;
  };
  for (let name = words[cursor++]; name; name = words[cursor++]) {
    const args = line(name, Number.POSITIVE_INFINITY);
    const properties: Property[] = [];
    const open = words[cursor];
    const hasBlock = open?.text === "{" && follows(words[cursor - 1] as Word, open);
    if (hasBlock && readsBlock) {
      cursor++;
      for (let word = words[cursor++]; word && word.text !== "}"; word = words[cursor++]) {
        properties.push({ name: word, args: line(word, takes(word.text)) });
      }
    } else if (hasBlock) {
      let depth = 0;
      do {
        if (words[cursor]?.text === "{") depth++;
        if (words[cursor]?.text === "}") depth--;
        cursor++;
      } while (depth > 0 && cursor < words.length);
    }
    stanzas.push({ name, args, properties, hasBlock });
  }
  return stanzas;
}
