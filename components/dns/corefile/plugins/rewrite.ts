import type { Word } from "../expand";
import { captureGroups, regexpProblem } from "../regexp";
import { atLeast } from "../versions";
import { args, many, type PluginSpec, type Say, type Surroundings } from "./spec";
import { type Kind, recordClass, recordType, responseCode, word } from "./values";

const matches = ["exact", "prefix", "suffix", "substring", "regex"];
const isMatch = (word: Word | undefined) => matches.includes(word?.text.toLowerCase() ?? "");

/** plugin/rewrite: a rule on one line, or in a block. */
export const rewrite: PluginSpec = {
  args: args(0, many, word("a rule", "name old.example new.example")),
  twice: "all",
  block: {},
  other: () => undefined,
  check: (stanza, say, around) => {
    // A rule may also stand in braces, any number of words on any number of lines.
    const inBlock = stanza.args.length < 2 ? stanza.properties.flatMap(({ name, args }) => [name, ...args]) : [];
    if (stanza.args.length >= 2 && stanza.hasBlock) {
      say("error", stanza.name, "A rewrite rule stands on its line or in a block, not both.", "Write the whole rule on one line.");
    }
    rule(stanza.name, [...stanza.args, ...inBlock], say, around);
  },
};

function rule(name: Word, all: readonly Word[], say: Say, around: Surroundings): void {
  if (all.some(({ variable }) => variable)) return;
  const [mode] = all;
  const hasMode = ["stop", "continue"].includes(mode?.text.toLowerCase() ?? "");
  const [type, ...rest] = hasMode ? all.slice(1) : all;
  if (!type) {
    say("error", mode ?? name, "rewrite wants a rule behind it.", "Write for example: rewrite name old.example new.example");
    return;
  }
  const kinds: Readonly<Record<string, (type: Word, rest: readonly Word[], say: Say, around: Surroundings) => void>> = {
    name: nameRule,
    class: (at, words) => pair(at, words, recordClass({ anyCase: true }), say),
    type: (at, words) => pair(at, words, recordType({ anyCase: true }), say),
    edns0,
    ttl: ttlRule,
    cname: cnameRule,
    rcode: rcodeRule,
  };
  const text = type.text.toLowerCase();
  if (text === "answer")
    say("error", type, "A rewrite of answers begins with a name rule.", "Write: rewrite stop { name regex … answer name … }");
  else if (Object.hasOwn(kinds, text)) kinds[text]?.(type, rest, say, around);
  else if (isMatch(type)) say("error", type, `${type.text} needs the kind of rule before it.`, `Write: rewrite name ${type.text} …`);
  else say("error", type, `rewrite has no rule ${JSON.stringify(type.text)}.`, `Write one of: ${Object.keys(kinds).join(", ")}.`);
}

function pair(at: Word, words: readonly Word[], kind: Kind, say: Say): void {
  if (words.length !== 2) {
    say(
      "error",
      words[2] ?? at,
      `${at.text} wants two words behind it, from and to.`,
      `Write for example: rewrite ${at.text} ${kind.example} ${kind.example}`,
    );
    return;
  }
  for (const word of words) {
    const why = kind.refuses(word.text);
    if (why)
      say("error", word, `${at.text} wants ${kind.what}, not ${JSON.stringify(word.text)}: ${why}.`, `Write for example: ${kind.example}`);
  }
}

/** Words such as {1}: how many of them a replacement uses. */
const used = (text: string) => new Set(text.match(/\{\d{1,3}\}/g)?.filter((brace) => Number(brace.slice(1, -1)) <= 100)).size;

function pattern(from: Word, to: Word | undefined, say: Say): void {
  const why = regexpProblem(from.text);
  if (why)
    say("error", from, `${JSON.stringify(from.text)} is no regular expression of Go's: ${why}.`, "Correct the expression (syntax: RE2).");
  else if (to && used(to.text) > captureGroups(from.text)) {
    const groups = captureGroups(from.text);
    say("error", to, `${to.text} uses more groups than ${from.text} has (${groups}).`, "Put what is to be kept in ( ) in the expression.");
  }
}

