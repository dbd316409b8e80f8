import { distance } from "fastest-levenshtein";
import type { Path } from "../../../core/finding";
import { unknownNameMend } from "../../../core/stack/hints";
import { type JsonMember, type JsonNode, toValue } from "./json";
import { type CniVersion, cniVersions } from "./kind";
import { either, type Say, show } from "./say";

/** Keys of a conflist, with the version of the specification that brought them. libcni takes them in these very letters only. */
const listKeys: Record<string, CniVersion> = {
  cniVersion: "0.1.0",
  cniVersions: "1.1.0",
  name: "0.1.0",
  disableCheck: "0.4.0",
  disableGC: "1.1.0",
  loadOnlyInlinedPlugins: "1.1.0",
  plugins: "0.3.0",
};

const newest = "1.1.0";
const isKnown = (version: string): version is CniVersion => cniVersions.some((known) => known === version);
export const isOlder = (a: CniVersion, b: CniVersion) => cniVersions.indexOf(a) < cniVersions.indexOf(b);

/** libcni's rule for names of networks (pkg/utils of containernetworking/cni). */
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

type Members = readonly JsonMember[];
const memberOf = (members: Members, name: string, exact: boolean): JsonNode | undefined =>
  members.findLast(({ key }) => key === name || (!exact && key.toLowerCase() === name.toLowerCase()))?.value;

/** The name of the network; `exact`: only in these letters, as libcni reads lists. */
export function judgeName(members: Members, exact: boolean, say: Say): string | undefined {
  const node = memberOf(members, "name", exact);
  const example = 'Write for example "name": "pods".';
  if (!node || (!exact && node.kind === "null") || (node.kind === "string" && node.value === "")) {
    say("error", node ? ["name"] : [], "has no name: the runtime refuses a network without one.", example);
  } else if (node.kind !== "string") {
    say(
      "error",
      ["name"],
      `found ${show(toValue(node))}, expected a text.`,
      node.kind === "number" ? `Write it in quotes: "name": "${node.value}".` : example,
    );
  } else if (!namePattern.test(node.value)) {
    const near = node.value
      .replaceAll(/[^a-zA-Z0-9_.-]+/g, "-")
      .replace(/^[_.-]+/, "")
      .replace(/-+$/, "");
    say(
      "error",
      ["name"],
      `${show(node.value)} is no name for a network: the runtime takes letters, digits, '_', '.' and '-', with a letter or digit first.`,
      near ? `Did you mean ${show(near)}?` : example,
    );
  } else {
    return node.value;
  }
  return undefined;
}

/** The version of the specification that plugins are called with; undefined when it is none that they know. */
export function judgeVersion(members: Members, exact: boolean, say: Say): CniVersion | undefined {
  const node = memberOf(members, "cniVersion", exact);
  const own = node?.kind === "null" && !exact ? undefined : node;
  const version = own === undefined ? undefined : versionOf(own, ["cniVersion"], say);
  const listed = exact ? judgeVersions(memberOf(members, "cniVersions", exact), say) : [];
  const usable = [...(version ? [version] : []), ...listed].sort((a, b) => cniVersions.indexOf(b) - cniVersions.indexOf(a))[0];
  if (own === undefined || (own.kind === "string" && own.value === "")) {
    if (usable === undefined) {
      say(
        "warning",
        own ? ["cniVersion"] : [],
        "has no cniVersion, which means 0.1.0: it knows one address per family and no CHECK, and some plugins refuse it.",
        'Write "cniVersion": "1.0.0".',
      );
      return "0.1.0";
    }
  } else if (version !== undefined && isOlder(version, "0.3.0") && listed.length === 0) {
    say(
      "warning",
      ["cniVersion"],
      `${version} is from 2016: it knows one address per family and no CHECK, and some plugins refuse it.`,
      'Write "cniVersion": "1.0.0".',
    );
  } else if (version === newest) {
    say(
      "info",
      ["cniVersion"],
      "1.1.0 needs containerd 2.0 or newer; containerd 1.x reads up to 1.0.0.",
      'Where it is older, write "cniVersion": "1.0.0", "cniVersions": ["1.0.0", "1.1.0"].',
    );
  }
  return usable;
}

