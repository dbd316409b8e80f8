import { addProperty, addStatement, makeStatement, nameOf, removeStatement } from "./edit";
import type { Token } from "./lexer";
import { lintCorefile } from "./lint/lint";
import { plugins } from "./plugins";
import { type CorefileTree, parseCorefile, printCorefile, type Statement } from "./tree";
import { atLeast, releases } from "./versions";

/** Something that a migration did, or that happens to a Corefile on the way. */
export interface Notice {
  /** `newdefault`: it was added; `ignored`: it stays and does nothing. */
  readonly severity: "deprecated" | "ignored" | "removed" | "newdefault";
  readonly plugin: string;
  /** Absent where it is about the plugin itself. */
  readonly option?: string;
  /** The CoreDNS in which it came to be so. */
  readonly version: string;
  readonly message: string;
}

export interface Migration {
  readonly corefile: string;
  readonly notices: readonly Notice[];
  /** What the version that is migrated to would still refuse. */
  readonly remaining: readonly string[];
}

export interface MigrateSettings {
  readonly from: string;
  readonly to: string;
  /** Replace what is only deprecated, too. Default: only what is ignored or gone. */
  readonly deprecations?: boolean;
}

/**
 * The Corefile for another version of CoreDNS, newer or older, with its comments. Upwards it does what kubeadm does with
 * github.com/coredns/corefile-migration v1.0.36; downwards it takes away what the older version doesn't know.
 * @param from and to are in `releases`.
 */
export function migrateCorefile(text: string, { from, to, deprecations = false }: MigrateSettings): Migration {
  const tree = parseCorefile(text);
  const notices: Notice[] = [];
  if (from !== to) {
    if (atLeast(to, from)) {
      for (const version of releases.slice(releases.indexOf(from) + 1, releases.indexOf(to) + 1))
        step(tree, version, deprecations, notices);
    } else takeAway(tree, to, notices);
  }
  const corefile = printCorefile(tree);
  const remaining = lintCorefile(corefile, { version: to })
    .filter(({ severity }) => severity === "error")
    .map(({ line, message }) => `line ${line}: ${message}`);
  return { corefile, notices: firstOfEach(notices), remaining };
}

/** What stays so from version to version is said once. */
function firstOfEach(notices: readonly Notice[]): Notice[] {
  const key = ({ severity, plugin, option = "" }: Notice) => `${severity} ${plugin} ${option}`;
  return notices.filter((notice, index) => notices.findIndex((other) => key(other) === key(notice)) === index);
}

const isBetween = (version: string, since: string, until: string) => atLeast(version, since) && !atLeast(version, until);

type State = "deprecated" | "ignored" | "removed";

/** What becomes of an option in the versions from one on, before another. */
interface OptionRule {
  readonly plugin: string;
  readonly option: string;
  readonly spans: readonly (readonly [state: State, since: string, until: string])[];
  /** The option afterwards; undefined: none. */
  readonly action: (option: Statement) => Statement | undefined;
  readonly applies?: (option: Statement) => boolean;
  readonly why: string;
}

const never = "99";
const gone = () => undefined;
const isGoogle = ({ words }: Statement) => words[1]?.text === "https_google";

/** migration/plugins.go and versions.go of the library. */
const optionRules: readonly OptionRule[] = [
  {
    plugin: "kubernetes",
    option: "endpoint",
    spans: [
      ["deprecated", "1.3.1", "1.4.0"],
      ["ignored", "1.4.0", never],
    ],
    action: (option) => ({ ...option, words: option.words.slice(0, 2) }),
    why: "only the first endpoint counts",
  },
  {
    plugin: "kubernetes",
    option: "upstream",
    spans: [
      ["deprecated", "1.4.0", "1.5.0"],
      ["ignored", "1.5.0", "1.7.0"],
      ["removed", "1.7.0", "1.8.0"],
    ],
    action: gone,
    why: "external names are looked up by the server itself",
  },
  {
    plugin: "kubernetes",
    option: "resyncperiod",
    spans: [
      ["deprecated", "1.5.0", "1.6.0"],
      ["ignored", "1.6.0", "1.7.0"],
      ["removed", "1.7.0", "1.8.0"],
    ],
    action: gone,
    why: "nothing is resynced any more",
  },
  { plugin: "kubernetes", option: "transfer", spans: [["removed", "1.8.0", "1.8.3"]], action: gone, why: "the plugin transfer does it" },
  {
    plugin: "proxy",
    option: "protocol",
    spans: [
      ["ignored", "1.1.4", "1.2.0"],
      ["removed", "1.2.0", "1.4.0"],
    ],
    action: gone,
    applies: isGoogle,
    why: "https_google is gone",
  },
];

