import type { Duplex } from "node:stream";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { UserError } from "../../core/finding";
import type { SshAccess, SshTarget } from "./access";

/** What a command on a host left behind. */
export interface Outcome {
  /** The exit code; 255 when a signal ended the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What the command reads; nothing when absent. */
  readonly stdin?: string;
  /** Seconds until the command is given up. Default 60. */
  readonly timeout?: number;
  /** Gives the command up when it aborts. */
  readonly signal?: AbortSignal;
}

/** A host that we are logged in at. */
export interface Host {
  /**
   * Runs a shell command. Several may run at a time; sshd allows ten of them (MaxSessions).
   * @throws SshError when it doesn't end in time or the connection breaks; a command that fails throws nothing.
   */
  run(command: string, options?: RunOptions): Promise<Outcome>;
}

/** A host that can't be reached, isn't the one that it should be, or lets nobody in; also a command that hangs. */
export class SshError extends UserError {}

/** Seconds until a host has let us in. */
const dialTimeout = 10;

/**
 * Logs in at a host, through its bastion if it has one, and closes the connections when `use` is done.
 * Hosts are let show only the key that is known for them; one without a known key isn't dialled.
 */
export async function withHost<T>(access: SshAccess, use: (host: Host) => Promise<T>): Promise<T> {
  const open: Client[] = [];
  try {
    const { bastion } = access;
    let sock: Duplex | undefined;
    if (bastion) {
      const client = await logIn(bastion, access, open);
      sock = await forward(client, access, bastion);
    }
    const client = await logIn(access, access, open, sock);
    return await use({ run: (command, options = {}) => exec(client, access, command, options) });
  } finally {
    for (const client of open.reverse()) client.end();
  }
}

/** Logs in, runs one shell command, and leaves. @throws SshError */
export function run(access: SshAccess, command: string, options: RunOptions = {}): Promise<Outcome> {
  return withHost(access, (host) => host.run(command, options));
}

/** How hosts prove that they have a key. `ssh-rsa` names a key; hosts sign with it in newer ways (RFC 8332). */
function signatures(keyType: string): ServerHostKeyAlgorithm[] {
  return keyType === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [keyType as ServerHostKeyAlgorithm];
}

const place = ({ user, host, port }: SshTarget) => `${user}@${host}${port === 22 ? "" : ` port ${port}`}`;

function logIn(target: SshTarget, { privateKey, agentSocketPath }: SshAccess, open: Client[], sock?: Duplex): Promise<Client> {
  const [type, key] = target.hostKey?.split(" ") ?? [];
  if (!type || !key) {
    throw new SshError(
      `SSH to ${place(target)}: its host key isn't known. Run \`plumbline adopt\`, or \`ssh\` there once and compare the key.`,
    );
  }
  const expected = Buffer.from(key, "base64");
  return new Promise((resolve, reject) => {
    let isOther = false;
    const client = new Client();
    open.push(client);
    const config: ConnectConfig = {
      host: target.host,
      port: target.port,
      username: target.user,
      readyTimeout: dialTimeout * 1000,
      // A host has keys of several types: ask for the one that we can check.
      algorithms: { serverHostKey: signatures(type) },
      hostVerifier: (shown: Buffer) => {
        isOther = !expected.equals(shown);
        return !isOther;
      },
      ...(privateKey ? { privateKey } : agentSocketPath ? { agent: agentSocketPath } : {}),
      ...(sock ? { sock } : {}),
    };
    const fail = (reason: string) => reject(new SshError(`SSH to ${place(target)}: ${reason}`));
    client.on("ready", () => resolve(client));
    client.on("error", (error) => fail(isOther ? otherKey : explain(error)));
    client.on("close", () => fail("the host closed the connection."));
    try {
      client.connect(config);
    } catch (error) {
      // ssh2 reads the private key here.
      fail(`the private key can't be used: ${(error as Error).message}.`);
    }
  });
}

const otherKey =
  "the host shows another key than the known one. Somebody may listen in, or the host was set up anew; then remove the old key and run `plumbline adopt`.";

function explain(error: Error & { level?: string; code?: string }): string {
  switch (error.level) {
    case "client-timeout":
      return `no answer within ${dialTimeout} s. Is the host up, and does a firewall on the way let us in?`;
    case "client-authentication":
      return "the host accepts neither this user nor this key.";
    default:
      if (error.code === "ECONNREFUSED") return "connection refused: no SSH server listens there.";
      if (/no matching host key/i.test(error.message)) return "the host has no key of the known one's type. Run `plumbline adopt`.";
      return `${error.message}.`;
  }
}

function forward(bastion: Client, { host, port }: SshTarget, via: SshTarget): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      if (error) reject(new SshError(`SSH to ${host}: the bastion ${via.host} doesn't get there: ${error.message}.`));
      else resolve(stream);
    });
  });
}

function exec(client: Client, target: SshTarget, command: string, { stdin = "", timeout = 60, signal }: RunOptions): Promise<Outcome> {
  const limit = AbortSignal.timeout(timeout * 1000);
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new SshError(`SSH to ${place(target)}: ${reason}`));
    const broken = () => fail("the connection broke while a command ran.");
    const aborted = () => fail(limit.aborted ? `a command didn't end within ${timeout} s.` : "given up.");
    if (stop.aborted) return aborted();
    stop.addEventListener("abort", aborted);
    client.once("close", broken);
    client.exec(command, (error, channel) => {
      if (error) return fail(`a command can't be started: ${error.message}.`);
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      let code = 255;
      stop.addEventListener("abort", () => channel.close());
      channel.on("data", (data: Buffer) => stdout.push(data));
      channel.stderr.on("data", (data: Buffer) => stderr.push(data));
      channel.on("exit", (exitCode: number | null) => {
        code = exitCode ?? 255;
      });
      channel.on("close", () => {
        stop.removeEventListener("abort", aborted);
        client.removeListener("close", broken);
        resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
      });
      channel.end(stdin);
    });
  });
}
