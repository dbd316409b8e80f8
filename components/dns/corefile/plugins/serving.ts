import type { Stanza } from "../stanza";
import { file } from "./shared";
import { args, many, none, type PluginSpec, type PropertySpec, type Say } from "./spec";
import { cidr, decimal, duration, integer, isAddress, listen, oneOf, unsigned, word } from "./values";

const count = (since?: string): PropertySpec => ({ args: args(1, 1, integer(0, undefined, "256")), ...(since ? { since } : {}) });

const positive: PropertySpec = { args: args(1, 1, integer(1, undefined, "256")) };

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

const timeout: PropertySpec = { args: args(1, 1, duration({ min: 1, max: 86_400, plain: true, example: "10s" })) };

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

/** Plugins for how CoreDNS listens and serves, by their setup.go in CoreDNS 1.14.7. */
export const serving: Readonly<Record<string, PluginSpec>> = {
  bind,
  bufsize: { since: "1.6.6", args: args(0, 1, integer(512, 4096, "1232")), block: "ignored", twice: "first" },
  cancel: { since: "1.5.0", args: args(0, 1, duration({ above: 0 })), block: "ignored", twice: "last" },
  debug: { args: none, block: "refused", twice: "all" },
  grpc_server: { since: "1.14.0", args: none, block: { max_streams: count(), max_connections: count() }, twice: "first" },
  https: { since: "1.14.0", args: none, block: { max_connections: count() }, twice: "first" },
  https3: { since: "1.14.0", args: none, block: { max_streams: count(), max_connections: count("1.14.7") }, twice: "first" },
  multisocket: { since: "1.12.0", args: args(0, 1, integer(1, 1024, "4")), block: "refused", twice: "refused" },
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
  shed: { since: "1.14.7", args: none, block: "refused", twice: "refused" },
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
};
