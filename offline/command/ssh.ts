import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { getSystemErrorMap } from "node:util";
import { type AnyAuthMethod, Client, type ConnectConfig, type ParsedKey, type ServerHostKeyAlgorithm, utils } from "ssh2";
import type { Endpoint } from "./connection";

/** Everything that a dial needs, made and checked before the first one. */
export interface Login {
  readonly endpoint: Endpoint;
  readonly config: ConnectConfig;
  /** The key that the host has to show; any key where it isn't given. */
  readonly hostKey: Buffer | undefined;
}

/** Reads the keys of an endpoint; a bad one fails here, without a dial. */
export function prepare(endpoint: Endpoint): Login {
  const { host, port, user, privateKey, hostKey } = endpoint;
  const key = hostKey === undefined ? undefined : parseKey(hostKey, undefined, "hostKey");
  if (privateKey !== undefined) parseKey(privateKey, endpoint.privateKeyPassword, "privateKey");
  const config: ConnectConfig = {
    host,
    port,
    username: user,
    readyTimeout: endpoint.perDialTimeout * 1000,
    authHandler: authentication(endpoint),
    // A host has keys of several types; ask for the one that we can check.
    algorithms: key === undefined ? undefined : { serverHostKey: signatures(key) },
  };
  return { endpoint, config, hostKey: key?.getPublicSSH() };
}

function parseKey(text: string, password: string | undefined, name: string): ParsedKey {
  const parsed = utils.parseKey(text, password);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) {
    throw new Error(`ssh: the connection's ${name} can't be read: ${key?.message ?? "no key found"}`);
  }
  return key;
}

// `ssh-rsa` names a key; hosts sign with it in newer ways too.
function signatures(key: ParsedKey): ServerHostKeyAlgorithm[] {
  return key.type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [key.type as ServerHostKeyAlgorithm];
}

/** The ways to log in, in the order in which they are tried. The agent is asked only where no private key is given. */
function authentication(endpoint: Endpoint): AnyAuthMethod[] {
  const { user: username, privateKey, privateKeyPassword, password, agentSocketPath } = endpoint;
  const methods: AnyAuthMethod[] = [{ type: "none", username }];
  if (privateKey !== undefined) methods.push({ type: "publickey", username, key: privateKey, passphrase: privateKeyPassword });
  else if (agentSocketPath !== undefined) methods.push({ type: "agent", username, agent: agentSocketPath });
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    const answer = (questions: readonly unknown[]) => questions.map(() => password);
    methods.push({ type: "keyboard-interactive", username, prompt: (_name, _text, _language, prompts, finish) => finish(answer(prompts)) });
  }
  return methods;
}

/** Dials once: connects, over the given stream if there is one, checks the host's key and logs in. */
export function connect(login: Login, signal: AbortSignal, sock?: Duplex): Promise<Client> {
  const { endpoint, config, hostKey } = login;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const client = new Client();
    let mismatch: string | undefined;
    const hostVerifier = (shown: Buffer) => {
      if (hostKey === undefined || hostKey.equals(shown)) return true;
      mismatch = `ssh: host key mismatch: expected ${fingerprint(hostKey)}, the host showed ${fingerprint(shown)}`;
      return false;
    };
    // Only the dial is given up: a command that runs on the host is let finish, so that its outcome gets recorded.
    const abort = () => client.destroy();
    signal.addEventListener("abort", abort);
    client.on("close", () => {
      signal.removeEventListener("abort", abort);
      reject(new Error(`ssh: handshake failed: ${address(endpoint)} closed the connection`));
    });
    client.on("error", (error) => reject(new Error(mismatch ? `ssh: handshake failed: ${mismatch}` : describe(error, endpoint))));
    client.on("ready", () => {
      signal.removeEventListener("abort", abort);
      resolve(client);
    });
    client.connect({ ...config, hostVerifier, sock });
  });
}

/** A stream from the bastion to the host's SSH port. */
export function forward(bastion: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      if (error) reject(new Error(`ssh: rejected: ${error.message}`));
      else resolve(stream);
    });
  });
}

function describe(error: Error & { level?: string; errno?: number; syscall?: string }, endpoint: Endpoint): string {
  switch (error.level) {
    case "client-socket": {
      const [, text] = getSystemErrorMap().get(error.errno ?? 0) ?? [];
      return `dial tcp ${address(endpoint)}: ${text === undefined ? error.message : `${error.syscall}: ${text}`}`;
    }
    case "client-timeout":
      return `dial tcp ${address(endpoint)}: i/o timeout after ${endpoint.perDialTimeout} s`;
    case "client-authentication":
      return `ssh: handshake failed: ssh: unable to authenticate as ${endpoint.user}: the host accepted none of the key, agent and password given`;
    default:
      return `ssh: handshake failed: ${error.message}`;
  }
}

function address({ host, port }: Endpoint): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