function nameRule(at: Word, words: readonly Word[], say: Say): void {
  if (words.length < 2) {
    say(
      "error",
      at,
      "A name rule wants the name to look for and the name to put in its place.",
      "Write for example: rewrite name old.example new.example",
    );
    return;
  }
  const [kind, from, to] = words.length === 2 ? [undefined, ...words] : words;
  const answers = words.slice(3);
  if (kind && !isMatch(kind)) {
    const extra = words.length > 3 || words[2]?.text.toLowerCase() === "answer";
    const mend = extra ? `Write: rewrite name exact ${words.map(({ text }) => text).join(" ")}` : `Write one of: ${matches.join(", ")}.`;
    say("error", kind, `A name rule doesn't know the match ${JSON.stringify(kind.text)}.`, mend);
    return;
  }
  if (from && kind?.text.toLowerCase() === "regex") pattern(from, to, say);
  // For exact names CoreDNS tests the new one for an expression.
  if (from && to && (!kind || kind.text.toLowerCase() === "exact") && regexpProblem(to.text)) pattern(to, undefined, say);
  if (answers.length > 0) answerRules(at, answers, say);
}

function answerRules(at: Word, words: readonly Word[], say: Say): void {
  const [first] = words;
  if (words.length < 2 || first?.text !== "answer") {
    say(
      "error",
      first ?? at,
      `Behind the new name only answer can follow, not ${JSON.stringify(first?.text)}.`,
      "Write for example: answer auto",
    );
    return;
  }
  let isAuto = false;
  let names: Word | undefined;
  for (let index = 0; index < words.length; ) {
    if (words[index]?.text === "answer") index++;
    const what = words[index];
    if (!what) {
      say("error", words[index - 1] ?? at, "answer wants auto, name or value behind it.", "Write for example: answer auto");
      return;
    }
    if (what.text === "auto") {
      isAuto = true;
      index++;
      continue;
    }
    if (what.text !== "name" && what.text !== "value") {
      say("error", what, `answer doesn't know ${JSON.stringify(what.text)}.`, "Write auto, name or value.");
      return;
    }
    const [from, to] = [words[index + 1], words[index + 2]];
    if (!from || !to) {
      say(
        "error",
        what,
        `answer ${what.text} wants an expression and its replacement.`,
        `Write for example: answer ${what.text} (.*)\\.new\\.example {1}.old.example`,
      );
      return;
    }
    pattern(from, to, say);
    if (what.text === "name") names = what;
    index += 3;
  }
  if (isAuto && names) say("error", names, "answer auto and answer name exclude each other.", "Keep one of the two.");
}

function ttlRule(at: Word, words: readonly Word[], say: Say, { version }: Surroundings): void {
  const value = words.length === 2 ? words[1] : words[2];
  if (words.length < 2 || words.length > 3 || !value) {
    say("error", words[3] ?? at, "A ttl rule wants a name and a ttl.", "Write for example: rewrite ttl example.org 60");
    return;
  }
  named(words, 3, say);
  const [, low = "", high] = /^(\d*)(?:-(\d*))?$/.exec(value.text) ?? [];
  const range = /^\d+$|^(?=.*\d)\d*-\d*$/.test(value.text);
  const isFine =
    range &&
    (high === undefined || high === "" || low === "" || Number(low) <= Number(high)) &&
    [low, high ?? ""].every((end) => Number(end) < 2 ** 32);
  if (!isFine) say("error", value, `${JSON.stringify(value.text)} is no ttl.`, "Write a number of seconds, or a range such as 30-300.");
  else if (value.text.includes("-") && !atLeast(version, "1.8.7"))
    say("error", value, "Ranges of ttl came after CoreDNS 1.8.6.", "Write one number.");
}

function rcodeRule(at: Word, words: readonly Word[], say: Say, { version }: Surroundings): void {
  if (!atLeast(version, "1.11.3")) {
    say("error", at, `rcode rules came in CoreDNS 1.11.3; ${version} doesn't know them.`, "Remove the rule.");
    return;
  }
  if (words.length < 3 || words.length > 4) {
    say(
      "error",
      words[4] ?? at,
      "An rcode rule wants a name and two codes.",
      "Write for example: rewrite rcode example.org SERVFAIL NOERROR",
    );
    return;
  }
  named(words, 4, say);
  for (const word of words.slice(-2)) {
    const isFine = (/^\d+$/.test(word.text) && Number(word.text) <= 23) || responseCode({ anyCase: true }).refuses(word.text) === undefined;
    if (!isFine) say("error", word, `${JSON.stringify(word.text)} is no response code.`, "Write for example NXDOMAIN.");
  }
}

