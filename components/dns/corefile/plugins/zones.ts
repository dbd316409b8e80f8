import { fallthrough, file, key, upstream, zone } from "./shared";
import { args, many, none, type PluginSpec, type PropertySpec } from "./spec";
import { address, duration, integer, oneOf, regexp, server, word } from "./values";

const transferFrom: PropertySpec = { args: args(2, many, oneOf(["from"]), server) };

/** Plugins for authority over zones, by their setup.go in CoreDNS 1.14.7. */
export const zones: Readonly<Record<string, PluginSpec>> = {
  auto: {
    args: args(0, many, zone),
    twice: "last",
    block: {
      directory: { args: args(1, 3, word("a directory", "/etc/coredns/zones"), regexp, word("a template", "{1}")) },
      reload: { args: args(1, 1, duration({ min: 0, example: "60s" })), loose: true },
      upstream,
      transfer: { args: args(1, many, word("to and addresses", "to *")), until: "1.8.0", mend: "Write the plugin transfer beside auto." },
      no_reload: { args: none, until: "1.5.0", mend: "Write reload 0s." },
    },
    check: ({ properties }, say) => {
      for (const { name, args } of properties.filter(({ name }) => name.text === "directory")) {
        if (args[1] && !args[2])
          say("error", name, "directory wants a template behind the expression.", "Write for example: directory DIR db\\.(.*) {1}");
        if (args[1] && !/\((?!\?:)/.test(args[1].text))
          say("error", args[1], "The expression has no group that names the zone.", "Write for example: db\\.(.*)");
      }
    },
  },
  dnssec: {
    args: args(0, many, zone),
    twice: "refused",
    block: { key, cache_capacity: { args: args(1, 1, integer(undefined, undefined, "10000")), reads: 1 } },
  },
  file: {
    args: args(1, many, file, zone),
    twice: "all",
    block: {
      fallthrough: { ...fallthrough, since: "1.12.2" },
      reload: { args: args(1, 1, duration({ example: "60s" })), loose: true },
      reload_by_mtime: { args: none, reads: 0, since: "1.14.4" },
      upstream,
      transfer: { args: args(1, many, word("to and addresses", "to *")), until: "1.8.0", mend: "Write the plugin transfer beside file." },
      no_reload: { args: none, until: "1.5.0", mend: "Write reload 0s." },
    },
  },
  root: { args: args(1, 1, word("a directory", "/etc/coredns/zones")), block: "refused", twice: "last" },
  secondary: {
    args: args(0, many, zone),
    twice: "all",
    block: {
      transfer: transferFrom,
      catalog: { args: args(0, many, zone), since: "1.14.6" },
      fallthrough: { ...fallthrough, since: "1.14.4" },
      upstream: { ...upstream, until: "1.8.0", mend: "Remove the line." },
    },
    check: ({ name, properties }, say) => {
      if (!properties.some(({ name }) => name.text === "transfer"))
        say("error", name, "secondary doesn't say where the zone comes from.", "Write in its block: transfer from 10.0.0.53");
    },
  },
  sign: {
    since: "1.6.4",
    args: args(1, many, file, zone),
    twice: "all",
    block: { key, directory: { args: args(1, 1, word("a directory", "/var/lib/coredns")) } },
  },
  transfer: {
    since: "1.6.5",
    args: args(0, many, zone),
    twice: "all",
    block: {
      to: { args: args(1, many, { ...server, refuses: (text) => (text === "*" ? undefined : server.refuses(text)) }) },
      source: { args: args(1, 1, address), since: "1.14.6" },
    },
    check: ({ name, properties }, say) => {
      if (!properties.some(({ name }) => name.text === "to"))
        say("error", name, "transfer doesn't say who may have the zone.", "Write in its block for example: to 10.0.0.53");
    },
  },
};
