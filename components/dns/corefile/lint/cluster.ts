import type { Problem, Word } from "../expand";
import { upstreamsOf } from "../plugins/forward";
import { splitHostPort } from "../plugins/values";
import type { Stanza } from "../stanza";
import { atLeast } from "../versions";
import type { ReadServer } from "./servers";

export interface ClusterOptions {
  /** Whether this is the Corefile of a cluster's DNS. */
  readonly isCluster: boolean;
  readonly version: string;
}

const stanzasOf = (servers: readonly ReadServer[], plugin: string) => servers.flatMap(({ stanzas }) => stanzas.get(plugin) ?? []);
const start: Problem["at"] = { line: 1, column: 1 };

/** What a cluster's Corefile should have: kubeadm's manifests probe health and ready, and a loop takes all of DNS down. */
export function missing(servers: readonly ReadServer[], { isCluster, version }: ClusterOptions): Problem[] {
  if (!isCluster || servers.length === 0 || servers.some(({ hasMore }) => hasMore)) return [];
  const own = servers.find(({ stanzas }) => stanzas.has("kubernetes"));
  if (!own) {
    const at = servers[0]?.server.keys[0]?.at ?? start;
    const message = "No server block has kubernetes, so no name of a Service is answered.";
    return [
      {
        severity: "warning",
        at,
        plugin: "kubernetes",
        message,
        mend: "Write: kubernetes cluster.local in-addr.arpa ip6.arpa { pods insecure … }",
      },
    ];
  }
  const at = own.server.keys[0]?.at ?? start;
  const problems: Problem[] = [];
  const lacks = (plugin: string) => stanzasOf(servers, plugin).length === 0;
  const say = (plugin: string, severity: Problem["severity"], message: string, mend = `Write a line: ${plugin}`) =>
    problems.push({ severity, at, plugin, message, mend });
  if (lacks("health"))
    say(
      "health",
      "warning",
      "health is missing: the liveness probe of kubeadm's Deployment asks it, and Kubernetes restarts the pod.",
      "Write: health { lameduck 5s }, on three lines",
    );
  if (lacks("ready") && atLeast(version, "1.5.0"))
    say("ready", "warning", "ready is missing: the readiness probe of kubeadm's Deployment asks it, and no query comes to the pod.");
  if (!own.stanzas.has("errors")) say("errors", "info", "errors is missing: what goes wrong isn't in the log.");
  if (lacks("reload")) say("reload", "info", "reload is missing: a changed ConfigMap only counts after a restart.");
  const upstreams = (own.stanzas.get("forward") ?? []).flatMap(upstreamsOf);
  if (upstreams.length > 0 && lacks("loop")) {
    const risky = upstreams.some(({ upstream }) => upstream.form === "file");
    say("loop", risky ? "warning" : "info", "loop is missing: when an upstream leads back here, CoreDNS eats memory instead of saying so.");
  }
  return problems;
}

/** Plugins that need another in their server block. */
export function companions({ keys, stanzas, hasMore }: ReadServer): Problem[] {
  if (hasMore) return [];
  const problems: Problem[] = [];
  const kubernetes = stanzas.get("kubernetes");
  const external = stanzas.get("k8s_external")?.[0];
  if (external && !kubernetes) {
    problems.push({
      severity: "error",
      at: external.name.at,
      plugin: "k8s_external",
      message: "k8s_external needs kubernetes in the same server block.",
      mend: "Write kubernetes cluster.local beside it.",
    });
  }
  if (!stanzas.has("tls")) problems.push(...keys.flatMap(({ word, key }) => unencrypted(word, key.transport)));
  for (const { args } of stanzas.get("autopath") ?? []) problems.push(...autopath(args.at(-1), kubernetes?.[0], stanzas));
  return problems;
}

function unencrypted(word: Word, transport: string): Problem[] {
  const mend = "Write: tls cert.pem key.pem";
  if (transport === "quic" || transport === "https3")
    return [
      {
        severity: "error",
        at: word.at,
        plugin: "tls",
        message: `${transport}:// needs tls in its server block; CoreDNS doesn't start.`,
        mend,
      },
    ];
  if (transport !== "tls" && transport !== "https") return [];
  return [{ severity: "warning", at: word.at, plugin: "tls", message: `Without tls CoreDNS serves ${transport}:// unencrypted.`, mend }];
}