function cnameRule(at: Word, words: readonly Word[], say: Say, { version }: Surroundings): void {
  if (!atLeast(version, "1.11.0")) {
    say("error", at, `cname rules came in CoreDNS 1.11.0; ${version} doesn't know them.`, "Remove the rule.");
    return;
  }
  if (words.length < 2 || words.length > 3) {
    say("error", words[3] ?? at, "A cname rule wants two names.", "Write for example: rewrite cname exact old.example. new.example.");
    return;
  }
  named(words, 3, say);
}

/** With the match before the name, where there are that many words. */
function named(words: readonly Word[], count: number, say: Say): void {
  const [kind, from] = words;
  if (words.length !== count || !kind) return;
  if (!isMatch(kind))
    say("error", kind, `The rule doesn't know the match ${JSON.stringify(kind.text)}.`, `Write one of: ${matches.join(", ")}.`);
  else if (kind.text.toLowerCase() === "regex" && from) pattern(from, undefined, say);
}

const variables = ["{qname}", "{qtype}", "{client_ip}", "{client_port}", "{protocol}", "{server_ip}", "{server_port}"];

function edns0(at: Word, all: readonly Word[], say: Say): void {
  const [kind, action] = all;
  if (!kind || !action) {
    say("error", at, "An edns0 rule wants a kind and an action.", "Write for example: rewrite edns0 nsid set");
    return;
  }
  const words = all.at(-1)?.text === "revert" ? all.slice(0, -1) : all;
  if (!["append", "replace", "set", "unset"].includes(action.text.toLowerCase())) {
    say("error", action, `edns0 doesn't know the action ${JSON.stringify(action.text)}.`, "Write set, append, replace or unset.");
    return;
  }
  const isUnset = action.text.toLowerCase() === "unset";
  const counts: Readonly<Record<string, number>> = isUnset ? { local: 3, nsid: 2, subnet: 2 } : { local: 4, nsid: 2, subnet: 4 };
  const count = Object.hasOwn(counts, kind.text.toLowerCase()) ? counts[kind.text.toLowerCase()] : undefined;
  if (count === undefined) {
    say("error", kind, `edns0 doesn't know ${JSON.stringify(kind.text)}.`, "Write local, nsid or subnet.");
    return;
  }
  if (words.length !== count) {
    say(
      "error",
      words[count] ?? at,
      `edns0 ${kind.text} ${action.text} wants ${count - 2} words behind it.`,
      "Write for example: rewrite edns0 local set 0xffee 0x61626364",
    );
    return;
  }
  edns0Values(kind.text.toLowerCase(), words.slice(2), say);
}

function edns0Values(kind: string, [first, second]: readonly Word[], say: Say): void {
  if (
    kind === "local" &&
    first &&
    !(/^(?:0x[0-9a-fA-F]+|0b[01]+|0o?[0-7]*|[1-9]\d*)$/.test(first.text) && Number(first.text.replace(/^0(?=[0-7])/, "0o")) < 65536)
  ) {
    say("error", first, `${JSON.stringify(first.text)} is no code of an option.`, "Write for example 0xffee.");
  }
  if (kind === "local" && second?.text.startsWith("0x") && !/^0x(?:[0-9a-fA-F]{2})*$/.test(second.text)) {
    say("error", second, `${JSON.stringify(second.text)} is no hexadecimal text.`, "Write two digits for each byte.");
  }
  if (kind === "local" && second && /^\{.*\}$/.test(second.text) && !variables.includes(second.text) && !second.text.includes("/")) {
    say("error", second, `edns0 has no variable ${second.text}.`, `Write one of: ${variables.join(", ")}, or a metadata label.`);
  }
  if (kind !== "subnet") return;
  for (const [word, most] of [
    [first, 32],
    [second, 128],
  ] as const) {
    if (word && !(/^\d+$/.test(word.text) && Number(word.text) <= most))
      say("error", word, `${JSON.stringify(word.text)} is no prefix length.`, `Write 0 to ${most}.`);
  }
}
