import { isAbsolute } from "node:path";
import { outsideAccess, type SshAccess, sshAccess } from "../../components/node/access";
import type { Finding, Path } from "../../core/finding";
import type { Stack } from "../../core/stack/schema";
import { bareKey, fingerprint, type ScannedKey, type ScanTarget, scanHostKeys } from "./hostKeys";

/** A host whose key the stack should know, and where in the stack it may stand. */
interface Subject extends ScanTarget {
  /** Absent for hosts whose key can stand in known_hosts only. */
  readonly keyPath?: Path;
  readonly path: Path;
}

/** A host key that was unknown so far. */
export interface NewKey {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly fingerprint: string;
  readonly keyPath?: Path;
}

export interface KeyReport {
  readonly keys: readonly NewKey[];
  readonly findings: readonly Finding[];
}

/** Asks the hosts of a stack, and its bastion, for their keys, and compares them with those that are known. */
export async function readHostKeys(stack: Stack, baseDirectory: string): Promise<KeyReport> {
  const subjects = stack.nodes.flatMap((node, index): Subject[] => {
    // A node that neither the stack nor the cluster has an address of.
    if (node.address.length === 0 && node.ssh.host === undefined) return [];
    const access = sshAccess(stack, node, { baseDirectory });
    return [{ ...access, name: node.name, path: ["nodes", index], keyPath: ["nodes", index, "ssh", "hostKey"] }];
  });
  const client = outsideHost(stack, baseDirectory);
  if (client) subjects.push(client);
  const bastion = bastionAccess(stack, baseDirectory);
  if (!bastion) return report(subjects, await scanHostKeys(subjects));
  const gate: Subject = { ...bastion, name: "bastion", path: ["ssh", "bastion"], keyPath: ["ssh", "bastion", "hostKey"] };
  const atGate = report([gate], await scanHostKeys([gate]));
  if (atGate.keys.length > 0 || atGate.findings.length > 0) {
    const message = "isn't known yet, so nothing was asked of the hosts behind it.";
    const behind: Finding = {
      severity: "warning",
      path: ["ssh", "bastion"],
      message,
      mend: "When its key is there, run `plumbline adopt` again.",
    };
    return { keys: atGate.keys, findings: [...atGate.findings, ...(atGate.keys.length > 0 ? [behind] : [])] };
  }
  return report(subjects, await scanHostKeys(subjects, bastion));
}

/** The bastion as a host to log in on. */
function bastionAccess(stack: Stack, baseDirectory: string): SshAccess | undefined {
  const [node] = stack.nodes;
  if (!stack.ssh.bastion || !node) return undefined;
  const { bastion, privateKey, agentSocketPath } = sshAccess(stack, node, { baseDirectory });
  return bastion && { ...bastion, ...(privateKey ? { privateKey } : {}), ...(agentSocketPath ? { agentSocketPath } : {}) };
}

/** The client of `plumbline verify`: its key can stand in known_hosts only. */
function outsideHost(stack: Stack, baseDirectory: string): Subject | undefined {
  const access = keepsKnownHosts(stack) ? outsideAccess(stack, { baseDirectory }) : undefined;
  return access && { ...access, name: stack.verify.outside?.name ?? "", path: ["verify", "outside"] };
}

/** A known_hosts file that is the project's own, and not the user's or the machine's: the stack names it by a relative path. */
export function keepsKnownHosts({ ssh }: Stack): boolean {
  return !ssh.knownHosts.startsWith("~") && !isAbsolute(ssh.knownHosts);
}

function report(subjects: readonly Subject[], scanned: readonly ScannedKey[]): KeyReport {
  const keys: NewKey[] = [];
  const findings: Finding[] = [];
  subjects.forEach(({ name, host, port, hostKey, path, keyPath }, index) => {
    const { offered, problem } = scanned[index] ?? {};
    const where = `${name} (${host} port ${port})`;
    if (offered === undefined)
      findings.push({
        severity: "warning",
        path,
        message: `the host key of ${where} wasn't read: ${problem}.`,
        mend: "Is the host up, and its SSH port reachable from here?",
      });
    else if (hostKey === undefined)
      keys.push({ name, host, port, key: offered, fingerprint: fingerprint(offered), ...(keyPath ? { keyPath } : {}) });
    else if (bareKey(hostKey) !== offered)
      findings.push({
        severity: "error",
        path: keyPath ?? path,
        message: `${where} offers the key ${fingerprint(offered)}, but ${fingerprint(hostKey)} is on record.`,
        mend: "Was the host made anew? Then take the old key off the record (the stack's hostKey, or ssh.knownHosts) and adopt again. Else somebody may be between you and the host.",
      });
  });
  return { keys, findings };
}
