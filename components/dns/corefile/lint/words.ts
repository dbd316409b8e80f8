import { type Directive, onOneLine, type Problem, type Word } from "../expand";
import type { Lexed, Token } from "../lexer";
import { nearestName } from "../names";
import { plugins } from "../plugins";
import { isIn } from "../plugins/check";
import { atLeast } from "../versions";

/** What the words themselves tell: a quote that is never closed, a `#` in a word. */
export function lexicalProblems({ tokens, trailing }: Lexed): Problem[] {
  const problems: Problem[] = [];
  for (const token of tokens) {
    if (token.unclosed) problems.push(unclosed(token));
    if (token.cut) {
      const message = `A # in the middle of a word cuts it: CoreDNS reads ${JSON.stringify(token.text)}, and the comment ends at the next space.`;
      problems.push({
        severity: "warning",
        at: place(token),
        message,
        mend: "Write a space before the # of a comment, or the word in quotes.",
      });
    }
  }
  const last = tokens.at(-1);
  if (/^[^#]*"$/.test(trailing.split("\n").at(-1) ?? "") && last) problems.push(unclosed(last));
  return problems;
}

const place = ({ line, column }: Token) => ({ line, column });
const unclosed = (token: Token): Problem => ({
  severity: "error",
  at: place(token),
  message: "A quote begins here and is never closed, so the rest of the file is one word.",
  mend: 'Write the closing " at the end of the text.',
});

/** Plugins that are built into some CoreDNS, but not into CoreDNS's own releases (https://coredns.io/explugins). */
const external = new Set(
  `ads alias alternate amazondns blocklist dockerdiscovery dump ens fanout finalize firewall gslb git idetcd ipecho ipin k8s_dns_chaos k8s_event k8s_gateway kubernetai
kubenodes lighthouse mdns meshname multicluster mysql netbox nomad_dns ocidns omada pdsql policy proxy_protocol ratelimit rrl records redis redisc tailscale unbound
warnlist wgsd wildcard_record`.split(/\s+/),
);

/** Plugins that this version of CoreDNS doesn't have. */
export function unknownPlugin({ words: [name] }: Directive, version: string): Problem | undefined {
  const { text } = name;
  if (name.variable) return undefined;
  const spec = Object.hasOwn(plugins, text) ? plugins[text] : undefined;
  if (spec && isIn(spec, version)) return undefined;
  const error = (message: string, mend: string): Problem => ({ severity: "error", at: name.at, message, mend, plugin: text });
  if (spec?.until && atLeast(version, spec.until)) {
    return error(`${text} was removed in CoreDNS ${spec.until}; ${version} doesn't start with it.`, spec.mend ?? "Remove it.");
  }
  if (spec?.since)
    return error(
      `${text} came in CoreDNS ${spec.since}; ${version} doesn't start with it.`,
      `Remove it, or run CoreDNS ${spec.since} or later.`,
    );
  return misspelt(name, version, error);
}

function misspelt(name: Word, version: string, error: (message: string, mend: string) => Problem): Problem {
  const { text } = name;
  const known = Object.keys(plugins).filter((plugin) => isIn(plugins[plugin] ?? {}, version));
  const bare = text.replace(/^[{}]+|[{}:;,=]+$/g, "");
  if (text.endsWith("{") && bare !== "") return error(`A space is missing before the { in ${JSON.stringify(text)}.`, `Write: ${bare} {`);
  if (text.endsWith("}") && bare !== "")
    return error(`A line end is missing before the } in ${JSON.stringify(text)}.`, `Write ${bare}, and } on the next line.`);
  if (text.startsWith("{") && bare !== "")
    return error(`A line end is missing behind the { in ${JSON.stringify(text)}.`, `Write {, and ${bare} on the next line.`);
  if (bare !== text && known.includes(bare)) {
    return error(`There is no plugin ${JSON.stringify(text)}: a Corefile has no ${text.slice(bare.length)} there.`, `Write: ${bare}`);
  }
  if (text === "{")
    return error("This { opens a block that belongs to nothing.", "Write it at the end of the line of the plugin or the zone.");
  if (text === "{}") return error("CoreDNS takes {} for one word.", "Remove it.");
  if (/^(?:\.|.*[.:/]).*\d*$/.test(text) && !/^[a-z_0-9]+$/.test(text)) {
    return error(
      `${JSON.stringify(text)} stands where a plugin is expected.`,
      "If it begins a server block: close the one before with } on a line of its own.",
    );
  }
  const owner = Object.keys(plugins).find((plugin) => {
    const block = plugins[plugin]?.block;
    return (
      ["kubernetes", "forward", "cache", "health", "hosts", "template", "errors", "log"].includes(plugin) &&
      typeof block === "object" &&
      Object.hasOwn(block, text)
    );
  });
  if (owner)
    return error(`${text} is no plugin; it belongs into the block of ${owner}.`, `Write: ${owner} … {, then ${text} on the next line.`);
  if (external.has(text))
    return error(
      `The plugin ${text} is not part of CoreDNS's own releases, which don't start with it.`,
      "Remove it, or run a CoreDNS that was built with it.",
    );
  const nearest = nearestName(text, known);
  return error(
    `CoreDNS ${version} has no plugin ${JSON.stringify(text)}.`,
    nearest ? `Did you mean ${nearest}?` : "The plugins are listed at https://coredns.io/plugins.",
  );
}

/** Words with a semicolon behind, from a habit of other languages. */
export function semicolons({ words }: Directive): Problem[] {
  const [name] = words;
  return words.slice(1).flatMap((word, index): Problem[] => {
    const next = words[index + 2];
    const endsLine = !next || !onOneLine(word, next);
    if (word.token.quoted || word.variable || !/[^;{}];$/.test(word.text) || !endsLine) return [];
    const message = `${JSON.stringify(word.text)} ends with a semicolon, which CoreDNS takes for a part of the word.`;
    return [{ severity: "error", at: word.at, message, mend: `Write: ${word.text.slice(0, -1)}`, plugin: name.text }];
  });
}
