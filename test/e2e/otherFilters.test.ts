import type { HostItem } from "../../core/host";
import * as host from "../components/node/host";
import { Generation, onClient, shell } from "../components/node/host";
import { waitFor } from "./support/testLab";

/** Hosts on which another program drops what is forwarded: Docker, and iptables of either kind. The pod is a network namespace. */
const pod = "10.244.0.2";
const items: readonly HostItem[] = [
  { kind: "sysctl", key: "net.ipv4.ip_forward", value: "1" },
  { kind: "accept-forwarded", range: "10.244.0.0/16" },
];

const startPod = `
ip netns add pod
ip link add pod type veth peer name eth0 netns pod
ip address add 10.244.0.1/24 dev pod; ip link set pod up
ip -n pod address add ${pod}/24 dev eth0; ip -n pod link set eth0 up; ip -n pod route add default via 10.244.0.1
`;
/** Docker sets its policy where forwarding is off. The unit does what Debian's netfilter-persistent does. */
const prepared = `
echo '{ "storage-driver": "vfs" }' >/etc/docker/daemon.json
cat >/etc/systemd/system/netfilter-persistent.service <<'END'
[Unit]
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c '/usr/sbin/iptables-restore </etc/site.rules'
[Install]
WantedBy=multi-user.target
END
printf '*filter\\n:INPUT ACCEPT [0:0]\\n:FORWARD DROP [0:0]\\n:OUTPUT ACCEPT [0:0]\\nCOMMIT\\n' >/etc/site.rules
systemctl daemon-reload
sysctl -q net.ipv4.ip_forward=0
systemctl start docker
${startPod}
`;

beforeAll(async () => {
  await host.startHost(prepared);
  await onClient(`ip route add 10.244.0.0/24 via ${host.hostAddress}`);
}, 300_000);
afterAll(host.stopHost, 20_000);

/** Whether packets get from the client to the pod, and from the pod to the client, a connection of its own each. */
async function forwarded(): Promise<{ toPod: boolean; fromPod: boolean }> {
  const ping = (address: string) => `ping -n -q -c 1 -W 1 ${address} >/dev/null && echo yes || echo no`;
  const toPod = await onClient(ping(pod));
  const fromPod = await shell(`ip netns exec pod sh -c '${ping(host.clientAddress)}'`);
  return { toPod: toPod === "yes", fromPod: fromPod === "yes" };
}
const both = { toPod: true, fromPod: true };
const none = { toPod: false, fromPod: false };

/** All rules of iptables, of both kinds, without counters. */
const rules = () =>
  shell("for kind in nft legacy; do iptables-$kind-save | sed -e '/^#/d' -e 's/ \\[[0-9:]*\\]$//'; done; ip6tables-save | sed '/^#/d'");
const withoutOurs = (text: string) =>
  text
    .split("\n")
    .filter((line) => !line.includes("PLUMBLINE-FORWARD"))
    .join("\n");

describe("Docker", () => {
  let before: string;

  test("drops pods' packets; with the bundle they get through, and its rules stay as they were", async () => {
    before = await rules();
    expect(before).toContain(":FORWARD DROP\n");
    expect(before).toContain("-A FORWARD -j DOCKER-USER\n");
    await shell("sysctl -q net.ipv4.ip_forward=1");
    expect(await forwarded()).toEqual(none);
    await new Generation(items).applyAndConfirm();
    expect(await forwarded()).toEqual(both);
    expect(withoutOurs(await rules())).toBe(before);
    expect(await shell("iptables -S PLUMBLINE-FORWARD; iptables -S FORWARD | tail -n 1")).toBe(
      "-N PLUMBLINE-FORWARD\n-A PLUMBLINE-FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A PLUMBLINE-FORWARD -d 10.244.0.0/16 -j ACCEPT\n-A FORWARD -j PLUMBLINE-FORWARD",
    );
  }, 120_000);

  test("restarts: they get through", async () => {
    await shell("systemctl restart docker");
    expect(await forwarded()).toEqual(both);
  }, 120_000);

  test("and a program that restores iptables, which takes our chain away: it comes again after it, also at boot", async () => {
    const isBack = () => waitFor(() => shell("iptables -C FORWARD -j PLUMBLINE-FORWARD"), 10);
    await shell("systemctl restart netfilter-persistent");
    await isBack();
    expect(await forwarded()).toEqual(both);
    await shell("systemctl enable docker netfilter-persistent");
    await host.reboot();
    await shell(startPod);
    await onClient(`ip neigh flush dev host0`);
    await isBack();
    expect(await rules()).toContain(":FORWARD DROP\n");
    expect(await forwarded()).toEqual(both);
  }, 180_000);

  test("after destroy it drops them again", async () => {
    const withOurs = await rules();
    await host.destroy();
    await shell("sysctl -q net.ipv4.ip_forward=1");
    expect(await forwarded()).toEqual(none);
    expect(await rules()).toBe(withoutOurs(withOurs));
    expect(await shell("find /etc/systemd -name '*plumbline*'")).toBe("");
  }, 120_000);
});

test.each(["nft", "legacy"])(
  "a rule that rejects the rest, of iptables-%s: ours stands before it, and goes with destroy",
  async (kind) => {
    await shell(
      "systemctl disable --now docker docker.socket netfilter-persistent; nft delete table ip filter; sysctl -q net.ipv4.ip_forward=1",
    );
    expect(await forwarded()).toEqual(both);
    await shell(`iptables-${kind} -A FORWARD -i nowhere -j ACCEPT; iptables-${kind} -A FORWARD -j REJECT`);
    const before = await rules();
    expect(await forwarded()).toEqual(none);
    await new Generation(items).applyAndConfirm();
    expect(await forwarded()).toEqual(both);
    await host.destroy();
    expect(await rules()).toBe(before);
    await shell(`iptables-${kind} -F FORWARD; nft list table ip filter >/dev/null 2>&1 || iptables -P FORWARD ACCEPT`);
  },
  60_000,
);
