import type { Word } from "../expand";
import type { Stanza } from "../stanza";
import { atLeast } from "../versions";
import { parseKey, splitTransport } from "../zones";
import { args, many, none, type PluginSpec, type Say, type Surroundings } from "./spec";
import {
  address,
  duration,
  integer,
  isAddress,
  isDomainName,
  type Kind,
  oneOf,
  responseCode,
  seconds,
  splitHostPort,
  unsigned,
  word,
} from "./values";

/** An upstream of `forward`, taken apart. */
export interface Upstream {
  readonly transport: string;
  /** An IP address, a file with addresses (resolv.conf), or a name that is looked up. */
  readonly form: "address" | "file" | "name";
  readonly host: string;
  /** "" where the protocol's own port is meant. */
  readonly port: string;
  /** Behind `%`: the TLS name of the server, or the interface of an IPv6 address. */
  readonly suffix: string;
}

/** `tls://9.9.9.9:853%dns.quad9.net` */
export function parseUpstream(text: string): Upstream {
  const { transport, rest } = splitTransport(text);
  const percent = rest.lastIndexOf("%");
  const tail = percent < 0 ? "" : rest.slice(percent + 1);
  const colon = tail.lastIndexOf(":");
  const plain = percent < 0 ? rest : `${rest.slice(0, percent)}${rest.startsWith("[") ? "]" : ""}${colon < 0 ? "" : tail.slice(colon)}`;
  const suffix = (colon < 0 ? tail : tail.slice(0, colon)).replace(/\]$/, "");
  const parts = splitHostPort(plain);
  const host = (parts?.host ?? plain).replace(/^\[|\]$/g, "");
  const form = isAddress(host) ? "address" : /[/\\]/.test(rest) ? "file" : "name";
  return { transport, form, host: form === "file" ? rest : host, port: parts?.port ?? "", suffix };
}

const from: Kind = {
  what: "a zone",
  example: ".",
  refuses: (text) => {
    const key = parseKey(text);
    return typeof key === "string" ? key : undefined;
  },
};

/** A server of `grpc`: names aren't looked up. */
export const grpcServer: Kind = {
  what: "the IP address of a server",
  example: "10.0.0.53:443",
  refuses: (text) => (parseUpstream(text).form === "name" ? "that is no IP address; CoreDNS doesn't look names up here" : undefined),
};

