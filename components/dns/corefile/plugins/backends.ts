import { grpcServer } from "./forward";
import { fallthrough, file, text, upstream, zone } from "./shared";
import { args, many, none, type PluginSpec } from "./spec";
import { duration, integer, type Kind, oneOf, word } from "./values";

const zoneId = (parts: number, what: string, example: string): Kind => ({
  what,
  example,
  refuses: (text) =>
    text.split(":").length >= parts && text.split(":").every((part) => part !== "") ? undefined : `it has the form ${example}`,
});

/** Plugins for answers from elsewhere, by their setup.go in CoreDNS 1.14.7. */
export const backends: Readonly<Record<string, PluginSpec>> = {
  azure: {
    since: "1.6.2",
    args: args(0, many, zoneId(2, "a resource group and a zone", "group:example.org")),
    twice: "all",
    block: {
      subscription: text("an id", "ID"),
      tenant: text("an id", "ID"),
      client: text("an id", "ID"),
      secret: text("a secret", "SECRET"),
      environment: text("an environment", "AzurePublicCloud"),
      fallthrough,
      access: { args: args(1, 1, oneOf(["public", "private"])), reads: 1, since: "1.6.9" },
    },
  },
  clouddns: {
    since: "1.6.4",
    args: args(0, many, zoneId(3, "a zone of Cloud DNS", "example.org.:project:zone")),
    twice: "all",
    block: { upstream, credentials: text("a file", "credentials.json"), fallthrough },
  },
  dnstap: {
    args: args(1, 5, word("a socket or an address", "/tmp/dnstap.sock")),
    twice: "all",
    block: {
      skipverify: { args: none, reads: 0, since: "1.11.1" },
      tls: { args: args(2, 3, file), loose: true, since: "1.14.4" },
      identity: { ...text("a name", "ns1"), since: "1.9.4" },
      version: { ...text("a version", "v1"), since: "1.9.4" },
      extra: { ...text("a text", '"{/upstream}"'), since: "1.11.1" },
    },
    check: ({ args, properties }, say) => {
      const isListener = args[0]?.text === "listen";
      if (isListener && !args[1])
        say(
          "error",
          args[0] as (typeof args)[number],
          "listen wants an address behind it.",
          "Write for example: dnstap listen tcp://127.0.0.1:6000",
        );
      for (const [word, most] of [
        [args[isListener ? 3 : 2], 1024],
        [args[isListener ? 4 : 3], 4096],
      ] as const) {
        const why = word && !word.variable ? integer(1, most).refuses(word.text) : undefined;
        if (word && why)
          say("error", word, `dnstap wants a number of 1 to ${most} here, not ${JSON.stringify(word.text)}.`, "Write for example: 1");
      }
      const tls = properties.find(({ name }) => name.text === "tls");
      if (tls && !isListener) say("error", tls.name, "tls belongs to dnstap listen.", "Remove the line.");
    },
  },
  etcd: {
    args: args(0, many, zone),
    twice: "first",
    block: {
      stubzones: {
        args: none,
        reads: 0,
        changes: [{ since: "1.2.0", state: "ignored", why: "stub zones are made with forward", mend: "Remove the line." }],
      },
      fallthrough,
      debug: {
        args: none,
        reads: 0,
        changes: [{ since: "1.0.0", state: "ignored", why: "it does nothing any more", mend: "Remove the line." }],
      },
      path: text("a path", "/skydns"),
      endpoint: { args: args(1, many, word("a URL", "http://localhost:2379")) },
      upstream,
      tls: { args: args(0, 3, file) },
      credentials: { args: args(2, 2, word("a user", "USER"), word("a password", "PASSWORD")), since: "1.4.0" },
      "min-lease-ttl": { args: args(1, 1, duration({ min: 0, plain: true })), reads: 1, since: "1.12.4" },
      "max-lease-ttl": { args: args(1, 1, duration({ min: 0, plain: true })), reads: 1, since: "1.12.4" },
    },
  },
  geoip: { since: "1.8.5", args: args(1, 1, file), block: { "edns-subnet": { args: none, reads: 0, since: "1.9.2" } }, twice: "refused" },
  grpc: {
    since: "1.5.0",
    args: args(2, many, zone, grpcServer),
    twice: "refused",
    block: {
      except: { args: args(1, many, zone) },
      tls: { args: args(0, 3, file) },
      tls_servername: text("a name", "dns.example.org"),
      policy: { args: args(1, 1, oneOf(["random", "round_robin", "sequential"])), reads: 1 },
      fallthrough: { ...fallthrough, since: "1.12.3" },
    },
  },
  nomad: {
    since: "1.13.0",
    args: args(0, many, zone),
    twice: "first",
    anyCase: true,
    block: {
      address: { args: args(1, many, word("a URL", "http://127.0.0.1:4646")) },
      filter: { args: args(1, 1, word("a filter", "Meta.x")), since: "1.13.2" },
      token: { args: args(1, 1, word("a token", "TOKEN")) },
      ttl: { args: args(1, 1, integer(0, 3600)) },
    },
  },
  route53: {
    args: args(0, many, zoneId(2, "a zone and its id", "example.org.:Z1Z2Z3Z4DZ5Z6Z7")),
    twice: "all",
    block: {
      aws_access_key: {
        args: args(2, 2, word("an id", "ID"), word("a key", "KEY")),
        loose: true,
        changes: [
          {
            since: "1.9.3",
            state: "deprecated",
            why: "keys don't belong in a Corefile",
            mend: "Give them in the environment, or by the role of the node.",
          },
        ],
      },
      aws_endpoint: { ...text("a URL", "https://test.us-west-2.amazonaws.com"), since: "1.9.0" },
      upstream,
      credentials: { args: args(1, 2, word("a profile", "default"), file), reads: 2 },
      fallthrough,
      refresh: { args: args(1, 1, duration({ above: 0, plain: true, example: "1m" })), reads: 1, since: "1.6.2" },
    },
  },
};
