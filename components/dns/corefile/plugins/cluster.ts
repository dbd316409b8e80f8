import type { Stanza } from "../stanza";
import { args, many, none, type PluginSpec, type Say } from "./spec";
import { cidr, duration, integer, isAddress, listen, oneOf, regexp, seconds, word } from "./values";

const zone = word("a zone", "example.org");

/** plugin/errors/setup.go */
export const errors: PluginSpec = {
  args: args(0, 1, oneOf(["stdout"])),
  twice: "refused",
  block: {
    stacktrace: { args: none, reads: 0, since: "1.9.3" },
    consolidate: { args: args(2, 4, duration({ example: "5m" }), regexp, oneOf(["warning", "error", "info", "debug", "show_first"])) },
  },
  check: (stanza, say) => {
    for (const { args } of stanza.properties.filter(({ name }) => name.text === "consolidate")) {
      const [, , first, second] = args;
      if (first && second && second.text !== "show_first") {
        const why = first.text === "show_first" ? "the level comes before show_first" : "there is one level only";
        say(
          "error",
          second,
          `consolidate doesn't take ${first.text} ${second.text}: ${why}.`,
          'Write for example: consolidate 5m ".*" warning show_first',
        );
      }
    }
  },
};

/** plugin/health/setup.go */
export const health: PluginSpec = {
  args: args(0, 1, listen),
  twice: "last",
  block: { lameduck: { args: args(1, 1, duration()) } },
  check: (stanza, say) => {
    const lameduck = stanza.properties.find(({ name }) => name.text === "lameduck")?.args[0];
    const length = lameduck && seconds(lameduck.text);
    if (length && length > 25) {
      say(
        "warning",
        lameduck,
        `lameduck ${lameduck.text}: Kubernetes kills the pod 30s after its end is asked for.`,
        "Write lameduck 5s, kubeadm's value.",
      );
    }
  },
};

/** plugin/ready/setup.go */
export const ready: PluginSpec = {
  since: "1.5.0",
  args: args(0, 1, listen),
  twice: "refused",
  block: { monitor: { args: args(1, 1, oneOf(["until-ready", "continuously"])), since: "1.12.2" } },
};

/** plugin/metrics/setup.go */
export const prometheus: PluginSpec = {
  args: args(0, 1, listen),
  twice: "refused",
  block: {
    runtime_metrics: { args: none, since: "1.14.3" },
    tls: { args: args(1, 1, word("a file", "/etc/coredns/web-config.yml")), since: "1.14.3" },
  },
};

/** plugin/loop/setup.go */
export const loop: PluginSpec = { since: "1.2.1", args: none, twice: "refused", block: "refused" };

/** plugin/reload/setup.go */
export const reload: PluginSpec = {
  args: args(0, 2, duration({ min: 2, example: "30s" }), {
    ...duration({ example: "15s" }),
    refuses: (text) => {
      const value = seconds(text);
      if (value === undefined) return duration().refuses(text);
      return value !== 0 && value < 1 ? "it has to be 0, or at least 1s" : undefined;
    },
  }),
  twice: "first",
  block: "ignored",
};

/** plugin/hosts/setup.go */
export const hosts: PluginSpec = {
  args: args(0, many, word("a hosts file", "/etc/hosts"), zone),
  twice: "refused",
  block: {
    ttl: { args: args(1, 1, integer(1, 65535, "3600")), loose: true },
    no_reverse: { args: none, reads: 0 },
    reload: { args: args(1, 1, duration({ min: 0, example: "15s" })) },
    fallthrough: { args: args(0, many, zone) },
    fallthrough_unsupported: { args: none, since: "1.14.7" },
  },
  // Whatever is no property is an entry, in the form of /etc/hosts, as long as no fallthrough came before it.
  other: ({ text, at }, _names, { properties }) => {
    const before = properties.find(({ name }) => name.text === "fallthrough" && isBefore(name.at, at));
    return before && `${JSON.stringify(text)} stands behind fallthrough; CoreDNS takes no entries there.`;
  },
  check: (stanza, say) => {
    hostEntries(stanza, say);
    const unsupported = stanza.properties.find(({ name }) => name.text === "fallthrough_unsupported");
    if (unsupported && !stanza.properties.some(({ name }) => name.text === "fallthrough")) {
      say("error", unsupported.name, "fallthrough_unsupported needs fallthrough.", "Write a line fallthrough too.");
    }
  },
};

interface At {
  readonly line: number;
  readonly column: number;
}
const isBefore = (a: At, b: At) => a.line < b.line || (a.line === b.line && a.column < b.column);
const hostsProperties = ["ttl", "no_reverse", "reload", "fallthrough", "fallthrough_unsupported"];

function hostEntries(stanza: Stanza, say: Say): void {
  for (const { name, args } of stanza.properties) {
    if (hostsProperties.includes(name.text) || name.variable || name.token.quoted) continue;
    const host = name.text.replace(/%.*$/, "");
    if (!isAddress(host)) {
      const swapped = args[0] && isAddress(args[0].text);
      const mend = swapped ? `Write the address first: ${args[0]?.text} ${name.text}` : "Write for example: 10.0.0.10 db.corp.example";
      say("warning", name, `The entry ${JSON.stringify(name.text)} doesn't begin with an IP address; CoreDNS drops it.`, mend);
    } else if (args.length === 0)
      say("warning", name, `The entry ${name.text} has no name; CoreDNS drops it.`, `Write: ${name.text} db.corp.example`);
    const brace = args.find(({ text }) => text === "}");
    if (brace)
      say("warning", brace, "This } stands on the line of an entry, which takes it for a name.", "Write the } on a line of its own.");
  }
  const entries = stanza.properties.some(({ name }) => isAddress(name.text));
  const through = stanza.properties.some(({ name }) => name.text === "fallthrough");
  if (entries && !through && stanza.args.length < 2) {
    say(
      "warning",
      stanza.name,
      "Without fallthrough hosts answers for its whole zone: every other name gets no address.",
      "Write fallthrough behind the entries.",
    );
  }
}