function step(tree: CorefileTree, version: string, deprecations: boolean, notices: Notice[]): void {
  if (version === "1.8.0") for (const server of blocks(tree)) transferPlugin(server);
  for (const server of blocks(tree)) {
    for (const plugin of [...server.body]) options(plugin, version, deprecations, notices);
    if (isBetween(version, "1.4.0", "1.5.1")) proxies(server, version, deprecations, notices);
    newDefaults(server, version, notices);
  }
  if (version === "1.4.0" || version === "1.5.0") stubDomains(tree);
}

const blocks = ({ statements }: CorefileTree) => statements.filter(({ open }) => open !== undefined);

function options(plugin: Statement, version: string, deprecations: boolean, notices: Notice[]): void {
  for (const rule of optionRules.filter((rule) => rule.plugin === nameOf(plugin))) {
    const span = rule.spans.find(([, since, until]) => isBetween(version, since, until));
    if (!span) continue;
    for (const option of plugin.body.filter((option) => nameOf(option) === rule.option && (rule.applies?.(option) ?? true))) {
      const [severity] = span;
      notices.push({
        severity,
        plugin: rule.plugin,
        option: rule.option,
        version,
        message: `${rule.option} in ${rule.plugin} is ${severity} in ${version}: ${rule.why}`,
      });
      if (severity === "deprecated" && !deprecations) continue;
      const after = rule.action(option);
      if (after) option.words = after.words;
      else removeStatement(plugin, option);
    }
  }
}

/** `proxy` becomes `forward`, with those of its options that have a like. */
function proxies(server: Statement, version: string, deprecations: boolean, notices: Notice[]): void {
  const severity = version === "1.4.0" ? "deprecated" : "removed";
  for (const plugin of server.body.filter((plugin) => nameOf(plugin) === "proxy")) {
    notices.push({ severity, plugin: "proxy", version, message: `proxy is ${severity} in ${version}; forward takes its place` });
    if (severity === "deprecated" && !deprecations) continue;
    rename(plugin, "forward");
    for (const option of [...plugin.body]) {
      const words = proxyOption(option.words);
      if (!words) removeStatement(plugin, option);
      else option.words = words;
    }
  }
}

function rename(statement: Statement, name: string): void {
  const [first, ...rest] = statement.words;
  if (first) statement.words = [{ ...first, text: name, raw: name }, ...rest];
}

/** What an option of `proxy` is in `forward`; undefined: there is nothing like it. */
function proxyOption(words: Token[]): Token[] | undefined {
  const [name, ...args] = words;
  const only = (text: string) => (name ? [{ ...name, text, raw: text }] : undefined);
  if (name?.text === "policy") {
    const [policy] = args;
    if (policy?.text === "least_conn") return only("force_tcp");
    // The first that answers: forward calls that sequential.
    return policy?.text === "first" ? [name, { ...policy, text: "sequential", raw: "sequential" }] : words;
  }
  if (name?.text === "protocol") return args.some(({ text }) => text === "force_tcp") ? only("force_tcp") : undefined;
  return ["fail_timeout", "max_fails", "health_check", "spray"].includes(name?.text ?? "") ? undefined : words;
}

