import type { Path } from "../../../core/finding";
import { parseAddress } from "./fields";
import { decode } from "./go";
import { pathOf, sayIssue, without } from "./issues";
import type { JsonNode } from "./json";
import { type Around, type Kind, type Loose, opaque } from "./kind";
import { standingOf } from "./known";
import { type HostLocalConf, hostLocal } from "./plugins/hostLocal";
import { type Say, show, within } from "./say";

/** A plugin of a chain as far as it could be read. */
export interface PluginConf {
  /** Relative to the file. */
  readonly path: Path;
  readonly type: string;
  readonly kind?: Kind;
  /** The wrong parts are left out. */
  readonly conf: Loose<{ [key: string]: unknown }>;
  readonly isWrong?: Around["isWrong"];
  /** Its `ipam`, where that is host-local. */
  readonly hostLocal?: HostLocalConf;
}

/** Judges one plugin's configuration; `path` is where it is. Undefined: nothing to run could be recognized. */
export function judgePlugin(node: JsonNode, path: Path, say: Say): PluginConf | undefined {
  if (node.kind !== "object") {
    say(
      "error",
      path,
      `found ${node.kind === "array" ? "a list" : show(node.value)}, expected a plugin's configuration: an object with type.`,
      'Write for example {"type": "bridge"}.',
    );
    return undefined;
  }
  const generic = judgeGeneric(node, path, say);
  const type = judgeType(generic.type, path, say);
  if (type === undefined) return undefined;
  const standing = standingOf(type);
  judgeDns(generic.dns, within(path, say));
  if (standing.is === "misspelt") {
    say(
      "error",
      [...path, "type"],
      `there is no plugin ${show(type)}: the runtime finds no program of that name.`,
      `Did you mean ${show(standing.meant)}?`,
    );
  } else if (standing.is === "unknown") {
    say(
      "info",
      [...path, "type"],
      `${show(type)} is not known here, so its own keys aren't checked.`,
      "See that a program of that name is in the runtime's plugin directory on every node.",
    );
  }
  if (standing.is !== "reference") return { path, type, conf: generic };
  const { kind } = standing;
  if (kind.role === "ipam") {
    say(
      "error",
      [...path, "type"],
      `${show(type)} gives addresses to an interface plugin; it makes no interface itself.`,
      `Write it into the ipam of one: {"type": "bridge", "ipam": {"type": "${type}"}}.`,
    );
    return undefined;
  }
  const { conf, isWrong } = read<Loose<{ [key: string]: unknown }>>(node, kind, path, say);
  kind.rules?.(conf, within(path, say), { type, isWrong });
  const hostLocal = judgeIpam(node, { path, type, kind, conf, isWrong }, say);
  return { path, type, kind, conf, isWrong, ...(hostLocal ? { hostLocal } : {}) };
}

/** What libcni itself reads of every plugin's configuration, whoever's it is: a wrong type there makes the runtime refuse the file. */
function judgeGeneric(node: JsonNode, path: Path, say: Say): { type?: unknown; dns?: unknown; capabilities?: unknown } {
  const members = node.kind === "object" ? node.members.filter(({ key }) => key.toLowerCase() in opaque.shape) : [];
  const quiet: Say = () => undefined;
  const value = decode({ kind: "object", offset: node.offset, members }, opaque, path, quiet);
  const { error } = opaque.safeParse(value);
  const type = (value as { type?: unknown }).type;
  // A reference plugin's own schema says the rest.
  const isReference = typeof type === "string" && standingOf(type).is === "reference";
  for (const issue of error?.issues ?? []) if (!isReference && issue.path[0] !== "type") sayIssue(issue, value, within(path, say));
  return (without(value, error?.issues.map(pathOf) ?? []) ?? {}) as { type?: unknown };
}

function judgeType(type: unknown, path: Path, say: Say): string | undefined {
  const mend = 'Write the plugin to run, for example "type": "bridge".';
  if (typeof type !== "string" || type === "") {
    say(
      "error",
      type === undefined ? path : [...path, "type"],
      type === undefined || type === "" ? "has no type: the runtime refuses the file." : `found ${show(type)}, expected a text.`,
      mend,
    );
    return undefined;
  }
  return isPath(type, path, say) ? undefined : type;
}

/** Says so of a `type` with a folder in it. */
function isPath(type: string, path: Path, say: Say): boolean {
  if (!/[/\\]/.test(type)) return false;
  const name = type.split(/[/\\]/).at(-1) ?? "";
  say(
    "error",
    [...path, "type"],
    `found the path ${show(type)}, expected a program's name: the runtime looks in its plugin directories only.`,
    `Write ${show(name)}, and put the program into /opt/cni/bin or what the runtime has as its plugin directory.`,
  );
  return true;
}

