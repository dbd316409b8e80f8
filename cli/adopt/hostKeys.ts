import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import type { SshAccess, SshTarget } from "../../components/node/access";

/** Milliseconds until a host has shown its key. */
const timeout = 10_000;
/** Connections at a time. */
const parallel = 16;

/** Host keys of these types, the best first; RSA keys sign with SHA-2. */
const algorithms: Record<string, ServerHostKeyAlgorithm[]> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** A host of the stack, or its bastion. */
export interface ScanTarget extends SshTarget {
  /** For messages: the node's name, or `bastion`. */
  readonly name: string;
}

export interface ScannedKey extends ScanTarget {
  /** What the host offers, as one authorized_keys line. */
  readonly offered?: string;
  /** Why there is no offer. */
  readonly problem?: string;
}

/** `SHA256:…`, as ssh-keygen -l shows it. */
export function fingerprint(key: string): string {
  const [, data = ""] = key.split(" ");
  return `SHA256:${createHash("sha256").update(Buffer.from(data, "base64")).digest("base64").replace(/=+$/, "")}`;
}

/** `ssh-ed25519 AAAA…` without a comment. */
export const bareKey = (key: string): string => key.split(" ").slice(0, 2).join(" ");

/**
 * Asks every target for its host key, as ssh-keyscan does: connects, takes the key, and leaves without a login. Of a host whose key is known the
 * key of that type is asked for, else the best that it has.
 * @param bastion the way to the targets; it is logged in at, once.
 */
export async function scanHostKeys(targets: readonly ScanTarget[], bastion?: SshAccess): Promise<ScannedKey[]> {
  let via: Client | undefined;
  try {
    via = bastion && (await logIn(bastion));
  } catch (error) {
    return targets.map((target) => ({ ...target, problem: `the bastion ${bastion?.host} doesn't let us through: ${reason(error)}` }));
  }
  try {
    const results: ScannedKey[] = [];
    const queue = targets.entries();
    const worker = async () => {
      for (const [index, target] of queue) results[index] = await scan(target, via);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    return results;
  } finally {
    via?.end();
  }
}

async function scan(target: ScanTarget, via: Client | undefined): Promise<ScannedKey> {
  try {
    return { ...target, offered: await offeredKey(target, via) };
  } catch (error) {
    return { ...target, problem: reason(error) };
  }
}

/** ssh2 rejects with Errors only. */
const reason = (error: unknown) => (error as Error).message;

async function offeredKey({ host, port, hostKey }: ScanTarget, via: Client | undefined): Promise<string> {
  const sock = via && (await forward(via, host, port));
  const [type = ""] = hostKey?.split(" ") ?? [];
  return new Promise((resolve, reject) => {
    const client = new Client();
    const config: ConnectConfig = {
      host,
      port,
      ...(sock ? { sock } : {}),
      username: "none",
      readyTimeout: timeout,
      algorithms: { serverHostKey: algorithms[type] ?? Object.values(algorithms).flat() },
      // The key is all we want: saying no ends the connection before any login.
      hostVerifier: (key: Buffer) => {
        resolve(keyLine(key));
        return false;
      },
    };
    client.on("error", reject).on("close", () => reject(new Error("closed the connection without showing a key")));
    client.connect(config);
  });
}

/** An SSH public key begins with the length and the name of its type (RFC 4253, 6.6). */
const keyLine = (key: Buffer) => `${key.toString("latin1", 4, 4 + key.readUInt32BE(0))} ${key.toString("base64")}`;

function forward(via: Client, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    via.forwardOut("127.0.0.1", 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

function logIn({ host, port, user, hostKey, privateKey, agentSocketPath }: SshAccess): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("ready", () => resolve(client)).on("error", reject);
    client.connect({
      host,
      port,
      username: user,
      ...(privateKey ? { privateKey } : {}),
      ...(agentSocketPath ? { agent: agentSocketPath } : {}),
      readyTimeout: timeout,
      algorithms: { serverHostKey: algorithms[hostKey?.split(" ")[0] ?? ""] ?? [] },
      hostVerifier: (key: Buffer) => hostKey !== undefined && keyLine(key) === bareKey(hostKey),
    });
  });
}