function newDefaults(server: Statement, version: string, notices: Notice[]): void {
  const has = (...names: string[]) => server.body.some((plugin) => names.includes(nameOf(plugin)));
  const addPlugin = (plugin: string) => {
    addStatement(server, [plugin]);
    notices.push({ severity: "newdefault", plugin, version, message: `${plugin} is a default from ${version} on, and was added` });
  };
  const addOption = (plugin: string, option: string, value: string) => {
    for (const statement of server.body.filter((statement) => nameOf(statement) === plugin)) {
      if (statement.body.some((property) => nameOf(property) === option)) continue;
      addProperty(statement, [option, value]);
      notices.push({
        severity: "newdefault",
        plugin,
        option,
        version,
        message: `${option} ${value} in ${plugin} is a default from ${version} on, and was added`,
      });
    }
  };
  if (version === "1.2.1" && has("forward", "proxy") && !has("loop")) addPlugin("loop");
  if (version === "1.5.0" && has("kubernetes") && !has("ready")) addPlugin("ready");
  if (version === "1.6.5") addOption("health", "lameduck", "5s");
  if (version === "1.7.0") addOption("forward", "max_concurrent", "1000");
}

/** `transfer to …` of kubernetes becomes the plugin transfer beside it. */
function transferPlugin(server: Statement): void {
  for (const plugin of server.body.filter((plugin) => nameOf(plugin) === "kubernetes")) {
    const to = plugin.body.filter((option) => nameOf(option) === "transfer").flatMap(({ words }) => words.slice(2).map(({ text }) => text));
    if (to.length === 0) continue;
    const added = addStatement(server, ["transfer", ...plugin.words.slice(1, 2).map(({ text }) => text)]);
    addProperty(added, ["to", ...to]);
  }
}

/** From 1.4.0 on a stub domain is a server block of its own, since there was only one forward in each. */
function stubDomains(tree: CorefileTree): void {
  for (const server of blocks(tree)) {
    const [key, ...more] = server.words.map(({ text }) => text);
    if (more.length > 0 || (key !== "." && key !== ".:53")) continue;
    const stubs = server.body.filter((plugin) => nameOf(plugin) === "forward" && plugin.words[1] && plugin.words[1].text !== ".");
    for (const stub of stubs) {
      const [, zone, ...to] = stub.words.map(({ text }) => text);
      removeStatement(server, stub);
      const block = makeStatement("\n\n", [zone ?? "."]);
      tree.statements.push(block);
      const forward = addStatement(block, ["forward", ".", ...to]);
      for (const { words } of stub.body)
        addProperty(
          forward,
          words.map(({ raw }) => raw),
        );
      for (const words of [["loop"], ["errors"], ["cache", "30"]]) addStatement(block, words);
    }
  }
}

/** Downwards: takes away the plugins and properties that the older version doesn't know. */
function takeAway(tree: CorefileTree, version: string, notices: Notice[]): void {
  for (const server of blocks(tree)) {
    for (const plugin of [...server.body]) {
      const spec = Object.hasOwn(plugins, nameOf(plugin)) ? plugins[nameOf(plugin)] : undefined;
      if (!spec) continue;
      if (spec.since !== undefined && !atLeast(version, spec.since)) {
        removeStatement(server, plugin);
        notices.push({
          severity: "removed",
          plugin: nameOf(plugin),
          version: spec.since,
          message: `${nameOf(plugin)} came in ${spec.since}, and was taken out`,
        });
        continue;
      }
      for (const property of [...plugin.body]) {
        const since =
          typeof spec.block === "object" && Object.hasOwn(spec.block, nameOf(property)) ? spec.block[nameOf(property)]?.since : undefined;
        if (since === undefined || atLeast(version, since)) continue;
        removeStatement(plugin, property);
        const message = `${nameOf(property)} came to ${nameOf(plugin)} in ${since}, and was taken out`;
        notices.push({ severity: "removed", plugin: nameOf(plugin), option: nameOf(property), version: since, message });
      }
    }
  }
}