function versionOf(node: JsonNode, path: Path, say: Say): CniVersion | undefined {
  if (node.kind !== "string") {
    const mend = node.kind === "number" ? `Write it in quotes: "${completed(String(node.value))}".` : 'Write "1.0.0".';
    say("error", path, `found ${show(toValue(node))}, expected a text.`, mend);
    return undefined;
  }
  if (node.value === "" || isKnown(node.value)) return node.value === "" ? undefined : node.value;
  say("error", path, `${show(node.value)} is no version of the CNI specification, so plugins refuse to run.`, mendVersion(node.value));
  return undefined;
}

const completed = (text: string) => {
  const plain = text.replace(/^v/i, "");
  return cniVersions.find((known) => known === plain || known.startsWith(`${plain}.`)) ?? "1.0.0";
};

function mendVersion(text: string): string {
  const near = completed(text);
  return near.startsWith(text.replace(/^v/i, "")) ? `Did you mean "${near}"?` : `Write one of ${cniVersions.slice(3).join(", ")}.`;
}

/** `cniVersions`: other versions that the configuration may be used with. Newer ones than libcni's are left out by it. */
function judgeVersions(node: JsonNode | undefined, say: Say): CniVersion[] {
  if (!node) return [];
  if (node.kind !== "array") {
    say(
      "error",
      ["cniVersions"],
      `found ${show(toValue(node))}, expected a list: the runtime refuses the file.`,
      'Write for example ["0.4.0", "1.0.0", "1.1.0"].',
    );
    return [];
  }
  return node.items.flatMap((item, index) => {
    const isFuture = item.kind === "string" && /^\d+\.\d+\.\d+$/.test(item.value) && !isKnown(item.value) && isAfterNewest(item.value);
    return isFuture ? [] : (versionOf(item, ["cniVersions", index], say) ?? []);
  });
}

function isAfterNewest(version: string): boolean {
  const [major = 0, minor = 0, micro = 0] = version.split(".").map(Number);
  return major > 1 || (major === 1 && (minor > 1 || (minor === 1 && micro > 0)));
}

/** The keys of a conflist besides its name, version and plugins. */
export function judgeListKeys(members: Members, version: CniVersion | undefined, say: Say): void {
  for (const { key, value } of members) {
    const since = Object.hasOwn(listKeys, key) ? listKeys[key] : undefined;
    if (!since) judgeUnknownKey(key, say);
    else if (version && isOlder(version, since) && key !== "cniVersions" && key !== "plugins") {
      say(
        "warning",
        [key],
        `came with CNI ${since}; with cniVersion ${version} runtimes leave it unread or without effect.`,
        since === "1.1.0"
          ? 'Write "cniVersions": ["1.0.0", "1.1.0"] beside "cniVersion": "1.0.0", or leave it out.'
          : `Write "cniVersion": "${since}" or newer.`,
      );
    }
    if (/^(disable|loadOnly)/.test(key) && since) judgeSwitch(key, value, say);
  }
}

/** libcni reads true and false also as texts. */
function judgeSwitch(key: string, node: JsonNode, say: Say): void {
  if (node.kind === "boolean") return;
  if (node.kind === "string" && /^(true|false)$/i.test(node.value)) return;
  say(
    "error",
    [key],
    `found ${show(toValue(node))}, expected true or false: the runtime refuses the file.`,
    `Write "${key}": true, or leave it out.`,
  );
}

/** What belongs into one of the plugins. */
const pluginKeys = [
  "type",
  "ipam",
  "capabilities",
  "bridge",
  "mtu",
  "isGateway",
  "isDefaultGateway",
  "ipMasq",
  "hairpinMode",
  "master",
  "mode",
  "dns",
  "args",
  "runtimeConfig",
];

function judgeUnknownKey(key: string, say: Say): void {
  if (/^(_|\/\/|#|\$)|^comments?$|^description$/i.test(key)) return;
  const names = Object.keys(listKeys);
  const same = names.find((name) => name.toLowerCase() === key.toLowerCase());
  if (same) {
    const isNeeded = same === "name" || same === "plugins";
    say(
      isNeeded ? "error" : "warning",
      [key],
      `is not read: in a conflist the runtime knows ${same} in these very letters only.`,
      `Write ${show(same)}.`,
    );
  } else if (pluginKeys.includes(key)) {
    say("warning", [key], "is a plugin's key: beside plugins nobody reads it.", "Write it into the plugin that it is for.");
  } else {
    const near = names.filter((name) => distance(name.toLowerCase(), key.toLowerCase()) <= 2);
    say(
      "warning",
      [key],
      "is no known key of a conflist, so it is ignored without a word.",
      near.length > 0 ? `Did you mean ${either(near)}?` : unknownNameMend(key, names),
    );
  }
}
