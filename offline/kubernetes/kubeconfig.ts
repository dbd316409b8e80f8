import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { parse, YAMLParseError } from "yaml";

/** How to reach one cluster as one user. */
export interface Connection {
  /** The API server's URL, without a trailing slash. */
  server: string;
  /** The certificate authority that signed the server's certificate; absent: the system's. */
  ca?: Buffer;
  /** The name to expect in the server's certificate, where it differs from the URL's host. */
  serverName?: string;
  insecure: boolean;
  /** The user's client certificate and key. */
  cert?: Buffer;
  key?: Buffer;
  token?: string;
  /** The namespace of objects that name none. */
  namespace: string;
}

/** Which of a kubeconfig's entries to use; absent: what the kubeconfig itself says. */
export interface Overrides {
  context?: string;
  cluster?: string;
  namespace?: string;
}

interface ClusterEntry {
  server?: string;
  "certificate-authority"?: string;
  "certificate-authority-data"?: string;
  "insecure-skip-tls-verify"?: boolean;
  "tls-server-name"?: string;
  "proxy-url"?: string;
}

interface UserEntry {
  "client-certificate"?: string;
  "client-certificate-data"?: string;
  "client-key"?: string;
  "client-key-data"?: string;
  token?: string;
  tokenFile?: string;
  exec?: unknown;
  "auth-provider"?: unknown;
  username?: string;
}

interface Kubeconfig {
  clusters?: { name: string; cluster?: ClusterEntry }[];
  users?: { name: string; user?: UserEntry }[];
  contexts?: { name: string; context?: { cluster?: string; user?: string; namespace?: string } }[];
  "current-context"?: string;
}

/** Reads a kubeconfig given as text or as the path of a file; absent: `$KUBECONFIG`, then `~/.kube/config`. Throws on what it can't use. */
export function connect(textOrPath: string | undefined, overrides: Overrides): Connection {
  const source = textOrPath || defaultPath();
  const config = readKubeconfig(source);
  if (config instanceof Error) throw config;
  const folder = isFile(source) ? dirname(pathIn(source)) : process.cwd();
  const { cluster, user, namespace } = select(config, overrides);
  if (!cluster.server) throw new Error("kubeconfig: the cluster has no `server`");
  if (!URL.canParse(cluster.server)) throw new Error(`kubeconfig: the cluster's server ${JSON.stringify(cluster.server)} is not a URL`);
  refuseUnsupported(cluster, user);
  const bytes = (data: string | undefined, path: string | undefined) => {
    if (data !== undefined) return Buffer.from(data, "base64");
    return path === undefined ? undefined : readFileSync(isAbsolute(path) ? path : join(folder, path));
  };
  return {
    server: cluster.server.replace(/\/+$/, ""),
    ca: bytes(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    serverName: cluster["tls-server-name"],
    insecure: cluster["insecure-skip-tls-verify"] ?? false,
    cert: bytes(user["client-certificate-data"], user["client-certificate"]),
    key: bytes(user["client-key-data"], user["client-key"]),
    token: user.token ?? bytes(undefined, user.tokenFile)?.toString().trim(),
    namespace: overrides.namespace || namespace || "default",
  };
}

/**
 * What identifies the cluster that a kubeconfig leads to: a text that is the same for the same cluster entry. Undefined where there is none,
 * be it that the kubeconfig is missing or that it can't be read; who needs the cluster will say why.
 */
export function clusterIdentity(textOrPath: string | undefined, overrides: Overrides): string | undefined {
  if (textOrPath === undefined) return undefined;
  const config = readKubeconfig(textOrPath);
  if (config instanceof Error) return undefined;
  const { clusterName } = contextOf(config, overrides);
  const entry = config.clusters?.find(({ name }) => name === clusterName)?.cluster;
  return entry && JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function defaultPath(): string {
  const path = process.env.KUBECONFIG || join(homedir(), ".kube", "config");
  if (!existsSync(path)) throw new Error(`kubeconfig: none given, and there is no ${path}`);
  return path;
}

const pathIn = (textOrPath: string) => textOrPath.replace(/^~(?=\/)/, homedir());

const isFile = (textOrPath: string) => !textOrPath.includes("\n") && existsSync(pathIn(textOrPath));

function readKubeconfig(textOrPath: string): Kubeconfig | Error {
  const file = isFile(textOrPath);
  let config: unknown;
  try {
    config = parse(file ? readFileSync(pathIn(textOrPath), "utf8") : textOrPath);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    // Not the parser's message: it quotes the offending lines, and those may hold a key.
    return new Error(`kubeconfig: not valid YAML at line ${error.linePos?.[0].line ?? "?"} (${error.code})`);
  }
  if (typeof config === "object" && config !== null) return config;
  return new Error(
    file ? `kubeconfig: ${textOrPath} holds none` : "kubeconfig: neither the text of a kubeconfig nor the path of an existing file",
  );
}

function contextOf(config: Kubeconfig, overrides: Overrides) {
  const name = overrides.context || config["current-context"];
  const context = config.contexts?.find((entry) => entry.name === name)?.context;
  return { name, context, clusterName: overrides.cluster || context?.cluster };
}

function select(config: Kubeconfig, overrides: Overrides): { cluster: ClusterEntry; user: UserEntry; namespace?: string } {
  const { name, context, clusterName } = contextOf(config, overrides);
  if (!context) throw new Error(name ? `kubeconfig: there is no context ${JSON.stringify(name)}` : "kubeconfig: no current-context");
  const cluster = config.clusters?.find((entry) => entry.name === clusterName)?.cluster;
  if (!cluster)
    throw new Error(`kubeconfig: there is no cluster ${JSON.stringify(clusterName)}, which context ${JSON.stringify(name)} names`);
  const user = config.users?.find((entry) => entry.name === context.user)?.user ?? {};
  return { cluster, user, namespace: context.namespace };
}

/** Better a clear refusal than "Unauthorized". */
function refuseUnsupported(cluster: ClusterEntry, user: UserEntry): void {
  const found = cluster["proxy-url"]
    ? "proxy-url"
    : (["exec", "auth-provider", "username"] as const).find((key) => user[key] !== undefined);
  if (found) {
    throw new Error(
      `kubeconfig: \`${found}\` is not supported here; use a client certificate or a token, or the official kubernetes plugin`,
    );
  }
}
