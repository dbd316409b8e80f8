import { parseInterface } from "./fields";
import type { CniVersion } from "./kind";
import { isOlder } from "./list";
import type { PluginConf } from "./plugin";
import { subnetsOf } from "./plugins/hostLocal";
import type { Say } from "./say";

/** What only shows when all plugins of a network are seen together. Places of plugins that couldn't be read are undefined. */
export function judgeChain(plugins: readonly (PluginConf | undefined)[], version: CniVersion | undefined, say: Say): void {
  plugins.forEach((plugin, index) => {
    if (!plugin) return;
    judgeOrder(plugin, plugins.slice(0, index), say);
    judgeSince(plugin, version, say);
    judgeCapabilities(plugin, plugins, say);
    judgeReach(plugin, plugins, say);
    judgeMtu(plugin, say);
  });
}

/** Plugins that can come again behind a plugin that has made the interface: lo is another one, and ipvlan takes the former as its master. */
const repeatable = new Set(["loopback", "ipvlan"]);

function judgeOrder(plugin: PluginConf, before: readonly (PluginConf | undefined)[], say: Say): void {
  const { type, path, kind } = plugin;
  if (kind?.role === "meta" && before.length === 0) {
    say(
      "error",
      path,
      "works on what an earlier plugin made, and it is the first: it refuses to run.",
      "Write the plugin that makes the interface before it, for example bridge.",
    );
  }
  const maker = before.find((earlier) => earlier?.kind?.role === "interface" && earlier.type !== "loopback");
  if (kind?.role === "interface" && maker && !repeatable.has(type)) {
    say(
      "error",
      path,
      `makes the pod's interface, and ${maker.type} has made it already: a chain has one plugin that does.`,
      "Remove one of them; a second interface is a network of its own (Multus).",
    );
  }
  if (type === "sbr" && maker && !(maker.conf.ipam as { type?: unknown } | undefined)?.type && maker.kind?.ipam !== "required") {
    say(
      "error",
      path,
      `makes routes for the pod's addresses, and ${maker.type} gives none: it refuses to run.`,
      `Write an ipam into ${maker.type}.`,
    );
  }
  if (kind?.role === "meta" && type !== "tuning" && before.some((earlier) => earlier?.type === type)) {
    say("warning", path, "is in the chain twice, and both work on the same rules.", "Remove one of them.");
  }
}

function judgeSince({ kind, type, path }: PluginConf, version: CniVersion | undefined, say: Say): void {
  if (!kind?.since || !version || !isOlder(version, kind.since)) return;
  say(
    "error",
    [...path, "type"],
    `${type} takes CNI ${kind.since} or newer, and this is ${version}: it refuses to run.`,
    'Write "cniVersion": "1.0.0".',
  );
}

/** Capabilities of CNI's CONVENTIONS.md, which runtimes and plugins agree on. */
const capabilities = [
  "portMappings",
  "bandwidth",
  "ipRanges",
  "ips",
  "mac",
  "dns",
  "infinibandGUID",
  "deviceID",
  "aliases",
  "cgroupPath",
  "io.kubernetes.cri.pod-annotations",
  "CNIDeviceInfoFile",
  "tcConfig",
];

function judgeCapabilities({ kind, type, path, conf, isWrong }: PluginConf, plugins: readonly (PluginConf | undefined)[], say: Say): void {
  if (isWrong?.("capabilities")) return;
  const own = (conf.capabilities ?? {}) as Record<string, unknown>;
  const isOn = (name: string) => own[name] === true;
  for (const name of kind?.needs ?? []) {
    if (!isOn(name) && !Object.keys(own).some((other) => isOn(other) && nearest(other) === name)) {
      say(
        "warning",
        path,
        `has no capability ${name}, so the runtime tells it no ports and hostPorts don't work.`,
        `Write "capabilities": {"${name}": true}.`,
      );
    }
  }
  for (const name of Object.keys(own).filter(isOn)) {
    const near = nearest(name);
    if (capabilities.includes(name)) {
      const known = kind?.capabilities;
      if (known && !known.includes(name)) {
        const better = plugins.find((other) => other?.kind?.capabilities?.includes(name));
        say(
          "warning",
          [...path, "capabilities", name],
          `${type} doesn't use ${name}.`,
          better ? `Write it into ${better.type}.` : "Leave it out.",
        );
      }
    } else if (kind || near) {
      say(
        "warning",
        [...path, "capabilities", name],
        `no runtime passes in a capability ${name}.`,
        near ? `Did you mean ${near}?` : `Known: ${capabilities.slice(0, 8).join(", ")}.`,
      );
    }
  }
}

/** The capability that a name was meant to be: in other letters, or in the singular. */
function nearest(name: string): string | undefined {
  const lower = name.toLowerCase();
  return capabilities.find((known) => [lower, `${lower}s`].includes(known.toLowerCase()));
}

/** Without a route out of its own subnet a pod reaches no service. */
function judgeReach({ kind, type, path, conf, hostLocal }: PluginConf, plugins: readonly (PluginConf | undefined)[], say: Say): void {
  if (kind?.role !== "interface" || !hostLocal || conf.isDefaultGateway === true) return;
  // A plugin that isn't known may set routes.
  if (plugins.some((other) => other && !other.kind)) return;
  if (hostLocal.routes?.some((route) => !route?.dst)) return;
  const families = new Set(subnetsOf(hostLocal).map(({ family }) => family));
  const missing = [...families].filter((family) => !hostLocal.routes?.some((route) => isDefault(route?.dst, family)));
  if (missing.length === 0) return;
  const severity = type === "bridge" || type === "ptp" ? "warning" : "info";
  const written = missing.map((family) => `{"dst": "${family === 4 ? "0.0.0.0/0" : "::/0"}"}`).join(", ");
  const what = families.size > 1 && missing.length === 1 ? `no default route of IPv${missing[0]}` : "no default route";
  say(
    severity,
    [...path, "ipam"],
    `gives pods ${what}, so they reach neither services nor other nodes' pods.`,
    `Write "routes": [${written}]; a second network of a pod needs none.`,
  );
}

/** Two halves of all addresses make a default route too. */
function isDefault(dst: string | undefined, family: 4 | 6): boolean {
  const parsed = parseInterface(dst);
  return parsed?.network.family === family && parsed.network.prefix <= 1;
}

function judgeMtu({ kind, path, conf, hostLocal }: PluginConf, say: Say): void {
  const { mtu } = conf;
  if (!kind || typeof mtu !== "number" || mtu === 0) return;
  const hasIPv6 = hostLocal && subnetsOf(hostLocal).some(({ family }) => family === 6);
  if (hasIPv6 && mtu < 1280)
    say(
      "error",
      [...path, "mtu"],
      `found ${mtu}: IPv6 needs 1280 bytes, and the kernel takes no IPv6 address on less.`,
      "Write 1280 or more.",
    );
  else if (mtu < 576)
    say("warning", [...path, "mtu"], `found ${mtu}, less than the 576 bytes that every IPv4 host takes.`, "Write for example 1450.");
  else if (mtu > 9216)
    say(
      "warning",
      [...path, "mtu"],
      `found ${mtu}, more than network cards carry (9000).`,
      "Write at most the host's own MTU less what tunnels take.",
    );
}
