import { host as hostPart } from "../../components/host/host";
import { base } from "../../components/node/base";
import { planNetwork } from "../../components/plan";
import type { HostItem } from "../../core/host";
import type { StackInput } from "../../core/stack/schema";
import * as host from "../components/node/host";
import { failed, Generation, shell } from "../components/node/host";
import { stackWith } from "../support/stacks";

/** What is asked of every host, and what these settings ask of this one, which is w1 of a cluster with a cp1. */
function itemsFor(settings: StackInput["host"]): readonly HostItem[] {
  const nodes: StackInput["nodes"] = [
    { name: "cp1", roles: ["control-plane", "etcd"], address: host.clientAddress },
    { name: "w1", address: host.hostAddress },
  ];
  const plan = planNetwork(stackWith({ nodes, host: settings }));
  const w1 = plan.nodes.find(({ name }) => name === "w1");
  return w1 ? [base, hostPart].flatMap((part) => part(plan).host?.(w1) ?? []) : [];
}
const generation = (settings: StackInput["host"]) => new Generation(itemsFor(settings), 5);
const names = { entries: [{ address: "10.0.0.7", names: ["registry.example", "registry"] }] };
const resolver = { nameservers: [host.clientAddress], search: ["corp.example"] };

/** The files, their times and links: what destroy has to bring back. Without the times where a program of the host's writes the file anew. */
const files = (time = " %y") =>
  shell(
    `cat /etc/hosts /etc/resolv.conf; stat -c '%N %a %U${time}' /etc/hosts /etc/resolv.conf; find /etc/NetworkManager /etc/dhcp /etc/systemd/resolved.conf* ! -type d | sort`,
  );
/** By the same way as any program of the host's. */
const lookUp = (name: string) => shell(`getent ahostsv4 ${name} | awk 'NR == 1 { print $1 }'`);
const dnsServer = `systemd-run --quiet --collect --unit=dns dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --address=/shop.corp.example/10.9.9.9; sleep 0.5`;

beforeAll(async () => {
  await host.startHost(
    "printf '# of the site\\n127.0.0.1 localhost h1\\n10.0.0.9 git.example' >/etc/hosts; touch -d 2001-02-03 /etc/hosts",
  );
  await host.fetchPackages("openresolv", "systemd-resolved", "dnsmasq-base", "openvswitch-switch");
  await host.installOnClient("dnsmasq-base");
  await host.onClient(dnsServer);
}, 240_000);
afterEach(async () => {
  await host.destroy();
}, 40_000);
afterAll(host.stopHost, 20_000);

describe("/etc/hosts", () => {
  const content = () => shell("cat /etc/hosts");

  test("gets a block of ours, which outlives a reboot; destroy leaves the file as it was, to the byte", async () => {
    const before = await files();
    await generation({ hosts: { nodes: true, ...names } }).applyAndConfirm();
    const ours = `# of the site
127.0.0.1 localhost h1
10.0.0.9 git.example
# BEGIN Plumbline: pulumi destroy takes these lines away
10.0.0.7 registry.example registry
${host.clientAddress} cp1
# END Plumbline`;
    expect(await content()).toBe(ours);
    await host.reboot();
    expect([await content(), await lookUp("cp1"), await lookUp("registry")]).toEqual([ours, host.clientAddress, "10.0.0.7"]);
    await host.destroy();
    expect(await files()).toBe(before);
  }, 120_000);

  test("what others change beside our block stays, also when the block goes", async () => {
    await generation({ hosts: names }).applyAndConfirm();
    await shell("sed -i 's/^10.0.0.9 .*/10.0.0.10 git.example/' /etc/hosts; echo 10.0.0.11 late.example >>/etc/hosts");
    await generation({ hosts: { nodes: true } }).applyAndConfirm();
    expect(await lookUp("registry")).toBe("");
    await host.destroy();
    expect(await content()).toBe("# of the site\n127.0.0.1 localhost h1\n10.0.0.10 git.example\n10.0.0.11 late.example");
    await shell("sed -i -e '/late/d' -e 's/^10.0.0.10 /10.0.0.9 /' /etc/hosts");
  }, 60_000);

  test("a name that has another address there is refused, with its line", async () => {
    const before = await files();
    const wrong = generation({ hosts: { entries: [{ address: "10.0.0.8", names: ["git.example"] }] } });
    expect(await wrong.apply()).toEqual(
      failed(
        "host-name git.example: line 3 of /etc/hosts gives it the address 10.0.0.9, not 10.0.0.8; remove that line, or write that address in the stack",
        `generation ${wrong.name} is refused; nothing was changed`,
      ),
    );
    expect(await files()).toBe(before);
  }, 40_000);
});

