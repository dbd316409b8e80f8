import { templateProblem } from "../goTemplate";
import { args, many, type PluginSpec } from "./spec";
import { type Kind, oneOf, recordClass, recordType, regexp, responseCode, unsigned, word } from "./values";

const zone = word("a zone", "example.org");

const goTemplate: Kind = {
  what: "a record as a template",
  example: '"{{ .Name }} 60 IN A 10.0.0.1"',
  refuses: templateProblem,
};
const records = { args: args(1, many, goTemplate) };

/** plugin/template/setup.go */
export const template: PluginSpec = {
  args: args(2, many, recordClass(), recordType(), zone),
  twice: "all",
  block: {
    match: { args: args(1, many, regexp) },
    answer: records,
    additional: records,
    authority: records,
    rcode: { args: args(1, 1, responseCode()), reads: 1 },
    ederror: { args: args(1, 2, unsigned(16, "21"), word("a text", '"not here"')), since: "1.10.1" },
    fallthrough: { args: args(0, many, zone) },
    upstream: {
      args: args(0, many, word("a server", "10.0.0.53")),
      changes: [{ since: "1.5.0", state: "ignored", why: "names are looked up by the server itself", mend: "Remove the line." }],
    },
  },
  check: (stanza, say) => {
    const useless = !stanza.properties.some(({ name }) => ["answer", "additional", "authority", "rcode"].includes(name.text));
    if (useless && stanza.args.length >= 2) {
      say(
        "info",
        stanza.name,
        "This template answers NOERROR with nothing in it.",
        "Write answer, or rcode NXDOMAIN, when that isn't meant.",
      );
    }
  },
};

/** plugin/header/setup.go */
export const header: PluginSpec = {
  since: "1.8.5",
  args: args(0, many, word("nothing", "")),
  twice: "first",
  anyCase: true,
  block: {
    query: {
      args: args(2, many, oneOf(["set", "clear"], { anyCase: true }), oneOf(["aa", "ra", "rd"], { anyCase: true })),
      since: "1.9.4",
    },
    response: {
      args: args(2, many, oneOf(["set", "clear"], { anyCase: true }), oneOf(["aa", "ra", "rd"], { anyCase: true })),
      since: "1.9.4",
    },
    set: {
      args: args(1, many, oneOf(["aa", "ra", "rd"], { anyCase: true })),
      until: "1.9.4",
      mend: "Write response set …, or query set …",
    },
    clear: {
      args: args(1, many, oneOf(["aa", "ra", "rd"], { anyCase: true })),
      until: "1.9.4",
      mend: "Write response clear …, or query clear …",
    },
  },
  check: (stanza, say) => {
    if (stanza.properties.length === 0)
      say(
        "error",
        stanza.name,
        "header without a rule does nothing; CoreDNS refuses it.",
        "Write in its block for example: response set ra",
      );
  },
};
