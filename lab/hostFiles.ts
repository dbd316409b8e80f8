import { randomBytes } from "node:crypto";
import { chownSync, copyFileSync, linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import path from "node:path";
import type { Programs } from "./programs";
import type { Lab, LabHost } from "./topology";
import { loginUser } from "./topology";

/** A file on a host: where, and what is in it. */
export interface HostFile {
  readonly path: string;
  readonly content: string;
}

/** What makes this host out of the common base: its name, its addresses, and whom it asks for names. */
export function identityFiles(lab: Lab, host: LabHost, hosts: readonly LabHost[]): HostFile[] {
  const addresses = ({ address, ipv6 }: LabHost) => [address, ...(ipv6 ? [ipv6.address] : [])];
  const names = hosts.flatMap((each) => addresses(each).map((address) => `${address} ${each.name}\n`)).join("");
  const ipv4 = (address: string) => `Address=${address}/${lab.prefixLength}\nGateway=${lab.gateway}\n`;
  const ipv6 = (address: string) => `Address=${address}/64\nGateway=${lab.address6(1)}\nIPv6AcceptRA=no\n`;
  const lan = addresses(host).map((address) => (isIPv6(address) ? ipv6 : ipv4)(address));
  const client = hosts.find((each) => each.role === "client");
  return [
    { path: "/etc/hostname", content: `${host.name}\n` },
    { path: "/etc/hosts", content: `127.0.0.1 localhost\n::1 localhost\n${names}` },
    { path: "/etc/machine-id", content: `${randomBytes(16).toString("hex")}\n` },
    { path: "/etc/resolv.conf", content: client ? `nameserver ${client.address}\n` : "" },
    {
      path: "/etc/systemd/network/10-lan.network",
      content: `[Match]
Name=host0

[Network]
${lan.join("")}LinkLocalAddressing=${addresses(host).some(isIPv6) ? "ipv6" : "no"}
KeepConfiguration=yes
`,
    },
  ];
}

/** Writes files below a host's root. */
export function writeHostFiles(root: string, files: readonly HostFile[]): void {
  for (const file of files) {
    const target = path.join(root, file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, file.content);
  }
}

/** Lets the holder of the lab's key in, and gives the host its own host keys from a folder of `ssh-keygen`'s making. */
export function installKeys(root: string, authorizedKey: string, hostKeys: string, types: readonly string[]): void {
  const home = path.join(root, "home", loginUser);
  const { uid, gid } = statSync(home);
  const folder = path.join(home, ".ssh");
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(path.join(folder, "authorized_keys"), authorizedKey, { mode: 0o600 });
  for (const created of [folder, path.join(folder, "authorized_keys")]) chownSync(created, uid, gid);
  for (const type of types) {
    for (const suffix of ["", ".pub"]) {
      const name = `ssh_host_${type}_key${suffix}`;
      copyFileSync(path.join(hostKeys, name), path.join(root, "etc/ssh", name));
    }
  }
}

/** As `systemctl enable` does for units that multi-user.target wants. */
export function enableUnits(root: string, units: readonly string[]): void {
  const wants = path.join(root, "etc/systemd/system/multi-user.target.wants");
  mkdirSync(wants, { recursive: true });
  for (const unit of units) symlinkSync(`../${unit}`, path.join(wants, unit));
}

/**
 * The read-only folder over the base system in which cluster hosts find the lab's programs. They are links to the cache, so it has to be on the
 * cache's file system.
 */
export function installPrograms(programs: Programs, layer: string): void {
  const bin = path.join(layer, "usr/bin");
  mkdirSync(bin, { recursive: true });
  linkSync(programs.kubernetes, path.join(bin, "kubernetes"));
  linkSync(programs.coredns, path.join(bin, "coredns"));
  for (const name of ["kubeadm", "kubelet", "kube-proxy", "kubectl", "agnhost"]) symlinkSync("kubernetes", path.join(bin, name));
}