const capacity = integer(undefined, undefined, "9984");
const cacheTtl = integer(1);
const cached = { args: args(1, 3, capacity, cacheTtl, integer(0)), loose: true };

/** plugin/cache/setup.go */
export const cache: PluginSpec = {
  args: args(
    0,
    many,
    {
      ...zone,
      refuses: (text) =>
        /^[-+]?\d+$/.test(text) && Number(text) <= 0 ? "a ttl of 0 isn't allowed; to cache nothing, leave the plugin out" : undefined,
    },
    zone,
  ),
  twice: "refused",
  block: {
    success: cached,
    denial: cached,
    prefetch: {
      args: args(1, 3, integer(0, undefined, "10"), duration({ example: "1m" }), {
        what: "a percentage",
        example: "10%",
        refuses: (text) =>
          /^\d+%$/.test(text)
            ? Number.parseInt(text, 10) < 10 || Number.parseInt(text, 10) > 90
              ? "it has to be 10% to 90%"
              : undefined
            : "the % is missing",
      }),
    },
    serve_stale: {
      args: args(0, 5, duration({ min: 0, example: "1h" }), oneOf(["immediate", "verify"], { anyCase: true }), duration({ min: 0 })),
      since: "1.6.7",
    },
    serve_stale_policy: { args: args(1, 1, oneOf(["prefer_positive"], { anyCase: true })), since: "1.14.7" },
    servfail: { args: args(1, 1, duration({ min: 0, max: 300 })), since: "1.9.4" },
    disable: { args: args(1, many, oneOf(["success", "denial"]), zone), since: "1.9.4" },
    keepttl: { args: none, since: "1.10.1" },
  },
  check: cacheChecks,
};

function cacheChecks(stanza: Stanza, say: Say): void {
  const policy = stanza.properties.filter(({ name }) => name.text === "serve_stale_policy");
  const stale = stanza.properties.find(({ name }) => name.text === "serve_stale");
  if (policy[1]) say("error", policy[1].name, "serve_stale_policy is there twice.", "Keep one.");
  if (policy[0] && !stale) say("error", policy[0].name, "serve_stale_policy needs serve_stale.", "Write a line serve_stale too.");
  const tooMany = stale && stale.args[1]?.text.toLowerCase() !== "verify" ? stale.args[4] : undefined;
  if (tooMany)
    say("error", tooMany, "serve_stale takes a time for verifying only behind verify.", "Write verify, or remove the last time.");
  const [ttl, second] = stanza.args;
  if (ttl && /^\d+$/.test(ttl.text) && Number(ttl.text) > 3600) {
    say(
      "warning",
      ttl,
      `cache ${ttl.text} keeps answers up to ${ttl.text}s, though never longer than their own ttl.`,
      "Write cache 30, kubeadm's value.",
    );
  }
  for (const word of stanza.args.slice(1).filter(({ text }) => /^\d+$/.test(text))) {
    say(
      "warning",
      word,
      `cache takes one number, the longest ttl; ${word.text} is taken for a zone.`,
      "For a ttl of denials write a block: denial 9984 30",
    );
  }
  if (ttl && !/^\d+$/.test(ttl.text) && seconds(ttl.text) !== undefined) {
    say(
      "warning",
      ttl,
      `cache takes ${ttl.text} for a zone, so nothing else is cached: the ttl is a number of seconds.`,
      `Write: cache ${Math.round(seconds(ttl.text) ?? 30)}${second ? ` ${second.text}` : ""}`,
    );
  }
  for (const { name, args } of stanza.properties) {
    const longest = args[1];
    if (
      (name.text === "success" || name.text === "denial") &&
      longest &&
      /^\d+$/.test(longest.text) &&
      args[2] &&
      Number(args[2].text) > Number(longest.text)
    ) {
      say(
        "warning",
        args[2],
        `The shortest ttl of ${name.text}, ${args[2].text}, is above its longest, ${longest.text}.`,
        "Write the longest first: success 9984 3600 5",
      );
    }
    if (name.text === "denial" && longest && /^\d+$/.test(longest.text) && Number(longest.text) > 3600) {
      say("warning", longest, `A name that isn't there stays unknown for up to ${longest.text}s after it has come.`, "Write 30 or less.");
    }
  }
}

/** plugin/loadbalance/setup.go */
export const loadbalance: PluginSpec = {
  args: args(0, 2, oneOf(["round_robin", "weighted"]), word("a file", "weights")),
  twice: "last",
  block: {
    reload: { args: args(1, 1, duration({ example: "30s" })), since: "1.10.1" },
    prefer: { args: args(0, many, cidr), since: "1.12.4" },
  },
  check: (stanza, say) => {
    const [policy, file] = stanza.args;
    if (policy?.text === "weighted" && !file)
      say("error", policy, "weighted wants a file with weights.", "Write: loadbalance weighted FILE");
    if (policy?.text === "round_robin" && file)
      say("error", file, "round_robin takes nothing behind it.", "Write: loadbalance round_robin");
    const [reload] = stanza.properties.filter(({ name }) => name.text === "reload");
    if (reload && policy?.text !== "weighted") say("error", reload.name, "reload belongs to loadbalance weighted.", "Remove the line.");
  },
};

/** plugin/log/setup.go */
export const log: PluginSpec = {
  args: args(0, many, zone),
  twice: "all",
  block: { class: { args: args(1, many, oneOf(["denial", "error", "success", "all"])) } },
};
