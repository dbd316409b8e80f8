import { expressionProblem } from "../expression";
import type { Stanza } from "../stanza";
import { grpcServer } from "./forward";
import { args, many, none, type PluginSpec, type PropertySpec, type Say } from "./spec";
import {
  address,
  cidr,
  decimal,
  duration,
  integer,
  isAddress,
  isCidr,
  type Kind,
  listen,
  oneOf,
  recordType,
  regexp,
  server,
  unsigned,
  word,
} from "./values";

const zone = word("a zone", "example.org");
const file = word("a file", "/etc/coredns/db.example.org");
const fallthrough: PropertySpec = { args: args(0, many, zone) };
const upstream: PropertySpec = {
  args: args(0, many, word("a server", "10.0.0.53")),
  changes: [{ since: "1.5.0", state: "ignored", why: "names are looked up by the server itself", mend: "Remove the line." }],
};
const count = (since?: string): PropertySpec => ({ args: args(1, 1, integer(0, undefined, "256")), ...(since ? { since } : {}) });
const positive: PropertySpec = { args: args(1, 1, integer(1, undefined, "256")) };
const text = (what: string, example: string): PropertySpec => ({ args: args(1, 1, word(what, example)), reads: 1 });

const acl: PluginSpec = {
  since: "1.6.4",
  args: args(0, many, zone),
  twice: "all",
  anyCase: true,
  block: Object.fromEntries(
    ["allow", "block", "filter", "drop"].map((action): [string, PropertySpec] => [
      action,
      {
        args: args(0, many, word("type or net", "net 10.0.0.0/8")),
        ...({ filter: { since: "1.8.3" }, drop: { since: "1.10.1" } }[action] ?? {}),
      },
    ]),
  ),
  check: (stanza, say) => {
    for (const { args } of stanza.properties) aclSections(args, say);
  },
};

function aclSections(words: Stanza["args"], say: Say): void {
  let section: string | undefined;
  // Behind a * CoreDNS doesn't look at the section any more.
  let hasAll = false;
  for (const [index, word] of words.entries()) {
    if (word.variable) continue;
    if (/^(?:type|net)$/i.test(word.text)) {
      section = word.text.toLowerCase();
      hasAll = false;
      const next = words[index + 1];
      if (!next || /^(?:type|net)$/i.test(next.text))
        say(
          "error",
          word,
          `${word.text} wants values behind it.`,
          section === "net" ? "Write for example: net 10.0.0.0/8" : "Write for example: type A AAAA",
        );
    } else if (!section) {
      say(
        "error",
        word,
        `Here only type or net can follow, not ${JSON.stringify(word.text)}.`,
        isCidr(word.text) || isAddress(word.text) ? `Write: net ${word.text}` : `Write: type ${word.text}`,
      );
      return;
    } else if (word.text === "*") {
      hasAll = true;
    } else if (!hasAll) {
      const why =
        section === "type" ? recordType().refuses(word.text) : isCidr(word.text) || isAddress(word.text) ? undefined : "that is no range";
      if (why)
        say(
          "error",
          word,
          `${section} doesn't take ${JSON.stringify(word.text)}: ${why}.`,
          section === "net" ? "Write for example: net 10.0.0.0/8" : "Write for example: type A",
        );
    }
  }
}

const bind: PluginSpec = {
  args: args(1, many, word("an address or an interface", "127.0.0.1")),
  twice: "all",
  block: { except: { args: args(1, many, word("an address or an interface", "eth0")), since: "1.8.4" } },
  check: ({ args }, say) => {
    // An interface's name has at most 15 characters and no slash (IFNAMSIZ).
    for (const word of args.filter(({ variable, text }) => !variable && !isAddress(text))) {
      if (word.text.length > 15 || /[/:]|^[\d.]+$/.test(word.text))
        say(
          "error",
          word,
          `${JSON.stringify(word.text)} is neither an IP address nor an interface.`,
          "Write the address alone, without port or prefix: bind 10.0.0.10",
        );
    }
  },
};

const prefix: Kind = {
  what: "an IPv6 prefix",
  example: "64:ff9b::/96",
  refuses: (text) => {
    if (!isCidr(text) || !text.includes(":")) return "that is no IPv6 prefix";
    const length = Number(text.split("/")[1]);
    return length % 8 !== 0 || length < 32 || length > 96 ? "its length has to be 32, 40, 48, 56, 64, 72, 80, 88 or 96" : undefined;
  },
};

const key: PropertySpec = { args: args(2, many, oneOf(["file", "aws_secretsmanager"]), file) };

const transferFrom: PropertySpec = { args: args(2, many, oneOf(["from"]), server) };

const timeout: PropertySpec = { args: args(1, 1, duration({ min: 1, max: 86_400, plain: true, example: "10s" })) };

const erraticAmount: PropertySpec = { args: args(0, 1, integer(0, 2 ** 31 - 1, "2")) };

