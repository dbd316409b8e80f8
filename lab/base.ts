import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cached } from "../setup/cache";
import type { Progress } from "../setup/progress";
import { run } from "../setup/run";
import { loginUser } from "./topology";

const suite = "bookworm";

/** What the machines of a kubeadm cluster have installed, and the tools to look at their network. Hosts can't install anything later. */
const packages = [
  ...["systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "procps", "kmod", "curl"],
  ...["iproute2", "iputils-ping", "nftables", "iptables", "ipset", "conntrack", "ethtool", "socat", "tcpdump"],
  ...["containerd", "runc", "containernetworking-plugins", "busybox-static"],
  // The outside's router.
  ...["bird2"],
  // What else may be on a user's host; a host starts without it.
  ...["docker.io"],
];

/**
 * Debian's services that a host starts without, as the machine of a kubeadm guide does: containerd is enabled on cluster nodes only; the client's router
 * has a unit of its own; nftables.service would flush other people's tables, Docker sets its own; the rest wants hardware or the outside.
 */
const disabled = [
  "bird.service",
  "containerd.service",
  "docker.service",
  "docker.socket",
  "nftables.service",
  "console-getty.service",
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
];

const sshdSettings = `PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
`;

/** The folder of the file system that all hosts share, read-only: Debian with systemd, sshd and the login user. Built once, 650 MB. */
export function baseSystem(progress: Progress): Promise<string> {
  const entry = { name: "debian", version: suite, recipe: [...packages, ...disabled, sshdSettings, loginUser, "1"] };
  return cached(entry, (folder) =>
    progress.step("Unpack Debian for the lab's hosts", "about a minute", async (log) => {
      const mirror = await configuredMirror();
      const debootstrap = ["debootstrap", "--variant=minbase", `--include=${packages.join(",")}`, suite, folder, ...mirror];
      // A mount name space of its own: what debootstrap mounts goes when it ends, however it ends.
      await run("unshare", ["--mount", "--propagation=private", "--", ...debootstrap], { log });
      await configure(folder, (command) => run("chroot", [folder, ...command], { log }));
    }),
  );
}

async function configure(root: string, inside: (command: string[]) => Promise<string>): Promise<void> {
  await inside(["useradd", "--create-home", "--shell=/bin/bash", loginUser]);
  writeFileSync(path.join(root, "etc/sudoers.d", loginUser), `${loginUser} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
  writeFileSync(path.join(root, "etc/ssh/sshd_config.d/lab.conf"), sshdSettings);
  await inside(["systemctl", "--quiet", "disable", ...disabled]);
  await inside(["systemctl", "--quiet", "mask", "console-getty.service"]);
  await inside(["systemctl", "--quiet", "enable", "systemd-networkd.service", "ssh.service"]);
  appendFileSync(path.join(root, "etc/profile"), "export SYSTEMD_PAGER=cat\n");
  // Each host gets its own.
  for (const file of ["etc/machine-id", "etc/hostname", "etc/resolv.conf"]) rmSync(path.join(root, file), { force: true });
  await inside(["sh", "-c", "rm -f /etc/ssh/ssh_host_*"]);
  await inside(["apt-get", "clean"]);
  rmSync(path.join(root, "var/lib/apt/lists"), { recursive: true });
  mkdirSync(path.join(root, "var/lib/apt/lists"));
}

/** The archive that this machine's apt has for the suite; none when it has another suite, and then debootstrap's own default. */
async function configuredMirror(): Promise<string[]> {
  const format = ["--format", "$(REPO_URI)"];
  const found = await run("apt-get", [
    "indextargets",
    ...format,
    `Codename: ${suite}`,
    "Component: main",
    "Created-By: Packages",
    "Origin: Debian",
  ]);
  return found.split("\n").filter(Boolean).slice(0, 1);
}
