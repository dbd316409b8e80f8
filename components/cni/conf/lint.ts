import { parseDocument } from "yaml";
import type { Cidr } from "../../../core/cidr";
import type { Finding, Path } from "../../../core/finding";
import { judgeChain } from "./chain";
import { type JsonMember, type JsonNode, offsetAt, parseJson, placeOf, toValue } from "./json";
import { judgeListKeys, judgeName, judgeVersion } from "./list";
import { judgePlugin, type PluginConf } from "./plugin";
import { subnetsOf } from "./plugins/hostLocal";
import { type Say, show, within } from "./say";

/** A finding about a configuration, always with its place. */
export interface ConfFinding extends Finding {
  /** `type` of the plugin that it is about. */
  readonly plugin?: string;
}

/** A file holds a list of plugins (.conflist) or one plugin (.conf, .json): runtimes go by the end of its name. */
export type FileKind = "list" | "plugin";

export interface LintOptions {
  /** Default: what the content looks like. */
  readonly kind?: FileKind;
  /** There is a folder of the network's name beside the file, where CNI 1.1 looks for more plugins. */
  readonly hasPluginFolder?: boolean;
}

export interface Linted {
  readonly findings: readonly ConfFinding[];
  /** The network's name, when it has a right one. */
  readonly name?: string;
  /** `type` of each plugin that could be read, in the order of the chain. */
  readonly plugins: readonly string[];
  /** Networks that host-local gives addresses of. */
  readonly subnets: readonly { readonly subnet: Cidr; readonly dataDir: string }[];
}

export const fileKindOf = (file: string): FileKind | undefined =>
  file.endsWith(".conflist") ? "list" : /\.(conf|json)$/.test(file) ? "plugin" : undefined;

/** Judges a CNI configuration as container runtimes and the plugins read it; all mistakes at once. */
export function lintConf(text: string, options: LintOptions = {}): Linted {
  const foreign = judgeNotation(text);
  if (foreign) return { findings: [foreign], plugins: [], subnets: [] };
  const { node, mistakes } = parseJson(text);
  const findings: ConfFinding[] = mistakes.map(({ offset, message, mend }) => ({
    severity: "error",
    path: [],
    message,
    mend,
    ...placeOf(text, offset),
  }));
  if (!node) return { findings, plugins: [], subnets: [] };
  const said: Omit<Finding, "line" | "column">[] = [];
  const say: Say = (severity, path, message, mend) => said.push({ severity, path, message, mend });
  const network = judgeRoot(node, options, say);
  const pluginAt = (path: Path) => network.plugins.find((plugin) => plugin?.path.every((step, index) => path[index] === step))?.type;
  for (const finding of said) {
    const plugin = pluginAt(finding.path);
    findings.push({ ...finding, ...placeOf(text, offsetAt(node, finding.path)), ...(plugin ? { plugin } : {}) });
  }
  const known = network.plugins.filter((plugin) => plugin !== undefined);
  return {
    findings,
    ...(network.name === undefined ? {} : { name: network.name }),
    plugins: known.map(({ type }) => type),
    subnets: known.flatMap(({ hostLocal }) =>
      hostLocal ? subnetsOf(hostLocal).map((subnet) => ({ subnet, dataDir: hostLocal.dataDir || "/var/lib/cni/networks" })) : [],
    ),
  };
}

