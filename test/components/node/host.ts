import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { applyScript, generationOf, renderBundle } from "../../../components/node/bundle";
import type { HostItem } from "../../../core/host";
import { clearAway } from "../../../lab/down";
import { attemptOn, runOn, waitForLogin } from "../../../lab/ssh";
import { hostRoot } from "../../../lab/state";
import { type LabHost, labHosts, numberedLab, type Shape } from "../../../lab/topology";
import { up } from "../../../lab/up";
import { showProgress } from "../../../setup/progress";
import { type Outcome, run } from "../../../setup/run";

/** Tests of the agent have a lab of their own, of one plain host and a client: they lock it, reboot it, and leave nothing. */
const lab = numberedLab(Number(process.env.PLUMBLINE_TEST_LAB ?? 91) + Number(process.env.JEST_WORKER_ID ?? 1) - 1);
const shape: Shape = { kind: "plain", hosts: 1 };
const [host, client] = labHosts(lab, shape) as [LabHost, LabHost];

export const clientAddress = client.address;
export const hostAddress = host.address;

/** Every call is an SSH connection of its own, as Pulumi's are. */
const asRoot = (script: string) => runOn(lab, host, "sudo -n sh -s", { input: script });
export const onClient = async (script: string) => (await runOn(lab, client, "sudo -n sh -s", { input: script })).trim();
export const shell = async (script: string) => (await asRoot(script)).trim();

export async function startHost(prepare: string): Promise<void> {
  await clearAway(lab);
  await up(lab, shape, showProgress({ write: () => undefined }));
  await asRoot(prepare);
}
/** Fetches Debian packages into the host, which has no way to the archive itself. Each word list is a set of its own: some exclude each other. */
export async function fetchPackages(...sets: string[]): Promise<void> {
  const script = `set -e
mount --bind /etc/resolv.conf "$0/etc/resolv.conf"
chroot "$0" apt-get update -q
for names; do chroot "$0" apt-get install -q --yes --no-install-recommends --download-only $names; done`;
  await run("unshare", ["--mount", "--propagation=private", "--", "sh", "-c", script, hostRoot(lab, host), ...sets]);
}
/** What was fetched. `other-` takes another one away. */
export const installPackages = (names: string) =>
  shell(`DEBIAN_FRONTEND=noninteractive apt-get install -q --yes --no-install-recommends --no-download ${names} 2>&1`);
/** One that was fetched for the host, and needs nothing that isn't there. */
export async function installOnClient(name: string): Promise<void> {
  const copy = 'cp "$0"/var/cache/apt/archives/"$2"_*.deb "$1"/root/';
  await run("sh", ["-c", copy, hostRoot(lab, host), hostRoot(lab, client), name]);
  await onClient(`dpkg --install /root/${name}_*.deb`);
}

/** A program of this machine's, which needs no library. */
export const installProgram = (file: string) => run("cp", [file, path.join(hostRoot(lab, host), "usr/local/bin")]);

export const stopHost = () => clearAway(lab);
export const isReachable = async () => (await attemptOn(lab, host, "true")).code === 0;
export const waitUntilReachable = () => waitForLogin(lab, host, 20_000);

export async function reboot(): Promise<void> {
  await attemptOn(lab, host, "sudo -n sh -c 'touch /run/before; reboot'");
  for (const deadline = Date.now() + 120_000; ; await sleep(200)) {
    const { code, stdout } = await attemptOn(lab, host, "test ! -e /run/before && systemctl is-system-running --wait");
    if (code === 0) return;
    if (stdout.trim() === "degraded") throw new Error(`The host has started, but for: ${await shell("systemctl --failed --no-legend")}`);
    if (Date.now() > deadline) throw new Error("The host doesn't come back from its reboot.");
  }
}

/** A desired state, and what Pulumi does with it. */
export class Generation {
  readonly name: string;
  private readonly bundle: string;

  constructor(items: readonly HostItem[], confirmTimeoutSeconds = 30) {
    this.bundle = renderBundle({ node: "w1", confirmTimeoutSeconds, items });
    this.name = generationOf(this.bundle);
  }

  apply(): Promise<Outcome> {
    return attemptOn(lab, host, "sudo -n sh -s", { input: applyScript(this.bundle) });
  }
  confirm(): Promise<Outcome> {
    return attemptOn(lab, host, "sudo -n sh /var/lib/plumbline/agent confirm", { input: `${this.name}\n` });
  }
  async applyAndConfirm(): Promise<void> {
    const outcomes = [await this.apply(), await this.confirm()];
    if (outcomes.some(({ code }) => code !== 0)) throw new Error(JSON.stringify(outcomes));
  }
}

export const destroy = () => attemptOn(lab, host, "sudo -n sh /var/lib/plumbline/agent destroy");

export const done = (message: string): Outcome => ({ code: 0, stdout: `plumbline: w1: ${message}\n`, stderr: "" });
export const failed = (...messages: string[]): Outcome => ({
  code: 1,
  stdout: "",
  stderr: messages.map((message) => `plumbline: w1: ${message}\n`).join(""),
});

/** Which generation is confirmed, which waits, and which is set: `CURRENT PENDING LIVE`. */
export const status = async () => shell("sh /var/lib/plumbline/agent status | awk '/^(current|pending|live) / { printf \"%s \", $2 }'");

/** Everything that a bundle could change on the host, and where: the network as it is, and every file of the configuration. */
export const network = () =>
  shell(`nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'
    ip route; ip -6 route
    sysctl -a 2>&1 | grep '^net' | grep -v -e nf_conntrack_count -e random
    find /etc /var/backups/plumbline ! -type d -printf '%p %m %u %g %s %T@ %l\\n' 2>&1 | grep -v '^/etc/systemd/system/.*plumbline' | sort`);
export const traces = () =>
  shell(
    "find / -xdev -name '*plumbline*' ! -path '/proc/*' ! -path '/sys/*'; ls /etc/cni /etc/site 2>&1; systemctl list-units --all --no-legend 'plumbline*'",
  );