test("the API server's name, by which the kubelet reaches it, goes on leading there, else the change is taken back", async () => {
  const called = (address: string) => generation({ hosts: { entries: [{ address, names: ["api.example"] }] } });
  await called(host.clientAddress).applyAndConfirm();
  await shell("mkdir -p /etc/kubernetes; echo '    server: https://api.example:22' >/etc/kubernetes/kubelet.conf");
  const wrong = called("192.0.2.1");
  expect(await wrong.apply()).toEqual(
    failed("probe api-name: worked before the change and fails after it", `generation ${wrong.name} failed and is rolled back`),
  );
  expect(await lookUp("api.example")).toBe(host.clientAddress);
  await shell("rm -r /etc/kubernetes");
}, 60_000);

/** The same story for whoever writes /etc/resolv.conf: names resolve, also after a reboot, and destroy brings back what was there. */
async function takesOurs(settings: StackInput["host"] = { resolver }, time?: string): Promise<string> {
  const before = await files(time);
  await generation(settings).applyAndConfirm();
  expect(await lookUp("shop")).toBe("10.9.9.9");
  await host.reboot();
  expect(await lookUp("shop")).toBe("10.9.9.9");
  const seen = await shell("grep -v '^#' /etc/resolv.conf");
  await host.destroy();
  expect(await files(time)).toBe(before);
  return seen;
}

describe("the resolver", () => {
  test("of a plain host is its /etc/resolv.conf", async () => {
    const seen = await takesOurs({ resolver: { ...resolver, options: ["timeout:2"] } });
    expect(seen).toBe(`nameserver ${host.clientAddress}\nsearch corp.example\noptions timeout:2`);
  }, 120_000);

  test("that doesn't answer, where the one before did, is taken back", async () => {
    await generation({ resolver }).applyAndConfirm();
    const deaf = generation({ resolver: { nameservers: ["192.0.2.53"] } });
    expect(await deaf.apply()).toEqual(
      failed("probe resolver: worked before the change and fails after it", `generation ${deaf.name} failed and is rolled back`),
    );
    expect(await lookUp("shop")).toBe("10.9.9.9");
  }, 60_000);

  /** openresolv's records are in memory: whoever knows of a nameserver, ifupdown for example, tells it anew at boot. So does this unit. */
  const site = `cat >/etc/systemd/system/site-dns.service <<'END'
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo nameserver 192.0.2.1 | resolvconf -a eth9.site'
[Install]
WantedBy=multi-user.target
END
systemctl --quiet enable --now site-dns; grep -v '^#' /etc/resolv.conf`;

  test("of openresolv's host is the record that excludes others", async () => {
    await host.installPackages("openresolv");
    await shell("rm -f /etc/resolv.conf; resolvconf -u");
    expect(await shell(site)).toBe("nameserver 192.0.2.1");
    expect(await takesOurs(undefined, "")).toBe(`search corp.example\nnameserver ${host.clientAddress}`);
    expect(
      await shell("grep -v '^#' /etc/resolv.conf; systemctl --quiet disable --now site-dns; rm /etc/systemd/system/site-dns.service"),
    ).toBe("nameserver 192.0.2.1");
  }, 180_000);

  test("of systemd-resolved's host is in its settings; the stub stays, and options are refused", async () => {
    await host.installPackages("systemd-resolved openresolv-");
    await shell("ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf; systemctl restart systemd-resolved");
    const wrong = generation({ resolver: { ...resolver, options: ["rotate"] } });
    expect((await wrong.apply()).stderr).toContain("resolver: systemd-resolved writes /etc/resolv.conf here, and takes no options");
    expect(await takesOurs()).toContain("nameserver 127.0.0.53\n");
  }, 180_000);
});

