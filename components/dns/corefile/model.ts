import type { Place } from "../../manifests/documents";
import { expand, type Files, type Word } from "./expand";
import { lex } from "./lexer";
import { plugins } from "./plugins";
import { stanzasOf } from "./plugins/check";
import type { Stanza } from "./stanza";
import { type Key, parseKey } from "./zones";

export interface PropertyModel {
  readonly name: string;
  readonly args: readonly string[];
  readonly at: Place;
}

/** One use of a plugin. */
export interface PluginModel {
  readonly name: string;
  readonly args: readonly string[];
  readonly properties: readonly PropertyModel[];
  readonly at: Place;
}

export interface ServerModel {
  /** The addresses as they are written. */
  readonly addresses: readonly string[];
  readonly keys: readonly Key[];
  /** In the order of the file, snippets put in. */
  readonly plugins: readonly PluginModel[];
  readonly at: Place;
}

/** What a Corefile says: its server blocks with their plugins, imports put in. Mistakes are for `lintCorefile`. */
export function readCorefile(text: string, files?: Files): ServerModel[] {
  return expand(lex(text).tokens, files).servers.map(({ keys, directives }) => ({
    addresses: keys.map((word) => word.text),
    keys: keys.flatMap(({ text }) => {
      const key = parseKey(text);
      return typeof key === "string" ? [] : [key];
    }),
    plugins: directives.flatMap(({ words }) => stanzas(words).map(pluginModel)),
    at: keys[0]?.at ?? { line: 1, column: 1 },
  }));
}

const stanzas = (words: readonly Word[]) => stanzasOf(words, plugins[words[0]?.text ?? ""]);

const pluginModel = ({ name, args, properties }: Stanza): PluginModel => ({
  name: name.text,
  args: args.map(({ text }) => text),
  properties: properties.map((property) => ({
    name: property.name.text,
    args: property.args.map(({ text }) => text),
    at: property.name.at,
  })),
  at: name.at,
});
