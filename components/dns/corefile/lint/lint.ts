import { type Finding, sortFindings } from "../../../../core/finding";
import { type Directive, type Expanded, expand, type Files, type Problem, type Server, type Word } from "../expand";
import { lex } from "../lexer";
import { plugins } from "../plugins";
import { checkPlugin, isIn, stanzasOf } from "../plugins/check";
import { defaultVersion } from "../versions";
import { parseKey } from "../zones";
import { companions, missing, ports } from "./cluster";
import { loops } from "./loops";
import { duplicates, keyProblems, type ReadServer, shadows } from "./servers";
import { lexicalProblems, semicolons, unknownPlugin } from "./words";

export interface LintOptions {
  /** The version of CoreDNS that will read it. Default: 1.14.7. */
  readonly version?: string;
  /** Whether it is the Corefile of a cluster's DNS. Default: whether it has the plugin kubernetes. */
  readonly isCluster?: boolean;
  /** The text of the resolv.conf that CoreDNS will see. */
  readonly resolvConf?: string;
  /** What imports of files find. Without it they aren't judged. */
  readonly files?: Files;
}

export interface CorefileFinding extends Finding {
  readonly plugin?: string;
}

/**
 * Judges a Corefile: an error is what that CoreDNS refuses to start with or can't work; a warning loads, but is deprecated, ignored in part, or risky.
 * Lines and columns are those of the text.
 */
export function lintCorefile(text: string, options: LintOptions = {}): CorefileFinding[] {
  const version = options.version ?? defaultVersion;
  const lexed = lex(text);
  const expanded = expand(lexed.tokens, options.files);
  const servers = expanded.servers.map((server) => read(server, expanded));
  const isCluster = options.isCluster ?? servers.some(({ stanzas }) => stanzas.has("kubernetes"));
  const problems: Problem[] = [
    ...lexicalProblems(lexed),
    ...expanded.problems,
    ...empty(expanded),
    ...snippets(expanded),
    ...expanded.servers.flatMap((server) => [...keyProblems(server), ...directives(server, version)]),
    ...duplicates(servers),
    ...servers.flatMap((server) => [...shadows(server, servers), ...companions(server)]),
    ...loops(servers, { isCluster, resolvConf: options.resolvConf }),
    ...missing(servers, { isCluster, version }),
    ...ports(servers, { isCluster, version }),
  ];
  return sortFindings(
    unique(problems).map(({ at, ...rest }): CorefileFinding => ({ ...rest, path: [], line: at.line, column: at.column })),
  );
}

/** A snippet that is imported twice would say everything twice. */
function unique(problems: readonly Problem[]): Problem[] {
  const key = ({ at, message }: Problem) => `${at.line}:${at.column} ${message}`;
  return [...new Map(problems.map((problem) => [key(problem), problem])).values()];
}

function read(server: Server, { unknownImports }: Expanded): ReadServer {
  const keys = server.keys.flatMap((word) => {
    const key = word.variable ? "" : parseKey(word.text);
    return typeof key === "string" ? [] : [{ word, key }];
  });
  const stanzas = new Map([...byPlugin(server)].map(([name, words]) => [name, stanzasOf(words, plugins[name])]));
  return { server, keys, stanzas, hasMore: unknownImports.length > 0 };
}

/** The words of all uses of each plugin, as CoreDNS hands them over. */
function byPlugin(server: Server): Map<string, Word[]> {
  const groups = new Map<string, Word[]>();
  for (const { words } of server.directives) {
    const name = words[0].text;
    groups.set(name, [...(groups.get(name) ?? []), ...words]);
  }
  return groups;
}

function directives(server: Server, version: string): Problem[] {
  const unknown = server.directives.flatMap((directive) => unknownPlugin(directive, version) ?? []);
  const habits = server.directives.filter(isKnown).flatMap(semicolons);
  const judged = [...byPlugin(server)].flatMap(([name, words]) => {
    const spec = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
    return spec && isIn(spec, version) ? checkPlugin(name, words, spec, { keys: server.keys, version }) : [];
  });
  // Where a word ends with a semicolon, what it would be without one is what counts.
  const said = new Set(habits.map(({ at }) => `${at.line}:${at.column}`));
  return [...unknown, ...habits, ...judged.filter(({ at }) => !said.has(`${at.line}:${at.column}`))];
}

const isKnown = ({ words: [name] }: Directive) => Object.hasOwn(plugins, name.text);

function empty({ servers, snippets, problems, unknownImports }: Expanded): Problem[] {
  if (servers.length + snippets.length + problems.length + unknownImports.length > 0) return [];
  const message = "There is no server block; CoreDNS runs its example then, which answers with the asker's own address.";
  return [{ severity: "warning", at: { line: 1, column: 1 }, message, mend: "Write one: .:53 { forward . 10.0.0.53 }" }];
}

function snippets({ snippets, unknownImports }: Expanded): Problem[] {
  if (unknownImports.length > 0) return [];
  return snippets
    .filter(({ uses }) => uses === 0)
    .map(({ name }) => ({
      severity: "warning",
      at: name.at,
      message: `Nothing imports the snippet ${name.text}.`,
      mend: `Write import ${name.text.slice(1, -1)} in a server block below it, or remove it.`,
    }));
}
