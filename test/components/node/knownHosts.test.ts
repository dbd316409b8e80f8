import { createHmac } from "node:crypto";
import { findHostKey } from "../../../components/node/knownHosts";

/** As `ssh-keygen -H` writes a name (sshd(8)): |1|salt|HMAC-SHA1(salt, name). */
function hashed(name: string): string {
  const salt = Buffer.from("12345678901234567890");
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

const file = [
  "# a comment",
  "",
  "10.100.0.20 ssh-rsa AAAArsa",
  "10.100.0.20 ecdsa-sha2-nistp256 AAAAecdsa",
  "10.100.0.20 ssh-ed25519 AAAAed25519 with a comment",
  "w1.example,10.100.0.21 ssh-ed25519 AAAAw1",
  "[10.100.0.22]:2222 ssh-ed25519 AAAAport",
  "fd00::23 ssh-ed25519 AAAAsix",
  "[fd00::23]:2222 ssh-ed25519 AAAAsixport",
  `${hashed("10.100.0.24")} ssh-ed25519 AAAAhashed`,
  `${hashed("[10.100.0.24]:2222")} ssh-ed25519 AAAAhashedport`,
  "@revoked 10.100.0.25 ssh-ed25519 AAAArevoked",
  "@cert-authority *.example ssh-ed25519 AAAAca",
  "10.100.0.26 ssh-dss AAAAdss",
  "10.100.0.27",
  "  10.100.0.28\tssh-ed25519   AAAAspaces  ",
  "10.100.0.29 ssh-ed25519 AAAAwindows\r",
].join("\n");

test.each([
  ["the strongest of several keys", "10.100.0.20", 22, "ssh-ed25519 AAAAed25519"],
  ["the second of several names", "10.100.0.21", 22, "ssh-ed25519 AAAAw1"],
  ["a name", "w1.example", 22, "ssh-ed25519 AAAAw1"],
  ["another port", "10.100.0.22", 2222, "ssh-ed25519 AAAAport"],
  ["a host that is known at another port only", "10.100.0.22", 22, undefined],
  ["a host that is known at port 22 only", "10.100.0.20", 2222, undefined],
  ["IPv6", "fd00::23", 22, "ssh-ed25519 AAAAsix"],
  ["IPv6 and another port", "fd00::23", 2222, "ssh-ed25519 AAAAsixport"],
  ["a hashed name", "10.100.0.24", 22, "ssh-ed25519 AAAAhashed"],
  ["a hashed name and another port", "10.100.0.24", 2222, "ssh-ed25519 AAAAhashedport"],
  ["a revoked key", "10.100.0.25", 22, undefined],
  ["a certificate authority", "w9.example", 22, undefined],
  ["a kind of key that is no longer used", "10.100.0.26", 22, undefined],
  ["a line without a key", "10.100.0.27", 22, undefined],
  ["blanks and tabs", "10.100.0.28", 22, "ssh-ed25519 AAAAspaces"],
  ["Windows line ends", "10.100.0.29", 22, "ssh-ed25519 AAAAwindows"],
  ["a part of a name", "10.100.0.2", 22, undefined],
  ["a host that isn't there", "10.100.0.99", 22, undefined],
])("%s", (_, host, port, key) => {
  expect(findHostKey(file, host, port)).toBe(key);
});

test("an empty file knows nobody", () => {
  expect(findHostKey("", "10.100.0.20", 22)).toBeUndefined();
});