/** The value that a kind's plugin sees, without what is wrong in it and has been said. */
function read<Conf>(node: JsonNode, kind: Kind, path: Path, say: Say): { conf: Conf; isWrong: Around["isWrong"] } {
  const value = decode(node, kind.schema, path, say);
  const issues = kind.schema.safeParse(value).error?.issues ?? [];
  for (const issue of issues) sayIssue(issue, value, within(path, say));
  const paths = issues.map(pathOf);
  return { conf: (without(value, paths) ?? {}) as Conf, isWrong: (key) => paths.some(([first]) => first === key) };
}

function judgeDns(dns: unknown, say: Say): void {
  const { nameservers } = (dns ?? {}) as { nameservers?: unknown };
  if (!Array.isArray(nameservers)) return;
  nameservers.forEach((server: unknown, index) => {
    if (typeof server === "string" && !parseAddress(server)) {
      say("warning", ["dns", "nameservers", index], `${show(server)} is no IP address.`, "Write an address, for example 10.96.0.10.");
    }
  });
  if (nameservers.length > 3)
    say("warning", ["dns", "nameservers"], `has ${nameservers.length} servers; a resolver asks the first 3.`, "Write at most 3.");
}

function judgeIpam(node: JsonNode, plugin: PluginConf, say: Say): HostLocalConf | undefined {
  const { path, type, kind, conf } = plugin;
  if (node.kind !== "object" || kind?.role !== "interface") return undefined;
  const own = node.members.findLast(({ key }) => key.toLowerCase() === "ipam")?.value;
  const at = [...path, "ipam"];
  const example = '"ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.1.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}';
  const given = own?.kind === "null" ? undefined : own;
  if (given && given.kind !== "object") {
    say("error", at, `found ${given.kind === "array" ? "a list" : show(given.value)}, expected an object.`, `Write ${example}.`);
    return undefined;
  }
  if (kind.ipam === "ignored") {
    if (given) say("warning", at, `is ignored: ${type} gives no addresses of its own.`, "Leave ipam out.");
    return undefined;
  }
  const ipamType = given?.members.findLast(({ key }) => key.toLowerCase() === "type")?.value;
  const name = ipamType?.kind === "string" ? ipamType.value : undefined;
  if (!given || given.members.length === 0 || (name === "" && given.members.length === 1)) {
    if (kind.ipam === "required")
      say(
        "error",
        given ? at : path,
        `${given ? "is empty" : "has no ipam"}: ${type} refuses to make an interface without an address.`,
        `Write ${example}.`,
      );
    else if (!/^win-/.test(type) && !isDeviceOnly(plugin))
      say(
        "warning",
        given ? at : path,
        `${given ? "is empty" : "has no ipam"}, so pods get no address; as a cluster's pod network it can't work.`,
        `Write ${example}; for a second network on layer 2 it is fine.`,
      );
    return undefined;
  }
  if (!name) {
    say(
      "error",
      ipamType ? [...at, "type"] : at,
      ipamType && ipamType.kind !== "null" && ipamType.kind !== "string"
        ? `found ${show("value" in ipamType ? ipamType.value : [])}, expected a text.`
        : "has no type, so it isn't read.",
      'Write for example "type": "host-local".',
    );
    return undefined;
  }
  return isPath(name, at, say) ? undefined : judgeIpamOf(given, name, at, conf, type, say);
}

/** Moves a device without an address: DPDK has none, and the dummy of a chain may get one later. */
const isDeviceOnly = ({ type, conf }: PluginConf) => type === "host-device" && conf.DPDKMode === true;

function judgeIpamOf(
  node: JsonNode,
  name: string,
  path: Path,
  conf: PluginConf["conf"],
  type: string,
  say: Say,
): HostLocalConf | undefined {
  const standing = standingOf(name);
  if (standing.is === "misspelt") {
    say(
      "error",
      [...path, "type"],
      `there is no plugin ${show(name)}: the interface plugin finds no program of that name.`,
      `Did you mean ${show(standing.meant)}?`,
    );
  } else if (standing.is === "unknown") {
    say(
      "info",
      [...path, "type"],
      `${show(name)} is not known here, so its own keys aren't checked.`,
      "See that a program of that name is in the runtime's plugin directory on every node.",
    );
  }
  if (standing.is !== "reference") return undefined;
  if (standing.kind.role !== "ipam") {
    say("error", [...path, "type"], `${show(name)} gives no addresses.`, 'Write "host-local", "static" or "dhcp".');
    return undefined;
  }
  const { conf: ipam, isWrong } = read<HostLocalConf>(node, standing.kind, path, say);
  const capabilities = (conf.capabilities ?? {}) as NonNullable<Around["capabilities"]>;
  const around: Around = {
    isWrong,
    type,
    isDefaultGateway: conf.isDefaultGateway === true,
    isGivenAddresses: capabilities.ips === true || conf.args !== undefined,
    capabilities,
  };
  standing.kind.rules?.(ipam, within(path, say), around);
  return name === hostLocal.type ? ipam : undefined;
}