function autopath(source: Word | undefined, kubernetes: Stanza | undefined, stanzas: ReadServer["stanzas"]): Problem[] {
  if (!source || source.variable || !source.text.startsWith("@")) return [];
  const plugin = source.text.slice(1);
  const at = { at: source.at, plugin: "autopath" };
  if (plugin !== "kubernetes" && plugin !== "erratic") {
    if (!stanzas.has(plugin))
      return [{ ...at, severity: "warning", message: `autopath does nothing: there is no ${plugin} here.`, mend: "Write @kubernetes." }];
    return [
      { ...at, severity: "error", message: `${plugin} gives autopath no search path; CoreDNS doesn't start.`, mend: "Write @kubernetes." },
    ];
  }
  if (plugin === "erratic") return [];
  if (!kubernetes)
    return [
      {
        ...at,
        severity: "warning",
        message: "autopath does nothing: there is no kubernetes in this server block.",
        mend: "Write kubernetes cluster.local beside it.",
      },
    ];
  const pods = kubernetes.properties.find(({ name }) => name.text === "pods")?.args[0]?.text ?? "disabled";
  if (pods === "verified") return [];
  return [
    {
      ...at,
      severity: "warning",
      message: `autopath does nothing with pods ${pods}: it has to know a pod by its address.`,
      mend: "Write pods verified in the block of kubernetes.",
    },
  ];
}

const defaults: Readonly<Record<string, string>> = {
  health: ":8080",
  ready: ":8181",
  prometheus: "localhost:9153",
  pprof: "localhost:6053",
};

/** HTTP servers of different plugins on one port: both start (SO_REUSEPORT), and the kernel gives each a part of the requests. */
export function ports(servers: readonly ReadServer[], { isCluster }: ClusterOptions): Problem[] {
  const problems: Problem[] = [];
  const seen: { plugin: string; port: string; host: string; word: Word; server: ReadServer }[] = [];
  for (const server of servers) {
    for (const [plugin, address] of Object.entries(defaults)) {
      for (const { name, args } of server.stanzas.get(plugin) ?? []) {
        const word = args[0] ?? name;
        if (word.variable) continue;
        const { host = "", port = "" } = splitHostPort(args[0]?.text ?? address) ?? {};
        if (port === "" || port === "0") continue;
        const other = seen.find((one) => one.port === port && overlap(one.host, host) && (one.plugin !== plugin || plugin === "health"));
        if (other) problems.push(clash(plugin, port, word, other));
        const dns = servers.flatMap(({ keys }) => keys).find(({ key }) => key.port === port);
        if (dns)
          problems.push({
            severity: "error",
            at: word.at,
            plugin,
            message: `${plugin} listens on port ${port}, as the server block on line ${dns.word.at.line} does.`,
            mend: "Give it another port.",
          });
        seen.push({ plugin, port, host, word, server });
        if (plugin === "prometheus" && isCluster && /^(?:localhost|127\.|\[?::1)/.test(host)) {
          problems.push({
            severity: "info",
            at: word.at,
            plugin,
            message: "prometheus listens on loopback: nobody outside the pod can read the metrics.",
            mend: "Write: prometheus :9153",
          });
        }
      }
    }
  }
  return problems;
}

const overlap = (a: string, b: string) => a === b || [a, b].some((host) => ["", "0.0.0.0", "::"].includes(host));

function clash(plugin: string, port: string, word: Word, other: { plugin: string; word: Word }): Problem {
  const where = `on line ${other.word.at.line}`;
  if (plugin === other.plugin) {
    return {
      severity: "warning",
      at: word.at,
      plugin,
      message: `health is on port ${port} already, ${where}; it speaks for all of CoreDNS.`,
      mend: "Keep one health.",
    };
  }
  const message = `${plugin} listens on port ${port}, as ${other.plugin} ${where} does: each gets a part of the requests.`;
  return { severity: "error", at: word.at, plugin, message, mend: `Give it another port: ${plugin} ${defaults[plugin]}` };
}