const zoneId = (parts: number, what: string, example: string): Kind => ({
  what,
  example,
  refuses: (text) =>
    text.split(":").length >= parts && text.split(":").every((part) => part !== "") ? undefined : `it has the form ${example}`,
});

/** The plugins that a cluster's Corefile seldom has, by their setup.go in CoreDNS 1.14.7. */
export const others: Readonly<Record<string, PluginSpec>> = {
  acl,
  any: { since: "1.5.1", args: none, block: "refused", twice: "first" },
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
  bind,
  bufsize: { since: "1.6.6", args: args(0, 1, integer(512, 4096, "1232")), block: "ignored", twice: "first" },
  cancel: { since: "1.5.0", args: args(0, 1, duration({ above: 0 })), block: "ignored", twice: "last" },
  chaos: { args: args(0, many, word("a version", "CoreDNS-001")), block: {}, twice: "first" },
  clouddns: {
    since: "1.6.4",
    args: args(0, many, zoneId(3, "a zone of Cloud DNS", "example.org.:project:zone")),
    twice: "all",
    block: { upstream, credentials: text("a file", "credentials.json"), fallthrough },
  },
  debug: { args: none, block: "refused", twice: "all" },
  dns64: {
    since: "1.7.0",
    args: args(0, 1, prefix),
    twice: "last",
    block: {
      prefix: { args: args(1, 1, prefix), reads: 1 },
      translate_all: { args: none, reads: 0 },
      allow_ipv4: { args: none, reads: 0, since: "1.9.0" },
    },
  },
  dnssec: {
    args: args(0, many, zone),
    twice: "refused",
    block: { key, cache_capacity: { args: args(1, 1, integer(undefined, undefined, "10000")), reads: 1 } },
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
  erratic: {
    args: args(0, many, word("nothing", "")),
    twice: "last",
    block: {
      drop: erraticAmount,
      delay: { args: args(0, 2, integer(0, 2 ** 31 - 1, "2"), duration()) },
      truncate: erraticAmount,
      large: { args: none, reads: 0 },
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
  grpc_server: { since: "1.14.0", args: none, block: { max_streams: count(), max_connections: count() }, twice: "first" },
  https: { since: "1.14.0", args: none, block: { max_connections: count() }, twice: "first" },
  https3: { since: "1.14.0", args: none, block: { max_streams: count(), max_connections: count("1.14.7") }, twice: "first" },
  local: {
    since: "1.8.3",
    args: none,
    block: { localhost_prefix: { args: args(1, 1, oneOf(["on", "off"])), since: "1.14.6" } },
    twice: "last",
  },
  metadata: { args: args(0, many, zone), block: "refused", twice: "refused" },
  minimal: { since: "1.8.4", args: none, block: "refused", twice: "first" },
  multisocket: { since: "1.12.0", args: args(0, 1, integer(1, 1024, "4")), block: "refused", twice: "refused" },
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
  nsid: { args: args(0, many, word("a text", "ns1")), block: "refused", twice: "refused" },
  on: { args: args(2, many, word("an event", "startup"), word("a command", "/bin/true")), block: "refused", twice: "all" },
  pprof: { args: args(0, 1, listen), twice: "refused", block: { block: { args: args(0, 1, integer()), since: "1.5.0" } } },
  proxyproto: {
    since: "1.14.3",
    args: none,
    twice: "last",
    block: {
      allow: { args: args(0, many, cidr) },
      default: { args: args(1, 1, oneOf(["use", "ignore", "reject", "skip"], { anyCase: true })) },
      udp_session_tracking: { args: args(1, 2, duration({ example: "30s" }), integer(1, undefined, "1000")) },
    },
  },
  quic: { since: "1.12.2", args: none, block: { max_streams: positive, worker_pool_size: positive }, twice: "first" },
  root: { args: args(1, 1, word("a directory", "/etc/coredns/zones")), block: "refused", twice: "last" },
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
  shed: { since: "1.14.7", args: none, block: "refused", twice: "refused" },
  sign: {
    since: "1.6.4",
    args: args(1, many, file, zone),
    twice: "all",
    block: { key, directory: { args: args(1, 1, word("a directory", "/var/lib/coredns")) } },
  },
  timeouts: {
    since: "1.10.1",
    args: none,
    twice: "last",
    block: {
      read: timeout,
      write: timeout,
      idle: timeout,
      maxtcpqueries: {
        args: args(1, 1, {
          ...integer(-1, undefined, "128"),
          refuses: (text) => (text === "0" ? "it has to be -1 (no limit) or more than 0" : integer(-1).refuses(text)),
        }),
        since: "1.14.7",
      },
    },
    check: ({ name, properties }, say) => {
      if (properties.length === 0) say("error", name, "timeouts says no time.", "Write in its block for example: idle 10s");
    },
  },
  tls: {
    args: args(0, 3, file),
    twice: "last",
    block: {
      client_auth: { args: args(1, 1, oneOf(["nocert", "request", "require", "verify_if_given", "require_and_verify"])), since: "1.5.1" },
      keylog: { args: args(1, 1, file), since: "1.14.3" },
      acme: { args: args(1, many, word("a name", "dns.example.org")), since: "1.14.7" },
      email: { args: args(1, 1, word("an address", "admin@example.org")), since: "1.14.7" },
      ca: { args: args(1, 1, word("a URL", "https://ca.example.org")), since: "1.14.7" },
      storage: { args: args(1, 1, word("a directory", "/var/lib/coredns")), since: "1.14.7" },
      ca_root: { args: args(1, 1, file), since: "1.14.7" },
      resolver: { args: args(1, 1, word("an address", "10.0.0.53")), since: "1.14.7" },
    },
    check: tlsForms,
  },
  trace: {
    args: args(0, 2, word("the form or the address of a collector", "zipkin"), word("an address", "localhost:9411")),
    twice: "last",
    block: {
      every: { args: args(1, 1, unsigned(64, "100")) },
      service: { args: args(1, 1, word("a name", "coredns")) },
      client_server: { args: args(0, 1, oneOf(["true", "false", "1", "0", "t", "f", "T", "F", "TRUE", "FALSE", "True", "False"])) },
      datadog_analytics_rate: { args: args(0, 1, decimal(0, 1, "0.5")), since: "1.8.0" },
      zipkin_max_backlog_size: { args: args(1, 1, integer()), since: "1.9.4" },
      zipkin_max_batch_size: { args: args(1, 1, integer()), since: "1.9.4" },
      zipkin_max_batch_interval: { args: args(1, 1, duration()), since: "1.9.4" },
    },
    check: ({ args: [form, endpoint] }, say) => {
      if (form && endpoint && !["zipkin", "datadog"].includes(form.text.toLowerCase()))
        say("error", form, `trace doesn't speak ${form.text}.`, "Write zipkin or datadog.");
    },
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
  tsig: {
    since: "1.9.4",
    args: args(0, many, zone),
    twice: "refused",
    block: {
      secret: { args: args(2, 2, word("a key's name", "key.example.org."), word("a secret", "SECRET")) },
      secrets: { args: args(1, 1, file) },
      require: {
        args: args(1, many, {
          ...recordType(),
          refuses: (text) => (["all", "none"].includes(text) ? undefined : recordType().refuses(text)),
        }),
      },
      require_opcode: { args: args(1, many, oneOf(["all", "none", "QUERY", "IQUERY", "STATUS", "NOTIFY", "UPDATE"])), since: "1.14.3" },
    },
    check: ({ properties }, say) => {
      const names = properties.filter(({ name }) => name.text === "secret").flatMap(({ args: [name] }) => (name ? [name] : []));
      for (const name of names.filter((name, index) => names.findIndex(({ text }) => text === name.text) < index)) {
        say("error", name, `The key ${name.text} is there twice.`, "Keep one secret for it.");
      }
    },
  },
  view: {
    since: "1.10.0",
    args: args(1, 1, word("a name", "inside")),
    twice: "refused",
    block: { expr: { args: args(1, many, word("an expression", "incidr(client_ip(), '10.0.0.0/8')")) } },
    check: ({ properties }, say) => {
      for (const { name, args } of properties.filter(({ name, args }) => name.text === "expr" && args.length > 0)) {
        const why = args.some(({ variable }) => variable) ? undefined : expressionProblem(args.map(({ text }) => text).join(" "));
        if (why)
          say("error", args[0] ?? name, `expr is no expression: ${why}.`, "Write for example: expr incidr(client_ip(), '10.0.0.0/8')");
      }
    },
  },
  whoami: { args: none, block: "refused", twice: "first" },
};

/** Certificates from files, or by ACME: the properties belong to one of the two. */
function tlsForms({ name, args, properties }: Stanza, say: Say): void {
  const [only] = args;
  if (args.length === 1 && only) say("error", only, "tls wants a certificate and its key.", `Write: tls ${only.text} key.pem`);
  const forFiles = ["client_auth", "keylog"];
  const wrong = properties.find(({ name }) => forFiles.includes(name.text) !== args.length > 0);
  if (wrong && args.length !== 1) {
    const message =
      args.length > 0
        ? `${wrong.name.text} belongs to tls without files (ACME).`
        : `${wrong.name.text} belongs to tls with a certificate and its key.`;
    say("error", wrong.name, message, "Remove the line.");
  }
  if (args.length === 0 && !properties.some(({ name }) => name.text === "acme")) {
    say("error", name, "tls wants a certificate and its key.", "Write: tls cert.pem key.pem, or in its block: acme dns.example.org");
  }
}
