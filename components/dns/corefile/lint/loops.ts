import type { Problem } from "../expand";
import { parseUpstream, type Upstream, upstreamsOf } from "../plugins/forward";
import type { Stanza } from "../stanza";
import { isIn, parseKey, transports } from "../zones";
import type { ReadServer } from "./servers";

/** Upstreams that lead back to CoreDNS itself. */
export function loops(
  servers: readonly ReadServer[],
  { isCluster, resolvConf }: { readonly isCluster: boolean; readonly resolvConf?: string | undefined },
): Problem[] {
  return servers.flatMap((server) =>
    (server.stanzas.get("forward") ?? []).flatMap((stanza) =>
      upstreamsOf(stanza).flatMap(({ word, upstream }): Problem[] => {
        const found =
          upstream.form === "file"
            ? fromFile(upstream.host, server, stanza, servers, isCluster, resolvConf)
            : fromAddress(upstream, server, stanza, servers, isCluster);
        return found ? [{ ...found, at: word.at, plugin: "forward" }] : [];
      }),
    ),
  );
}

type Found = Pick<Problem, "severity" | "message" | "mend">;

const isLoopback = (host: string) => /^127\.|^::1$|^localhost$/.test(host);
const isAnywhere = (host: string) => /^0\.0\.0\.0$|^::$/.test(host);
const nodeResolver =
  "Give CoreDNS the node's real upstreams, for example forward . /run/systemd/resolve/resolv.conf as the kubelet's resolvConf, or their addresses.";

function fromAddress(
  upstream: Upstream,
  server: ReadServer,
  stanza: Stanza,
  all: readonly ReadServer[],
  isCluster: boolean,
): Found | undefined {
  const { host } = upstream;
  const port = upstream.port || transports[upstream.transport as keyof typeof transports] || "53";
  if (reaches({ ...upstream, port }, server, stanza, all)) {
    const message = `${host}${port === "53" ? "" : `:${port}`} is CoreDNS itself: it would ask itself without end.`;
    return { severity: "error", message, mend: host === "127.0.0.53" ? nodeResolver : "Write the address of another server." };
  }
  if (!isCluster || !(isLoopback(host) || isAnywhere(host)) || all.some(({ keys }) => keys.some(({ key }) => key.port === port)))
    return undefined;
  if (host === "127.0.0.53") {
    return {
      severity: "error",
      message: "127.0.0.53 is systemd-resolved on a node; in CoreDNS's pod nothing answers there.",
      mend: nodeResolver,
    };
  }
  const message = `${host} is CoreDNS's own pod; it only works with a server beside CoreDNS on port ${port}.`;
  return { severity: "warning", message, mend: "Write the address of the other server." };
}

/** Whether an upstream is this very server block, for a name that the stanza forwards. */
function reaches({ host, port, transport }: Upstream, server: ReadServer, stanza: Stanza, all: readonly ReadServer[]): boolean {
  const bound = stanzaWords(server, "bind");
  const listens =
    bound.length > 0 ? bound.includes(host) || (isAnywhere(host) && bound.some(isLoopback)) : isLoopback(host) || isAnywhere(host);
  if (!listens) return false;
  const [from] = stanza.args;
  const zone = from && !from.variable ? parseKey(from.text) : undefined;
  if (typeof zone !== "object") return false;
  const here = server.keys.filter(({ key }) => key.port === port && key.transport === transport);
  return here.some(({ key }) =>
    key.zones.some((own) => {
      const name = zone.zones.find((wanted) => isIn(wanted, own)) ?? (zone.zones.some((wanted) => isIn(own, wanted)) ? own : undefined);
      return name !== undefined && !all.some((other) => other !== server && nearer(other, name, own, port));
    }),
  );
}

const nearer = (other: ReadServer, name: string, own: string, port: string) =>
  other.keys.some(({ key }) => key.port === port && key.zones.some((zone) => isIn(name, zone) && zone.length > own.length));

const stanzaWords = (server: ReadServer, plugin: string) =>
  server.stanzas.get(plugin)?.flatMap(({ args }) => args.map(({ text }) => text)) ?? [];

function fromFile(
  file: string,
  server: ReadServer,
  stanza: Stanza,
  all: readonly ReadServer[],
  isCluster: boolean,
  resolvConf: string | undefined,
): Found | undefined {
  if (!/resolv\.conf$/.test(file) || resolvConf === undefined) return undefined;
  const servers = [...resolvConf.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, address = ""]) => address);
  if (servers.length === 0) {
    return {
      severity: "error",
      message: `The resolv.conf names no server, so ${file} gives forward none; CoreDNS doesn't start.`,
      mend: "Write the addresses of the upstreams here.",
    };
  }
  for (const address of servers) {
    const upstream = { ...parseUpstream(address), port: "53" };
    if (isCluster && (isLoopback(address) || isAnywhere(address))) {
      return {
        severity: "error",
        message: `The resolv.conf names ${address}, which in CoreDNS's pod is CoreDNS itself.`,
        mend: nodeResolver,
      };
    }
    if (reaches(upstream, server, stanza, all)) {
      return {
        severity: "error",
        message: `The resolv.conf names ${address}, which is CoreDNS itself.`,
        mend: "Write the addresses of the upstreams here.",
      };
    }
  }
  return undefined;
}
