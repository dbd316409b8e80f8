import { AddressError } from "../../core/cidr";
import { Resolver } from "../../core/resolver";
import { type PluginModel, readCorefile, type ServerModel } from "./corefile/model";
import { parseCorefile, printStatement, type Statement } from "./corefile/tree";

type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

/** The section `dns` of a stack as plain data. */
export type DnsSettings = Readonly<Record<string, Plain>>;

/** Plugins that Plumbline's own server block has anyway; `plumbline corefile diff` tells what is other about them. */
const standing = new Set(["errors", "health", "ready", "prometheus", "loop", "reload", "loadbalance"]);

/**
 * The settings that say what a cluster's Corefile says: typed ones where there are some, and the user's own words (`extra`, `blocks`) for the rest.
 * Where neither can say it, as for a property of a plugin that Plumbline writes itself, it is left out: compare the outcome with `diffCorefiles`.
 */
export function settingsOf(text: string): DnsSettings {
  const servers = readCorefile(text);
  const statements = parseCorefile(text).statements.filter(({ open }) => open !== undefined);
  const root = servers.find(({ plugins }) => plugins.some(({ name }) => name === "kubernetes"));
  if (!root || servers.length !== statements.length) return {};
  const zones: Plain[] = [];
  const blocks: string[] = [];
  servers.forEach((server, index) => {
    if (server === root) return;
    const zone = logs(server) === logs(root) ? zoneOf(server) : undefined;
    if (zone) zones.push(zone);
    else blocks.push(outdented(statements[index] as Statement));
  });
  return {
    ...rootSettings(root, statements[servers.indexOf(root)] as Statement),
    ...(zones.length > 0 ? { zones } : {}),
    ...(blocks.length > 0 ? { blocks: blocks.join("") } : {}),
  };
}

/** Every query, as `dns.log` has it for all server blocks. */
const logs = ({ plugins }: ServerModel) => plugins.some(isPlainLog);
const isPlainLog = ({ name, args, properties }: PluginModel) => name === "log" && args.length + properties.length === 0;

/** A server block that only forwards, as an entry of `dns.zones`. */
function zoneOf({ keys, plugins }: ServerModel): Plain | undefined {
  const [key, ...others] = keys;
  const forwards = plugins.filter(({ name }) => name === "forward");
  const caches = plugins.filter(({ name }) => name === "cache");
  const rest = plugins.filter((plugin) => !["forward", "cache", "errors", "loadbalance"].includes(plugin.name) && !isPlainLog(plugin));
  const [zone, ...more] = key?.zones ?? [];
  if (!key || !zone || zone === "." || others.length + more.length + rest.length > 0 || key.transport !== "dns" || key.port !== "53")
    return undefined;
  const name = zone.replace(/\.$/, "");
  const [first] = forwards;
  const forwarding = first && forwards.length === 1 && [".", name, zone].includes(first.args[0] ?? "") ? forwardingOf(first) : undefined;
  const cache = cacheOf(caches);
  if (!forwarding || cache === undefined) return undefined;
  const { upstream, ...manner } = forwarding;
  return { zone: name, forward: upstream ?? [], ...manner, cache };
}

/** Seconds that a server block keeps answers; undefined where there is more to it than that. */
function cacheOf(caches: readonly PluginModel[]): number | undefined {
  const [cache, ...more] = caches;
  if (!cache) return 0;
  const seconds = Number(cache.args[0] ?? 3600);
  return more.length === 0 && cache.args.length <= 1 && cache.properties.length === 0 && Number.isInteger(seconds) && seconds <= 3600
    ? seconds
    : undefined;
}

const policies = ["random", "round_robin", "sequential"];

/** What `dns.upstream` and its companions say of a forward; undefined where they can't. */
function forwardingOf({ args, properties }: PluginModel): Record<string, Plain> | undefined {
  const upstream = args.slice(1);
  if (upstream.length === 0 || !upstream.every((text) => isResolver(text))) return undefined;
  const manner: Record<string, Plain> = {};
  for (const {
    name,
    args: [value = ""],
  } of properties) {
    if (name === "tls_servername") manner.tlsServerName = value.replace(/\.$/, "");
    else if (name === "policy" && policies.includes(value)) manner.policy = value;
    else if (name === "health_check" && /^[1-9]\d{0,4}[sm]$/.test(value)) manner.healthCheck = value;
    else if (name !== "max_concurrent") return undefined;
  }
  return { upstream, ...manner };
}

