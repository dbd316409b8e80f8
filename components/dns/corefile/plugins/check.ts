import type { Problem, Word } from "../expand";
import { nearestName } from "../names";
import { type Property, readStanzas, type Stanza } from "../stanza";
import { atLeast } from "../versions";
import type { Arguments, Change, PluginSpec, PropertySpec, Say, Span, Surroundings } from "./spec";

/** Whether something is there in a version of CoreDNS. */
export const isIn = ({ since, until }: Span, version: string): boolean =>
  (since === undefined || atLeast(version, since)) && (until === undefined || !atLeast(version, until));

/** The uses of a plugin in a server block, read as that plugin reads its words. */
export function stanzasOf(words: readonly Word[], spec: PluginSpec | undefined): Stanza[] {
  const block = spec?.block;
  const properties = typeof block === "object" ? block : undefined;
  return readStanzas(words, {
    readsBlock: properties !== undefined || spec === undefined,
    takes: (name) => properties?.[spec?.anyCase ? name.toLowerCase() : name]?.reads ?? Number.POSITIVE_INFINITY,
  });
}

/** Judges all uses of one plugin in a server block. */
export function checkPlugin(name: string, words: readonly Word[], spec: PluginSpec, around: Surroundings): Problem[] {
  const problems: Problem[] = [];
  const say: Say = (severity, word, message, mend) => problems.push({ severity, at: word.at, message, mend, plugin: name });
  const stanzas = stanzasOf(words, spec);
  // What stands behind a closing brace comes to the plugin too, which takes it for one more use of itself.
  const strays = stanzas.filter((stanza) => stanza.name.text !== name);
  if (strays.length > 0) return strays.map((stanza) => stray(name, stanza.name));
  const [first, ...more] = stanzas;
  for (const stanza of more) twice(name, spec, first as Stanza, stanza, say, around.version);
  // A plugin that only takes the first doesn't even read the others.
  for (const stanza of spec.twice === "first" && first ? [first] : stanzas) {
    changes(name, spec.changes, stanza.name, around.version, say);
    checkArguments(name, stanza.name, stanza.args, spec.args, say, spec.loose);
    checkBlock(name, stanza, spec, around, say);
    spec.check?.(stanza, say, around);
  }
  return problems;
}

function stray(plugin: string, { text, at }: Word): Problem {
  const message = `${JSON.stringify(text)} stands behind the block of ${plugin}, which gets it for its own.`;
  return { severity: "error", at, plugin, message, mend: "Write it on a line of its own." };
}

function twice(name: string, spec: PluginSpec, first: Stanza, again: Stanza, say: Say, version: string): void {
  const rule = spec.twiceSince !== undefined && !atLeast(version, spec.twiceSince) ? "refused" : spec.twice;
  const where = `on line ${first.name.at.line}`;
  if (rule === "refused") {
    say("error", again.name, `is there twice in this server block (first ${where}); CoreDNS allows it once.`, "Merge the two into one.");
  }
  if (rule === "first" || rule === "last") {
    const kept = rule === "first" ? `the first, ${where},` : "the last";
    say("warning", again.name, `is there twice in this server block (first ${where}); CoreDNS only takes ${kept}.`, `Keep one ${name}.`);
  }
}

function changes(what: string, list: readonly Change[] | undefined, word: Word, version: string, say: Say): void {
  for (const change of list ?? []) {
    if (isIn(change, version))
      say("warning", word, `${what} is ${change.state} since CoreDNS ${change.since}: ${change.why}.`, change.mend);
  }
}

const quote = (text: string) => JSON.stringify(text);