const to: Kind = {
  what: "the address of a server, or a resolv.conf",
  example: "10.0.0.53",
  refuses: (text) => {
    const { transport, form, host, port } = parseUpstream(text);
    if (/^[a-z0-9]+:\/\//.test(text) && transport === "dns" && !text.startsWith("dns://"))
      return `CoreDNS doesn't know ${text.slice(0, text.indexOf(":"))}://`;
    if (!["dns", "tls", "https"].includes(transport)) return `forward doesn't speak ${transport}`;
    if (text === `${transport}://`) return "the address is missing";
    if (transport === "https" && form === "file") return "a DoH address has no path; CoreDNS asks for /dns-query";
    if (port !== "" && !(/^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65536)) return `there is no port ${port}`;
    if (form === "name" && /^\d[\d.]*$/.test(host)) return "that is no IP address";
    if (form === "name" && !isDomainName(host)) return "that is neither an address nor a name";
    return undefined;
  },
};

const fails = { args: args(1, 1, unsigned(32)), reads: 1 };
const span = (limits: Parameters<typeof duration>[0]) => ({ args: args(1, 1, duration(limits)), reads: 1 });
const flag = { args: none };

/** plugin/forward/setup.go of CoreDNS 1.14.7; what older versions had, from theirs. */
export const forward: PluginSpec = {
  args: args(2, many, from, to),
  twice: "all",
  twiceSince: "1.9.4",
  block: {
    except: { args: args(1, many, word("a zone", "corp.example")) },
    max_fails: fails,
    max_connect_attempts: { ...fails, since: "1.13.2" },
    health_check: { args: args(1, many, duration({ min: 0 }), word("no_rec or domain", "no_rec")) },
    force_tcp: flag,
    prefer_udp: flag,
    tls: { args: args(0, 3, word("a file", "ca.pem")) },
    tls_servername: { args: args(1, 1, word("a name", "dns.quad9.net")), reads: 1 },
    expire: span({ min: 0, example: "10s" }),
    max_age: { ...span({ min: 0 }), since: "1.14.3" },
    max_idle_conns: { args: args(1, 1, integer(0)), reads: 1, since: "1.14.1" },
    read_timeout: { ...span({ above: 0 }), since: "1.14.6" },
    doh_method: { args: args(1, 1, oneOf(["POST", "GET"])), reads: 1, since: "1.14.6" },
    policy: { args: args(1, 1, oneOf(["random", "round_robin", "sequential"])), reads: 1 },
    max_concurrent: { args: args(1, 1, integer(0, Number.MAX_SAFE_INTEGER, "1000")), reads: 1, since: "1.6.9" },
    next: { args: args(1, many, responseCode({ anyCase: true })), since: "1.11.4" },
    next_on_nodata: { ...flag, since: "1.14.4" },
    failfast_all_unhealthy_upstreams: { ...flag, since: "1.12.1" },
    failover: { args: args(1, many, responseCode({ anyCase: true })), since: "1.13.0" },
    resolver: { args: args(1, many, address), since: "1.14.4" },
    source_address: { args: args(1, 1, address), reads: 1, since: "1.14.6" },
  },
  check: (stanza, say, around) => {
    upstreams(stanza, say, around);
    tlsNames(stanza, say);
    properties(stanza, say);
  },
};

/** The upstreams of a stanza with the words that name them. */
export const upstreamsOf = (stanza: Stanza): { word: Word; upstream: Upstream }[] =>
  stanza.args.slice(1).flatMap((word) => (word.variable ? [] : [{ word, upstream: parseUpstream(word.text) }]));

const most = 15;

function upstreams(stanza: Stanza, say: Say, { version }: Surroundings): void {
  const seen = new Map<string, Word>();
  for (const { word, upstream } of upstreamsOf(stanza)) {
    if (upstream.form === "name" && to.refuses(word.text) === undefined) lookedUp(word, upstream, stanza, version, say);
    if (upstream.transport === "https" && !atLeast(version, "1.14.6")) {
      say("error", word, `forward speaks DNS over HTTPS from CoreDNS 1.14.6 on, not in ${version}.`, "Write tls:// for DNS over TLS.");
    }
    const same = seen.get(word.text);
    if (same) say("warning", word, `${word.text} is there twice; CoreDNS asks it once.`, "Remove one.");
    seen.set(word.text, word);
  }
  const extra = stanza.args[most + 1];
  if (extra)
    say("error", extra, `forward takes at most ${most} upstreams.`, "Remove those that answer the same, or use a resolver in between.");
  const [zone] = stanza.args;
  const key = zone && !zone.variable ? parseKey(zone.text) : undefined;
  if (zone && typeof key === "object" && key.zones.length > 1) {
    const message = `${zone.text} is ${key.zones.length} reverse zones; forward only takes the first, ${key.zones[0]}`;
    say("warning", zone, message, "Write a server block for the range, with forward . in it.");
  }
  if (zone?.text.includes(":") && typeof key === "object" && /:\d+$/.test(zone.text)) {
    say(
      "warning",
      zone,
      `forward takes a zone here; the port in ${zone.text} does nothing.`,
      `Write the port behind the upstream, and here ${zone.text.replace(/:\d+$/, "")}.`,
    );
  }
}

function lookedUp(word: Word, upstream: Upstream, stanza: Stanza, version: string, say: Say): void {
  if (!atLeast(version, "1.14.4")) {
    say(
      "error",
      word,
      `${word.text} is neither an IP address nor a file; CoreDNS before 1.14.4 looks no names up.`,
      "Write the server's IP address.",
    );
    return;
  }
  if (upstream.host === "localhost" || stanza.properties.some(({ name }) => name.text === "resolver")) return;
  const message = `${word.text} is looked up once, when CoreDNS starts; without an answer it doesn't start.`;
  say("warning", word, message, "Write the server's IP address.");
}

function tlsNames(stanza: Stanza, say: Say): void {
  const all = upstreamsOf(stanza);
  const serverName = stanza.properties.find(({ name }) => name.text === "tls_servername");
  const [named] = all.filter(({ upstream }) => upstream.transport === "tls" && upstream.suffix !== "");
  if (serverName && named) {
    say("error", named.word, `${named.word.text} names its server itself, and tls_servername does too.`, "Keep one of the two.");
  }
  const encrypted = all.filter(({ upstream }) => upstream.transport === "tls" || upstream.transport === "https");
  const [tls] = stanza.properties.filter(({ name }) => name.text === "tls" || name.text === "tls_servername");
  if (tls && encrypted.length === 0 && all.length > 0 && all.length === stanza.args.length - 1) {
    const [first] = all;
    say(
      "warning",
      tls.name,
      `${tls.name.text} does nothing: no upstream begins with tls://.`,
      `Write: tls://${first?.word.text.replace(/^dns:\/\//, "")}`,
    );
  }
  const [unnamed] = encrypted.filter(({ upstream }) => upstream.transport === "tls" && upstream.suffix === "");
  if (unnamed && !serverName) {
    say(
      "warning",
      unnamed.word,
      `Without tls_servername CoreDNS wants the IP address ${unnamed.upstream.host} in the server's certificate.`,
      "Write for example: tls_servername dns.quad9.net",
    );
  }
}

function properties(stanza: Stanza, say: Say): void {
  const find = (wanted: string) => stanza.properties.find(({ name }) => name.text === wanted);
  const health = find("health_check");
  const [, ...options] = health?.args ?? [];
  for (let index = 0; index < options.length; index++) {
    const option = options[index] as Word;
    if (option.variable) continue;
    if (option.text === "domain" && !options[++index])
      say("error", option, "domain wants a name behind it.", "Write for example: domain example.org");
    if (!["no_rec", "domain"].includes(option.text))
      say("error", option, `health_check knows no ${JSON.stringify(option.text)}.`, "It takes: no_rec, domain NAME.");
  }
  const noError = find("failover")?.args.find(({ text }) => text.toUpperCase() === "NOERROR");
  if (noError)
    say("error", noError, "failover can't have NOERROR: that is an answer.", "Write the codes of failures, for example SERVFAIL REFUSED.");
  const age = find("max_age")?.args[0];
  const ageSeconds = seconds(age?.text ?? "");
  const expire = seconds(find("expire")?.args[0]?.text ?? "10s") ?? 10;
  if (age && ageSeconds !== undefined && ageSeconds > 0 && ageSeconds < expire) {
    say("error", age, `max_age ${age.text} is shorter than expire (${expire}s).`, `Write max_age ${expire}s or more.`);
  }
  const [tcp, udp] = [find("force_tcp"), find("prefer_udp")];
  if (tcp && udp) say("warning", udp.name, "prefer_udp does nothing beside force_tcp.", "Keep one of the two.");
  const fails = find("max_fails");
  if (fails?.args[0]?.text === "0") {
    say(
      "info",
      fails.name,
      "max_fails 0: an upstream is asked even while it doesn't answer.",
      "Write max_fails 2 (the default) to leave it out then.",
    );
  }
  const concurrent = find("max_concurrent")?.args[0];
  if (concurrent && /^\d+$/.test(concurrent.text) && Number(concurrent.text) > 0 && Number(concurrent.text) < 100) {
    say(
      "warning",
      concurrent,
      `max_concurrent ${concurrent.text}: CoreDNS answers REFUSED to every further query at the same time.`,
      "Write max_concurrent 1000, kubeadm's value.",
    );
  }
}