function isResolver(text: string): boolean {
  try {
    Resolver.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return text === "/etc/resolv.conf";
  }
}

function rootSettings({ plugins }: ServerModel, statement: Statement): DnsSettings {
  const settings: Record<string, Plain> = { cache: 0 };
  const rewrites: Plain[] = [];
  const hosts: Plain[] = [];
  const extra: string[] = [];
  const own = plugins.length === statement.body.length ? statement.body : [];
  plugins.forEach((plugin, index) => {
    const known = read(plugin, settings, rewrites, hosts);
    const words = own[index];
    if (!known && words) extra.push(outdented(words));
  });
  const upstream = Array.isArray(settings.upstream) && settings.upstream.join() === "/etc/resolv.conf" ? [] : settings.upstream;
  const { cache, upstream: _, ...others } = settings;
  return {
    ...(Array.isArray(upstream) && upstream.length > 0 ? { upstream } : {}),
    ...(cache === 30 ? {} : { cache: cache ?? 0 }),
    ...others,
    ...(hosts.length > 0 ? { hosts } : {}),
    ...(rewrites.length > 0 ? { rewrites } : {}),
    ...(extra.length > 0 ? { extra: extra.join("") } : {}),
  };
}

/** Takes a plugin of the cluster's server block into the settings. False: it has to stay as it is written. */
function read({ name, args, properties }: PluginModel, settings: Record<string, Plain>, rewrites: Plain[], hosts: Plain[]): boolean {
  if (standing.has(name)) return true;
  switch (name) {
    case "log":
      if (args.length + properties.length > 0) return false;
      settings.log = true;
      return true;
    case "autopath":
      if (args.join() !== "@kubernetes") return false;
      settings.autopath = true;
      return true;
    case "kubernetes":
      for (const {
        name: property,
        args: [value = ""],
      } of properties) {
        if (property === "pods" && value !== "insecure") settings.podRecords = value;
        if (property === "ttl" && Number(value) !== 30) settings.ttl = Number(value);
      }
      // CoreDNS's own defaults, where nothing is written.
      if (!properties.some((property) => property.name === "pods")) settings.podRecords = "disabled";
      if (!properties.some((property) => property.name === "ttl")) settings.ttl = 5;
      return true;
    case "forward": {
      const forwarding =
        args[0] === "." && settings.upstream === undefined
          ? forwardingOf({ name, args, properties, at: { line: 1, column: 1 } })
          : undefined;
      if (forwarding) Object.assign(settings, forwarding);
      return forwarding !== undefined || args[0] === ".";
    }
    case "cache":
      settings.cache = Number(args[0] ?? 3600);
      return true;
    case "hosts":
      if (args.length > 0 || properties.some((entry) => entry.name !== "fallthrough" && !/^[\da-f]*[.:][\da-f.:]+$/i.test(entry.name)))
        return false;
      hosts.push(
        ...properties.filter((entry) => entry.name !== "fallthrough").map((entry) => ({ address: entry.name, names: entry.args })),
      );
      return true;
    case "rewrite": {
      const rule = properties.length === 0 ? ruleOf(args) : undefined;
      if (rule) rewrites.push(rule);
      return rule !== undefined;
    }
    default:
      return false;
  }
}

const matches = ["exact", "prefix", "suffix", "substring", "regex"];

function ruleOf([type, ...words]: readonly string[]): Plain | undefined {
  if (type !== "name") return undefined;
  const [match = "", from = "", to = "", ...options] = words.length === 2 ? ["exact", ...words] : words;
  const isAuto = options.join(" ") === "answer auto";
  if (!matches.includes(match) || to === "" || (options.length > 0 && !isAuto) || /["{}#\s]/.test(from)) return undefined;
  return { match, from, to, ...(match === "exact" || isAuto ? {} : { answer: "none" }) };
}

/** A line or block as it is written, moved to the left margin. */
function outdented(statement: Statement): string {
  const text = printStatement(statement)
    .replace(/^[ \t]*\n/gm, "")
    .replace(/\s+$/, "");
  const indent = /^[ \t]*/.exec(text)?.[0] ?? "";
  return `${text.replaceAll(new RegExp(`^${indent}`, "gm"), "")}\n`;
}