/** The kernel here has no module openvswitch, so this is the userspace datapath. */
describe("Open vSwitch", () => {
  type Link = NonNullable<NonNullable<StackInput["host"]>["links"]>[number];
  const room = (name: string, address: string): Link => ({
    name: `v-${name}`,
    type: "veth",
    peer: { name: "eth0", namespace: name, addresses: [address] },
  });
  const bridge: Link = {
    name: "ovs1",
    type: "ovs-bridge",
    datapath: "netdev",
    addresses: ["10.1.0.1/24"],
    mtu: 1400,
    ports: ["v-red", "v-blue", { name: "v-ten", tag: 10 }, { name: "in10", tag: 10 }, "t1"],
  };
  const settings: StackInput["host"] = {
    links: [
      bridge,
      ...[room("red", "10.1.0.2/24"), room("blue", "10.1.0.3/24"), room("ten", "10.1.0.4/24")],
      { name: "in10", type: "ovs-internal", addresses: ["10.10.0.1/24"] },
      { name: "t1", type: "ovs-vxlan", remote: host.clientAddress, id: 42 },
    ],
    namespaces: ["red", "blue", "ten"].map((name) => ({ name })),
  };
  /** Its database, by name; and what is seen of it on the host. */
  const database = () =>
    shell(`for table in bridge:name,datapath_type,external_ids port:name,tag,trunks,external_ids interface:name,type,options,mtu_request; do
      ovs-vsctl --format=csv --no-headings --columns=\${table#*:} list \${table%:*} | sort; done; ovs-vsctl list-ports site0; ip -br link | sed 's/[@ ].*//' | sort`);
  const reaches = (from: string, to: string) => shell(`ip netns exec ${from} ping -n -q -c 1 -W 1 ${to} >/dev/null && echo yes || echo no`);
  const hear = (from: string, to: string) =>
    shell(`systemd-run --quiet --collect --unit=web ip netns exec ${to} socat TCP-LISTEN:80,reuseaddr 'SYSTEM:echo $SOCAT_PEERADDR'; sleep 0.5
      ip netns exec ${from} timeout 5 socat -T2 - TCP:10.1.0.3:80; systemctl stop web 2>/dev/null || true`);
  let before: string;

  test("is asked for where it is missing", async () => {
    const wanted = generation(settings);
    expect(await wanted.apply()).toEqual(
      failed(
        "ovs-bridge ovs1: needs Open vSwitch, and this host has no ovs-vsctl; install it (Debian and Ubuntu: openvswitch-switch)",
        `generation ${wanted.name} is refused; nothing was changed`,
      ),
    );
    await host.installPackages("openvswitch-switch");
    await shell(
      `ovs-vsctl add-br site0 -- set bridge site0 datapath_type=netdev -- add-port site0 siteport -- set interface siteport type=internal`,
    );
    before = await database();
  }, 120_000);

  test("bridges and ports of somebody else's are refused, and the kernel's datapath where the kernel hasn't got it", async () => {
    const wrong = generation({ links: [{ name: "site0", type: "ovs-bridge", ports: ["siteport", "eth9"] }] });
    expect(await wrong.apply()).toEqual(
      failed(
        "ovs-bridge site0: this host's kernel hasn't got the module openvswitch; install it, or write datapath: netdev, which does without",
        "ovs-bridge site0: Open vSwitch has a bridge of this name already and it isn't ours; remove that one or write another name",
        "ovs-port eth9: this host has no such interface",
        "ovs-port siteport: is a port of Open vSwitch's bridge site0 already; take it off that one first (ovs-vsctl del-port site0 siteport)",
        `generation ${wrong.name} is refused; nothing was changed`,
      ),
    );
    expect(await database()).toBe(before);
  }, 60_000);

  test("joins namespaces, each VLAN by itself, also after a reboot; a port that somebody adds keeps the bridge; then all of ours goes", async () => {
    await generation(settings).applyAndConfirm();
    const seen = async () => ({
      heard: await hear("red", "blue"),
      otherVlan: await reaches("red", "10.1.0.4"),
      sameVlan: await shell(
        "ip -n ten address add 10.10.0.4/24 dev eth0 2>/dev/null; ping -n -q -c 1 -W 1 10.10.0.4 >/dev/null && echo yes",
      ),
      mtu: await shell("cat /sys/class/net/ovs1/mtu"),
      ports: await shell(
        "for port in $(ovs-vsctl list-ports ovs1); do ovs-vsctl --bare --columns=name,tag list port $port | paste -s -d ' '; done",
      ),
      tunnel: await shell("ovs-vsctl get interface t1 type options"),
    });
    const expected = {
      heard: "10.1.0.2",
      otherVlan: "no",
      sameVlan: "yes",
      mtu: "1400",
      ports: "in10 10\nt1 \nv-blue \nv-red \nv-ten 10",
      tunnel: `vxlan\n{key="42", remote_ip="${host.clientAddress}"}`,
    };
    expect(await seen()).toEqual(expected);
    await host.reboot();
    expect(await seen()).toEqual(expected);

    await shell("ovs-vsctl add-port ovs1 guest -- set interface guest type=internal");
    await generation({
      ...settings,
      links: [{ ...bridge, ports: ["v-red", { name: "v-blue", tag: 10 }] }, ...(settings.links ?? []).slice(1, 3)],
      namespaces: [{ name: "red" }, { name: "blue" }],
    }).applyAndConfirm();
    expect(await shell("ovs-vsctl list-ports ovs1; ovs-vsctl get port v-blue tag")).toBe("guest\nv-blue\nv-red\n10");
    expect(await host.destroy()).toEqual(
      failed(
        "ovs-bridge ovs1: stays, since it has ports of somebody else's; take them off it (ovs-vsctl del-port ovs1 NAME): guest",
        "not all of it could be put back; mend that and run destroy again",
      ),
    );
    await shell("ovs-vsctl del-port ovs1 guest");
    await host.destroy();
    expect(await database()).toBe(before);
  }, 180_000);

  test("what wasn't confirmed goes with a reboot, though Open vSwitch keeps it", async () => {
    expect((await generation(settings).apply()).code).toBe(0);
    await host.reboot();
    expect(await database()).toBe(before);
    await host.destroy();
  }, 120_000);
});
