import type { Files } from "./expand";
import { type PluginModel, readCorefile, type ServerModel } from "./model";
import { parseUpstream } from "./plugins/forward";
import { seconds } from "./plugins/values";
import { isIn, parseKey, transports } from "./zones";

/** One thing that two Corefiles mean differently. */
export interface Difference {
  readonly kind: "added" | "removed" | "changed";
  /** The server block, by its zone: `.`, `corp.example`, `tls://.`; absent for what holds for all. */
  readonly server: string;
  readonly plugin: string;
  /** A sentence without its full stop: "corp.example now goes to 10.0.0.53". */
  readonly message: string;
}

/**
 * What changes for those who ask when the second Corefile takes the place of the first. Order, layout, comments, snippets and ways to write the same
 * (`.` and `.:53`, `60s` and `1m`, a default written out) are no difference.
 */
export function diffCorefiles(before: string, after: string, files?: Files): Difference[] {
  const [old, now] = [serversByAddress(readCorefile(before, files)), serversByAddress(readCorefile(after, files))];
  const differences: Difference[] = [];
  for (const [address, server] of now) {
    const former = old.get(address);
    if (former) differences.push(...serverDifferences(address, former, server));
    else differences.push({ kind: "added", server: address, plugin: "", message: `${address} is a new zone${doesWhat(server)}` });
  }
  for (const [address, server] of old) {
    if (!now.has(address))
      differences.push({
        kind: "removed",
        server: address,
        plugin: "",
        message: `${address} is no zone of its own any more${didWhat(address, server, now)}`,
      });
  }
  return stubDomains(differences, old, now);
}

const forwardOf = (servers: ReadonlyMap<string, Named>, zone: string) =>
  servers.get(zone)?.plugins.find(({ name, args }) => name === "forward" && (args[0] === "." || args[0] === zone)) ??
  servers.get(".")?.plugins.find(({ name, args }) => name === "forward" && args[0] === zone);

/** A stub domain is a forward for a zone, or a server block with one: going from one form to the other is one difference. */
function stubDomains(differences: readonly Difference[], old: ReadonlyMap<string, Named>, now: ReadonlyMap<string, Named>): Difference[] {
  return differences.flatMap((difference): Difference[] => {
    const isServer = difference.plugin === "" && difference.server !== ".";
    const zone = isServer ? difference.server : /^(\S+) (?:no longer|now) goes to/.exec(difference.message)?.[1];
    if (zone === undefined || difference.kind === "changed" || old.has(zone) === now.has(zone)) return [difference];
    const [before, after] = [forwardOf(old, zone), forwardOf(now, zone)];
    if (!before || !after) return [difference];
    if (!isServer) return [];
    const message = sameTargets(before, after)
      ? `${zone} ${now.has(zone) ? "has a server block of its own now" : "has no server block of its own any more"}, and still goes to ${goesTo(after)}`
      : `${zone} now goes to ${goesTo(after)} (before: ${goesTo(before)})`;
    return [{ kind: "changed", server: zone, plugin: "forward", message }];
  });
}

interface Named {
  readonly plugins: readonly PluginModel[];
}

/** Server blocks by address; blocks that views tell apart go by the view too. */
function serversByAddress(servers: readonly ServerModel[]): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const { keys, plugins } of servers) {
    const view = plugins.find(({ name }) => name === "view")?.args[0];
    for (const { transport, zones, port } of keys) {
      for (const zone of zones) {
        const scheme = transport === "dns" ? "" : `${transport}://`;
        const address = `${scheme}${plain(zone)}${port === transports[transport] ? "" : `:${port}`}${view === undefined ? "" : ` (view ${view})`}`;
        named.set(address, { plugins });
      }
    }
  }
  return named;
}

const plain = (zone: string) => (zone === "." ? "." : zone.replace(/\.$/, ""));

const goesTo = (plugin: PluginModel) => targets(plugin).join(", ");

/** Equal for the same upstreams; their order only counts where it is asked for. */
function sameTargets(a: PluginModel, b: PluginModel): boolean {
  const isOrdered = [a, b].some(({ properties }) => properties.some(({ name, args }) => name === "policy" && args[0] === "sequential"));
  const [first, second] = [targets(a), targets(b)].map((list) => (isOrdered ? list : list.sort()).join(" "));
  return first === second;
}

function doesWhat({ plugins }: Named): string {
  const forward = plugins.find(({ name }) => name === "forward");
  return forward ? `, which goes to ${goesTo(forward)}` : "";
}

