import { expressionProblem } from "../expression";
import type { Stanza } from "../stanza";
import { file, zone } from "./shared";
import { args, many, none, type PluginSpec, type PropertySpec, type Say } from "./spec";
import { duration, integer, isAddress, isCidr, type Kind, oneOf, recordType, word } from "./values";

const acl: PluginSpec = {
  since: "1.6.4",
  args: args(0, many, zone),
  twice: "all",
  anyCase: true,
  block: Object.fromEntries(
    ["allow", "block", "filter", "drop"].map((action): [string, PropertySpec] => [
      action,
      {
        args: args(0, many, word("type or net", "net 10.0.0.0/8")),
        ...({ filter: { since: "1.8.3" }, drop: { since: "1.10.1" } }[action] ?? {}),
      },
    ]),
  ),
  check: (stanza, say) => {
    for (const { args } of stanza.properties) aclSections(args, say);
  },
};

function aclSections(words: Stanza["args"], say: Say): void {
  let section: string | undefined;
  // Behind a * CoreDNS doesn't look at the section any more.
  let hasAll = false;
  for (const [index, word] of words.entries()) {
    if (word.variable) continue;
    if (/^(?:type|net)$/i.test(word.text)) {
      section = word.text.toLowerCase();
      hasAll = false;
      const next = words[index + 1];
      if (!next || /^(?:type|net)$/i.test(next.text))
        say(
          "error",
          word,
          `${word.text} wants values behind it.`,
          section === "net" ? "Write for example: net 10.0.0.0/8" : "Write for example: type A AAAA",
        );
    } else if (!section) {
      say(
        "error",
        word,
        `Here only type or net can follow, not ${JSON.stringify(word.text)}.`,
        isCidr(word.text) || isAddress(word.text) ? `Write: net ${word.text}` : `Write: type ${word.text}`,
      );
      return;
    } else if (word.text === "*") {
      hasAll = true;
    } else if (!hasAll) {
      const why =
        section === "type" ? recordType().refuses(word.text) : isCidr(word.text) || isAddress(word.text) ? undefined : "that is no range";
      if (why)
        say(
          "error",
          word,
          `${section} doesn't take ${JSON.stringify(word.text)}: ${why}.`,
          section === "net" ? "Write for example: net 10.0.0.0/8" : "Write for example: type A",
        );
    }
  }
}

const erraticAmount: PropertySpec = { args: args(0, 1, integer(0, 2 ** 31 - 1, "2")) };

const prefix: Kind = {
  what: "an IPv6 prefix",
  example: "64:ff9b::/96",
  refuses: (text) => {
    if (!isCidr(text) || !text.includes(":")) return "that is no IPv6 prefix";
    const length = Number(text.split("/")[1]);
    return length % 8 !== 0 || length < 32 || length > 96 ? "its length has to be 32, 40, 48, 56, 64, 72, 80, 88 or 96" : undefined;
  },
};

/** Plugins for single queries and answers, by their setup.go in CoreDNS 1.14.7. */
export const queries: Readonly<Record<string, PluginSpec>> = {
  acl,
  any: { since: "1.5.1", args: none, block: "refused", twice: "first" },
  chaos: { args: args(0, many, word("a version", "CoreDNS-001")), block: {}, twice: "first" },
  dns64: {
    since: "1.7.0",
    args: args(0, 1, prefix),
    twice: "last",
    block: {
      prefix: { args: args(1, 1, prefix), reads: 1 },
      translate_all: { args: none, reads: 0 },
      allow_ipv4: { args: none, reads: 0, since: "1.9.0" },
    },
  },
  erratic: {
    args: args(0, many, word("nothing", "")),
    twice: "last",
    block: {
      drop: erraticAmount,
      delay: { args: args(0, 2, integer(0, 2 ** 31 - 1, "2"), duration()) },
      truncate: erraticAmount,
      large: { args: none, reads: 0 },
    },
  },
  local: {
    since: "1.8.3",
    args: none,
    block: { localhost_prefix: { args: args(1, 1, oneOf(["on", "off"])), since: "1.14.6" } },
    twice: "last",
  },
  metadata: { args: args(0, many, zone), block: "refused", twice: "refused" },
  minimal: { since: "1.8.4", args: none, block: "refused", twice: "first" },
  nsid: { args: args(0, many, word("a text", "ns1")), block: "refused", twice: "refused" },
  tsig: {
    since: "1.9.4",
    args: args(0, many, zone),
    twice: "refused",
    block: {
      secret: { args: args(2, 2, word("a key's name", "key.example.org."), word("a secret", "SECRET")) },
      secrets: { args: args(1, 1, file) },
      require: {
        args: args(1, many, {
          ...recordType(),
          refuses: (text) => (["all", "none"].includes(text) ? undefined : recordType().refuses(text)),
        }),
      },
      require_opcode: { args: args(1, many, oneOf(["all", "none", "QUERY", "IQUERY", "STATUS", "NOTIFY", "UPDATE"])), since: "1.14.3" },
    },
    check: ({ properties }, say) => {
      const names = properties.filter(({ name }) => name.text === "secret").flatMap(({ args: [name] }) => (name ? [name] : []));
      for (const name of names.filter((name, index) => names.findIndex(({ text }) => text === name.text) < index)) {
        say("error", name, `The key ${name.text} is there twice.`, "Keep one secret for it.");
      }
    },
  },
  view: {
    since: "1.10.0",
    args: args(1, 1, word("a name", "inside")),
    twice: "refused",
    block: { expr: { args: args(1, many, word("an expression", "incidr(client_ip(), '10.0.0.0/8')")) } },
    check: ({ properties }, say) => {
      for (const { name, args } of properties.filter(({ name, args }) => name.text === "expr" && args.length > 0)) {
        const why = args.some(({ variable }) => variable) ? undefined : expressionProblem(args.map(({ text }) => text).join(" "));
        if (why)
          say("error", args[0] ?? name, `expr is no expression: ${why}.`, "Write for example: expr incidr(client_ip(), '10.0.0.0/8')");
      }
    },
  },
  whoami: { args: none, block: "refused", twice: "first" },
};