/** A file in another notation altogether. */
function judgeNotation(text: string): ConfFinding | undefined {
  const first = text.replace(/^\uFEFF/, "").replace(/^(\s+|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/, "")[0];
  const error = (message: string, mend: string): ConfFinding => ({ severity: "error", path: [], message, mend, line: 1, column: 1 });
  if (first === undefined)
    return error(
      "is empty: the runtime refuses it.",
      'Write {"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge"}]}, or remove the file.',
    );
  if (first === "{" || first === "[") return undefined;
  const value = readYaml(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return error("is no JSON: container runtimes read nothing else.", "Write one JSON object.");
  const { kind, spec } = value as { kind?: unknown; spec?: { config?: unknown } };
  if (kind === "NetworkAttachmentDefinition") {
    return error(
      "is a Kubernetes object for Multus, not a CNI configuration.",
      typeof spec?.config === "string" ? "Lint the text of its spec.config." : "Its spec.config is where a CNI configuration goes.",
    );
  }
  if (typeof kind === "string" && "apiVersion" in value)
    return error(
      `is a Kubernetes object of kind ${kind}, not a CNI configuration.`,
      "Write the JSON that is in it into a file of its own.",
    );
  return error("is YAML; container runtimes read JSON only.", `Write\n${JSON.stringify(value, undefined, 2)}`);
}

function readYaml(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS() as unknown;
  } catch (error) {
    // An alias without its anchor, or too many of them.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

interface Network {
  readonly name?: string | undefined;
  readonly plugins: readonly (PluginConf | undefined)[];
}

function judgeRoot(node: JsonNode, options: LintOptions, say: Say): Network {
  if (node.kind !== "object") {
    say(
      "error",
      [],
      `found ${node.kind === "array" ? "a list" : show(toValue(node))}, expected one object.`,
      node.kind === "array"
        ? 'Write {"cniVersion": "1.0.0", "name": "pods", "plugins": […]} with the list as plugins.'
        : 'Write {"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge"}]}.',
    );
    return { plugins: [] };
  }
  judgeDuplicates(node, [], say);
  const has = (key: string) => node.members.some((member) => member.key === key);
  const looks = has("plugins") || (!has("type") && !has("ipam")) ? "list" : "plugin";
  const kind = options.kind ?? looks;
  if (kind === "plugin" && has("plugins") && !has("type")) {
    say(
      "error",
      ["plugins"],
      "makes this a list, but runtimes read .conf and .json as one plugin, and this has no type: they refuse the file.",
      "Name the file .conflist.",
    );
    return judgeList(node.members, options, say);
  }
  if (kind === "list" && !has("plugins") && has("type")) {
    say(
      "error",
      ["type"],
      "makes this one plugin, but runtimes read .conflist as a list, and this has no plugins: they refuse the file.",
      'Write {"cniVersion": "1.0.0", "name": "…", "plugins": [{…}]} with the plugin in the list, or name the file .conf.',
    );
    return judgeSingle(node, say);
  }
  return kind === "list" ? judgeList(node.members, options, say) : judgeSingle(node, say);
}

/** libcni reads a single plugin as a list of one. */
function judgeSingle(node: JsonNode & { kind: "object" }, say: Say): Network {
  const name = judgeName(node.members, false, say);
  const version = judgeVersion(node.members, false, say);
  const plugin = judgePlugin(node, [], say);
  judgeChain([plugin], version, say);
  return { name, plugins: [plugin] };
}

function judgeList(members: readonly JsonMember[], options: LintOptions, say: Say): Network {
  const name = judgeName(members, true, say);
  const version = judgeVersion(members, true, say);
  judgeListKeys(members, version, say);
  const list = members.findLast(({ key }) => key === "plugins")?.value;
  const example = 'Write for example "plugins": [{"type": "bridge"}].';
  if (!list) {
    const isSpeltOtherwise = members.some(({ key }) => key.toLowerCase() === "plugins");
    if (hasOnlyInlined(members))
      say(
        "error",
        ["loadOnlyInlinedPlugins"],
        "asks for the plugins of this file alone, and it has none: the runtime refuses it.",
        example,
      );
    else if (!isSpeltOtherwise && !options.hasPluginFolder)
      say("error", [], "has no plugins: there is nothing that the runtime could call.", example);
    return { name, plugins: [] };
  }
  if (list.kind !== "array") {
    say(
      "error",
      ["plugins"],
      `found ${list.kind === "object" ? "an object" : show(toValue(list))}, expected a list.`,
      list.kind === "object" ? 'Write it in brackets: "plugins": [{…}].' : example,
    );
    return { name, plugins: [] };
  }
  if (list.items.length === 0) say("error", ["plugins"], "is empty: the runtime refuses the file.", example);
  const plugins = list.items.map((item, index) => judgePlugin(item, ["plugins", index], say));
  judgeChain(plugins, version, say);
  for (const [index, item] of list.items.entries()) judgeOwn(item, within(["plugins", index], say));
  return { name, plugins };
}

function hasOnlyInlined(members: readonly JsonMember[]): boolean {
  const node = members.findLast(({ key }) => key === "loadOnlyInlinedPlugins")?.value;
  return node !== undefined && /^true$/i.test(String(toValue(node)));
}

/** What a plugin's own configuration says about the whole network: the list's word counts. */
function judgeOwn(item: JsonNode, say: Say): void {
  if (item.kind !== "object") return;
  for (const key of ["name", "cniVersion"]) {
    if (item.members.some((member) => member.key === key)) say("info", [key], "of a plugin is replaced by the list's.", "Leave it out.");
  }
}

function judgeDuplicates(node: JsonNode, path: Path, say: Say): void {
  if (node.kind === "array") for (const [index, item] of node.items.entries()) judgeDuplicates(item, [...path, index], say);
  if (node.kind !== "object") return;
  const counts = new Map<string, number>();
  for (const { key, value } of node.members) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    judgeDuplicates(value, [...path, key], say);
  }
  for (const [key, count] of counts) {
    if (count > 1)
      say(
        "warning",
        [...path, key],
        `is written ${count === 2 ? "twice" : `${count} times`}, and only the last one counts.`,
        "Remove the others.",
      );
  }
}
