import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UserError } from "../../core/finding";
import type { Stack, StackNode } from "../../core/stack/schema";
import { findHostKey } from "./knownHosts";

/** Where and how SSH reaches a host. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** One authorized_keys line. */
  readonly hostKey?: string;
}

export interface SshAccess extends SshTarget {
  readonly privateKey?: string;
  /** Path of the SSH agent's socket. */
  readonly agentSocketPath?: string;
  readonly bastion?: SshTarget;
}

/** A path of the stack file: relative to the folder of the file, `~` for the home folder. */
export function resolvePath(path: string, baseDirectory: string): string {
  if (path.startsWith("~/")) return join(homedir(), path.slice(2));
  return isAbsolute(path) ? path : join(baseDirectory, path);
}

export interface AccessOptions {
  /** The folder that relative paths start from: that of the stack file. */
  readonly baseDirectory: string;
  /** The decrypted `ssh.privateKey`, where the stack keeps it as a secret. */
  readonly privateKey?: string;
}

/** A file that may not exist yet: a stack must preview on a machine without keys and hosts. */
function optionalFile(path: string, baseDirectory: string): string | undefined {
  const full = resolvePath(path, baseDirectory);
  try {
    return readFileSync(full, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new UserError(`${full} can't be read (${code}).`);
  }
}

/**
 * Everything needed to dial a node. Keys that can't be found are left out; `requireComplete` says so in words.
 * @throws UserError for a file that is there and can't be read.
 */
export function sshAccess(stack: Stack, node: StackNode, options: AccessOptions): SshAccess {
  return accessTo(stack, { ...node.ssh, host: node.ssh.host ?? String(node.address[0]) }, options);
}

/** Everything needed to dial the host that plays the client in `verify`; undefined when the stack names none. */
export function outsideAccess(stack: Stack, options: AccessOptions): SshAccess | undefined {
  const { outside } = stack.verify;
  return outside && accessTo(stack, { host: outside.address, user: outside.user }, options);
}

/** @param target what is said of this host; the rest is that of `ssh`. */
function accessTo({ ssh }: Stack, target: Partial<SshTarget> & { host: string }, options: AccessOptions): SshAccess {
  const knownHosts = optionalFile(ssh.knownHosts, options.baseDirectory) ?? "";
  const complete = ({ host, port = ssh.port, user = ssh.user, hostKey }: typeof target): SshTarget => {
    const key = hostKey ?? findHostKey(knownHosts, host, port);
    return { host, port, user, ...(key ? { hostKey: key } : {}) };
  };
  const privateKey =
    options.privateKey ??
    (typeof ssh.privateKey === "string" ? ssh.privateKey : undefined) ??
    (ssh.privateKeyFile ? optionalFile(ssh.privateKeyFile, options.baseDirectory) : undefined);
  const agentSocketPath = ssh.agent ? process.env.SSH_AUTH_SOCK : undefined;
  const { bastion } = ssh;
  return {
    ...complete(target),
    ...(privateKey ? { privateKey } : {}),
    ...(agentSocketPath ? { agentSocketPath } : {}),
    // Its port has a default of its own.
    ...(bastion ? { bastion: complete(bastion) } : {}),
  };
}

/** What keeps a host from being dialled, in words; nothing when all is there. */
export function missingAccess(access: SshAccess, { ssh }: Stack): string[] {
  const noKey = (target: SshTarget) =>
    target.hostKey
      ? []
      : [
          `no host key for ${target.host} port ${target.port} in ${ssh.knownHosts}: run \`plumbline adopt\`, or \`ssh\` there once and compare the key.`,
        ];
  const noLogin = ssh.agent
    ? "ssh.agent is true, but SSH_AUTH_SOCK names no agent."
    : `the private key ${ssh.privateKeyFile ?? "(ssh.privateKey)"} can't be read.`;
  return [
    ...noKey(access),
    ...(access.bastion ? noKey(access.bastion) : []),
    ...(access.privateKey || access.agentSocketPath ? [] : [noLogin]),
  ];
}

/** @throws UserError naming everything that is missing, each problem once with the nodes that have it. */
export function requireComplete(stack: Stack, accesses: readonly { node: string; access: SshAccess }[]): void {
  const nodes = new Map<string, string[]>();
  for (const { node, access } of accesses) {
    for (const problem of missingAccess(access, stack)) nodes.set(problem, [...(nodes.get(problem) ?? []), node]);
  }
  if (nodes.size === 0) return;
  throw new UserError(
    [...nodes].map(([problem, which]) => `${which.length > 5 ? `${which.length} nodes` : which.join(", ")}: ${problem}`).join("\n"),
  );
}
