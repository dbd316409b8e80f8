import { createHmac } from "node:crypto";

/** Does a pattern list of known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT") name the host? Plain and hashed names; no wildcards. */
function names(patterns: string, name: string): boolean {
  if (!patterns.startsWith("|1|")) return patterns.split(",").includes(name);
  const [, , salt = "", hash = ""] = patterns.split("|");
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

/** Strongest first; a host may have several keys. */
const preference = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/** The host's key in an OpenSSH known_hosts file, as one authorized_keys line; undefined when it isn't there. Revoked and CA lines are passed over. */
export function findHostKey(knownHosts: string, host: string, port: number): string | undefined {
  const name = port === 22 ? host : `[${host}]:${port}`;
  const keys = knownHosts.split("\n").flatMap((line) => {
    const [patterns = "", type = "", key = ""] = line.trim().split(/\s+/);
    return preference.includes(type) && names(patterns, name) ? [{ type, key }] : [];
  });
  const [best] = keys.sort((a, b) => preference.indexOf(a.type) - preference.indexOf(b.type));
  return best && `${best.type} ${best.key}`;
}