function checkArguments(what: string, at: Word, words: readonly Word[], { min, max, kinds }: Arguments, say: Say, loose = false): void {
  const brace = words.find(
    ({ text }) => text === "}" || (text.length > 1 && /[{]$/.test(text) && !text.includes("}")) || /^\{[a-z_]/.test(text),
  );
  if (brace && (words.length > max || !kinds[0])) {
    glued(brace, at, say);
    return;
  }
  const example = kinds
    .slice(0, Math.max(min, 1))
    .map((kind) => kind.example)
    .join(" ");
  if (words.length < min) {
    const wanted =
      kinds
        .slice(words.length, min)
        .map(({ what }) => what)
        .join(" and ") || "a value";
    say("error", at, `${what} wants ${wanted} behind it.`, `Write for example: ${what} ${example}`);
    return;
  }
  const extra = words[max];
  if (extra) {
    const count = max === 0 ? "takes nothing behind it" : `takes ${max === 1 ? "one word" : `at most ${max} words`} behind it`;
    const mend = max === 0 ? `Write ${what} alone.` : `Remove ${quote(extra.text)}${words.length > max + 1 ? " and what follows" : ""}.`;
    say(
      loose ? "warning" : "error",
      extra,
      `${what} ${count}; ${quote(extra.text)} is one too many${loose ? ", which CoreDNS drops" : ""}.`,
      mend,
    );
  }
  for (const [index, word] of words.slice(0, max).entries()) {
    const kind = kinds[Math.min(index, kinds.length - 1)];
    if (!kind || word.variable) continue;
    const why = kind.refuses(word.text);
    if (why === undefined) continue;
    if (/[^{$%]\{$/.test(word.text)) glued(word, at, say);
    else
      say(
        "error",
        word,
        `${what} wants ${kind.what}, not ${quote(word.text)}: ${why}.`,
        mendFor(what, word.text, words, index, kind.example),
      );
  }
}

function mendFor(what: string, text: string, words: readonly Word[], index: number, example: string): string {
  const shown = words.map((word, at) =>
    at === index ? (/^\d+$/.test(text) && /^\d+[a-z]+$/.test(example) ? `${text}s` : example) : word.text,
  );
  const semicolon = /[;,]$/.test(text) ? ` A Corefile has no ${text.at(-1)} at the end.` : "";
  return `Write for example: ${what} ${shown.slice(0, index + 1).join(" ")}${semicolon}`;
}

function glued(word: Word, at: Word, say: Say): void {
  if (word.text === "}")
    say("error", word, "This } stands on the line of a property, which takes it for a value.", "Write the } on a line of its own.");
  else if (word.text.endsWith("{")) {
    say(
      "error",
      word,
      `A space is missing before the { in ${quote(word.text)}; CoreDNS takes it for a part of the word.`,
      `Write: ${word.text.slice(0, -1)} {`,
    );
  } else
    say("error", word, `A line end is missing behind the { in ${quote(word.text)}.`, `Write ${at.text} {, and the rest on the next lines.`);
}

function checkBlock(name: string, stanza: Stanza, spec: PluginSpec, around: Surroundings, say: Say): void {
  const { block } = spec;
  if (block === "refused" && stanza.hasBlock) say("error", stanza.name, `${name} has no block.`, "Remove the braces and what is in them.");
  if (block === "ignored" && stanza.hasBlock) {
    say("warning", stanza.name, `${name} has no block; CoreDNS ignores what is in it.`, "Remove the braces and what is in them.");
  }
  if (typeof block !== "object") return;
  for (const property of stanza.properties) checkProperty(name, stanza, property, spec, block, around, say);
}

function checkProperty(
  name: string,
  stanza: Stanza,
  property: Property,
  spec: PluginSpec,
  table: Readonly<Record<string, PropertySpec>>,
  { version }: Surroundings,
  say: Say,
): void {
  const { name: word, args } = property;
  if (word.variable) return;
  const text = spec.anyCase ? word.text.toLowerCase() : word.text;
  const known = Object.hasOwn(table, text) ? table[text] : undefined;
  if (known && isIn(known, version)) {
    changes(`${text} in ${name}`, known.changes, word, version, say);
    checkArguments(text, word, args, known.args, say, known.loose);
    return;
  }
  const other = spec.other ? spec.other(word, args, stanza) : "";
  if (other === undefined) return;
  if (known) {
    const gone = known.until !== undefined && atLeast(version, known.until);
    const message = gone
      ? `${text} was removed from ${name} in CoreDNS ${known.until}; ${version} doesn't start with it.`
      : `${text} came to ${name} in CoreDNS ${known.since}; ${version} doesn't know it.`;
    say("error", word, message, gone ? (known.mend ?? "Remove the line.") : `Remove the line, or run CoreDNS ${known.since} or later.`);
    return;
  }
  if (other !== "") {
    say("error", word, other, "Correct or remove the line.");
    return;
  }
  unknownProperty(name, word, Object.keys(table), version, table, say);
}

function unknownProperty(
  name: string,
  word: Word,
  names: readonly string[],
  version: string,
  table: Readonly<Record<string, PropertySpec>>,
  say: Say,
): void {
  const available = names.filter((property) => isIn(table[property] ?? {}, version));
  const { text } = word;
  if (text === "{") {
    say("error", word, `${name} has no block within its block.`, "Write each property on a line of its own, without braces.");
    return;
  }
  const bare = text.replace(/[;:,={]+$/, "");
  if (bare !== text && available.includes(bare)) {
    say("error", word, `${name} has no property ${quote(text)}: a Corefile has no ${text.slice(bare.length)} there.`, `Write: ${bare}`);
    return;
  }
  const nearest = nearestName(text, available);
  const mend = nearest ? `Did you mean ${nearest}?` : available.length > 0 ? `${name} has: ${available.join(", ")}.` : "Remove the line.";
  say("error", word, `${name} has no property ${quote(text)}; CoreDNS doesn't start with it.`, mend);
}