function didWhat(address: string, { plugins }: Named, now: ReadonlyMap<string, Named>): string {
  const forward = plugins.find(({ name }) => name === "forward");
  const zone = parseKey(address.replace(/ \(view .*/, ""));
  const wider =
    typeof zone === "object"
      ? [...now.keys()]
          .filter((other) => {
            const key = parseKey(other);
            return (
              typeof key === "object" &&
              key.port === zone.port &&
              key.transport === zone.transport &&
              isIn(zone.zones[0] ?? "", key.zones[0] ?? "")
            );
          })
          .sort((a, b) => b.length - a.length)[0]
      : undefined;
  const former = forward ? `; it went to ${goesTo(forward)}` : "";
  return `${former}${wider === undefined ? ", and isn't answered" : `, and is answered as ${wider === "." ? "every other name" : wider} is`}`;
}

function serverDifferences(server: string, before: Named, after: Named): Difference[] {
  const where = server === "." ? "" : `${server}: `;
  const names = [...new Set([...before.plugins, ...after.plugins].map(({ name }) => name))].filter((name) => name !== "view");
  return names.flatMap((plugin) => {
    const [old, now] = [before, after].map(({ plugins }) => plugins.filter(({ name }) => name === plugin)) as [
      PluginModel[],
      PluginModel[],
    ];
    return pluginDifferences(plugin, old, now).map(({ kind, message }) => ({ kind, server, plugin, message: `${where}${message}` }));
  });
}

type Change = Pick<Difference, "kind" | "message">;

function pluginDifferences(name: string, before: readonly PluginModel[], after: readonly PluginModel[]): Change[] {
  if (name === "forward") return forwards(before, after);
  if (name === "rewrite" || name === "template") return rules(name, before, after);
  const [old, now] = [before.at(-1), after.at(-1)];
  if (!old && now) return [{ kind: "added", message: `${name} is new${described(now)}` }];
  if (old && !now) return [{ kind: "removed", message: `${name} is gone${described(old)}` }];
  if (before.length > 1 || after.length > 1) return rules(name, before, after);
  return old && now ? settings(name, old, now) : [];
}

function described({ name, args, properties }: PluginModel): string {
  if (name === "kubernetes") return ` (${args.join(" ")})`;
  if (name === "hosts")
    return properties.length > 0
      ? ` (${properties
          .filter(({ name }) => /^[\da-fA-F:.]+$/.test(name))
          .map(entry)
          .join("; ")})`
      : "";
  return args.length > 0 ? ` (${args.join(" ")})` : "";
}

const entry = ({ name, args }: { readonly name: string; readonly args: readonly string[] }) => [name, ...args].join(" ");

/** Where forward sends a zone. */
function targets({ args }: PluginModel): string[] {
  return args.slice(1).map((text) => {
    const { transport, form, host, port, suffix } = parseUpstream(text);
    if (form === "file") return text;
    const isOwnPort = port === "" || port === transports[transport as keyof typeof transports];
    const address = host.includes(":") && !isOwnPort ? `[${host}]` : host;
    return `${transport === "dns" ? "" : `${transport}://`}${address}${isOwnPort ? "" : `:${port}`}${suffix ? `%${suffix}` : ""}`;
  });
}

function forwards(before: readonly PluginModel[], after: readonly PluginModel[]): Change[] {
  const byZone = (list: readonly PluginModel[]) =>
    new Map([...list].reverse().map((plugin): [string, PluginModel] => [zoneName(plugin.args[0] ?? "."), plugin]));
  const [old, now] = [byZone(before), byZone(after)];
  const changes: Change[] = [];
  for (const [zone, plugin] of now) {
    const former = old.get(zone);
    const what = zone === "." ? "every other name" : zone;
    if (!former) changes.push({ kind: "added", message: `${what} now goes to ${goesTo(plugin)}` });
    else {
      if (!sameTargets(plugin, former))
        changes.push({ kind: "changed", message: `${what} now goes to ${goesTo(plugin)} (before: ${goesTo(former)})` });
      changes.push(...settings(`forward ${zone}`, { ...former, args: [] }, { ...plugin, args: [] }));
    }
  }
  for (const [zone, plugin] of old) {
    if (!now.has(zone))
      changes.push({ kind: "removed", message: `${zone === "." ? "every other name" : zone} no longer goes to ${goesTo(plugin)}` });
  }
  return changes;
}

/** Rules that are tried in order. */
function rules(name: string, before: readonly PluginModel[], after: readonly PluginModel[]): Change[] {
  const show = ({ args, properties }: PluginModel) =>
    [...args, ...properties.flatMap((property) => [property.name, ...property.args])].join(" ");
  const [old, now] = [before.map(show), after.map(show)];
  const added = now.filter((rule) => !old.includes(rule)).map((rule): Change => ({ kind: "added", message: `${name} is new: ${rule}` }));
  const removed = old
    .filter((rule) => !now.includes(rule))
    .map((rule): Change => ({ kind: "removed", message: `${name} is gone: ${rule}` }));
  const isMoved = added.length + removed.length === 0 && old.join("\n") !== now.join("\n");
  return [...added, ...removed, ...(isMoved ? [{ kind: "changed" as const, message: `${name} tries its rules in another order` }] : [])];
}

const zoneName = (text: string) => {
  const key = parseKey(text);
  return typeof key === "object" ? key.zones.map(plain).join(" ") : text;
};

/** What holds when a property or an argument isn't written. */
const defaults: Readonly<Record<string, string>> = {
  "kubernetes pods": "disabled",
  "kubernetes ttl": "5",
  "kubernetes startup_timeout": "5s",
  "health ": ":8080",
  "ready ": ":8181",
  "prometheus ": "localhost:9153",
  "pprof ": "localhost:6053",
  "cache ": "3600",
  "reload ": "30s 15s",
  "loadbalance ": "round_robin",
  "hosts ttl": "3600",
  "forward policy": "random",
  "forward max_fails": "2",
  "forward expire": "10s",
  "forward health_check": "500ms",
  "bufsize ": "1232",
  "log ": ".",
};

/** A value in one way of writing it. */
function canonical(values: readonly string[], isSet: boolean): string {
  const texts = values.map((text) => {
    const duration = /[a-zµμ]$/.test(text) ? seconds(text) : undefined;
    if (duration !== undefined) return `${duration}s`;
    return text.replace(/(?<=[^.])\.$/, "");
  });
  return (isSet ? texts.sort() : texts).join(" ");
}

/** Properties whose values have no order. */
const sets = new Set(["fallthrough", "namespaces", "except", "class", "next", "failover", "to"]);

function settings(name: string, before: PluginModel, after: PluginModel): Change[] {
  const [plugin = name] = name.split(" ");
  const [old, now] = [valuesOf(plugin, before), valuesOf(plugin, after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  return keys.flatMap((key): Change[] => {
    const byDefault = defaults[`${plugin} ${key}`];
    const [was, is] = [old, now].map(
      (values) => values.get(key) ?? (byDefault === undefined ? undefined : { shown: byDefault, key: canonical([byDefault], false) }),
    );
    if (was?.key === is?.key) return [];
    const kind = was === undefined ? "added" : is === undefined ? "removed" : "changed";
    return [{ kind, message: phrase(name, plugin, key, was?.shown, is?.shown) }];
  });
}

interface Value {
  readonly shown: string;
  /** Equal for equal meanings. */
  readonly key: string;
}

function valuesOf(plugin: string, { args, properties }: PluginModel): Map<string, Value> {
  const values = new Map<string, Value>();
  const defaultKey = defaults[`${plugin} `];
  if (args.length > 0 || defaultKey === undefined) {
    // The first zone of kubernetes is the one that names are made in; the others have no order.
    const [first = "", ...rest] = args;
    const ordered = plugin === "kubernetes" ? [first, ...rest.sort()] : args;
    const zones = ["kubernetes", "autopath", "k8s_external"].includes(plugin) ? ordered.map(zoneName) : ordered;
    values.set("", { shown: args.join(" "), key: canonical(zones, false) });
  }
  for (const { name, args } of properties) {
    const isEntry = plugin === "hosts" && /^[\da-fA-F:.]+$/.test(name) && /[.:]/.test(name);
    const key =
      isEntry ||
      ((plugin === "cache" || plugin === "acl" || plugin === "errors") &&
        ["disable", "consolidate", "allow", "block", "filter", "drop"].includes(name))
        ? `${name} ${args.join(" ")}`
        : name;
    values.set(key, { shown: isEntry ? "" : args.join(" "), key: canonical(args, sets.has(name)) });
  }
  return values;
}

function phrase(name: string, plugin: string, key: string, was: string | undefined, is: string | undefined): string {
  if (plugin === "kubernetes" && key === "pods") return `pod records ${is === "disabled" ? "disabled" : is} (before: ${was})`;
  if (plugin === "kubernetes" && key === "")
    return `kubernetes serves ${is || "the zones of its server block"} (before: ${was || "the zones of its server block"})`;
  if (plugin === "kubernetes" && key === "noendpoints")
    return is === undefined ? "headless services are answered again" : "headless services are no longer answered";
  if (plugin === "cache" && key === "") return `answers are kept for ${is}s at most (before: ${was}s)`;
  if (plugin === "hosts" && /^[\da-fA-F:.]+ /.test(key)) {
    const [address = "", ...names] = key.split(" ");
    return is === undefined ? `hosts no longer says ${names.join(", ")} is ${address}` : `hosts says ${names.join(", ")} is ${address}`;
  }
  const what = key === "" ? name : `${name}: ${key}`;
  if (was === undefined) return `${what}${is ? ` ${is}` : ""} is new`;
  if (is === undefined) return `${what}${was ? ` ${was}` : ""} is gone`;
  return `${what} ${was} to ${is}`;
}
