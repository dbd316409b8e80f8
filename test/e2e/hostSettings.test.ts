import path from "node:path";
import { host as hostPart } from "../../components/host/host";
import { base } from "../../components/node/base";
import { planNetwork } from "../../components/plan";
import type { HostItem } from "../../core/host";
import type { StackInput } from "../../core/stack/schema";
import { buildCniPlugins } from "../../lab/cniPlugins";
import { showProgress } from "../../setup/progress";
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
const lan = host.clientAddress.replace(/\d+$/, "");
/** A DNS server that knows one name, and a DHCP server of the LAN. */
const lanServer = `systemd-run --quiet --collect --unit=dns dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --address=/shop.corp.example/10.9.9.9 --dhcp-range=${lan}200,${lan}210,2m --dhcp-leasefile=/run/dhcp.leases; sleep 0.5`;

beforeAll(async () => {
  await host.startHost(
    "printf '# of the site\\n127.0.0.1 localhost h1\\n10.0.0.9 git.example' >/etc/hosts; touch -d 2001-02-03 /etc/hosts",
  );
  await host.fetchPackages("resolvconf", "openresolv", "systemd-resolved", "network-manager", "dnsmasq-base", "openvswitch-switch");
  await host.installOnClient("dnsmasq-base");
  await host.onClient(lanServer);
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

  /** resolvconf's records are in memory: whoever knows of a nameserver, ifupdown for example, tells it anew at boot. So does this unit. */
  const site = `cat >/etc/systemd/system/site-dns.service <<'END'
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'printf "nameserver 192.0.2.1\\nsearch site.example\\n" | resolvconf -a eth9.site'
[Install]
WantedBy=multi-user.target
END
systemctl --quiet enable --now site-dns`;
  const three = { ...resolver, nameservers: [host.clientAddress, "192.0.2.51", "192.0.2.52"], options: ["timeout:2"] };
  const settings = () => shell("grep -v -e '^#' -e '^$' /etc/resolv.conf");

  test("of resolvconf's host is the record that it takes first; with three nameservers it has no room for others'", async () => {
    await host.installPackages("resolvconf");
    // Until the first reboot its package keeps, as one more record, what was in the file before.
    await shell(`resolvconf -d original.resolvconf; ${site}`);
    const theirs = "nameserver 192.0.2.1\nsearch site.example";
    expect(await settings()).toBe(theirs);
    expect(await takesOurs({ resolver: three }, "")).toBe(
      `nameserver ${host.clientAddress}\nnameserver 192.0.2.51\nnameserver 192.0.2.52\nsearch corp.example site.example\noptions timeout:2`,
    );
    expect(await settings()).toBe(theirs);
  }, 240_000);

  test("of openresolv's host is the record that excludes others", async () => {
    await host.installPackages("openresolv resolvconf-");
    await shell("rm -f /etc/resolv.conf; resolvconf -u; systemctl restart site-dns");
    const theirs = "search site.example\nnameserver 192.0.2.1";
    expect(await settings()).toBe(theirs);
    expect(await takesOurs(undefined, "")).toBe(`search corp.example\nnameserver ${host.clientAddress}`);
    expect(await settings()).toBe(theirs);
    await shell("systemctl --quiet disable --now site-dns; rm /etc/systemd/system/site-dns.service");
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

test("a pod gets its address by DHCP of the LAN, through the daemon that the plan brings; Debian's own daemon makes way and comes back", async () => {
  const conflist = { cniVersion: "1.0.0", name: "lan", plugins: [{ type: "macvlan", master: "host0", ipam: { type: "dhcp" } }] };
  const plan = planNetwork(
    stackWith({
      nodes: [{ name: "w1", address: host.hostAddress }],
      cni: { provider: "custom", custom: { conflist, nodeRanges: false } },
    }),
  );
  const items = plan.nodes.flatMap((node) => plan.hostItems(node)).filter(({ kind }) => kind === "file" || kind === "service");
  const daemon = () =>
    shell(`systemctl is-enabled cni-dhcp.socket cni-dhcp.service; systemctl is-active cni-dhcp.socket cni-dhcp.service
      systemctl show --property=FragmentPath --value cni-dhcp.socket cni-dhcp.service | grep .`);
  const ours = "enabled\nenabled\nactive\nactive\n/etc/systemd/system/cni-dhcp.socket\n/etc/systemd/system/cni-dhcp.service";
  const leases = () => host.onClient("awk '{ print $3 }' /run/dhcp.leases");
  /** An address of the LAN's DHCP server, with which a pod reaches that server; given back with the pod. */
  const attachAndDetach = async () => {
    const cnitool = (verb: string) => shell(`NETCONFPATH=/etc/cni/net.d CNI_PATH=/usr/lib/cni cnitool ${verb} lan /run/netns/pod`);
    await shell("ip netns add pod");
    const { ips } = JSON.parse(await cnitool("add"));
    expect(ips).toEqual([expect.objectContaining({ address: expect.stringMatching(/\.2(0\d|10)\/24$/) })]);
    expect(await leases()).toBe(ips[0].address.replace("/24", ""));
    await shell(`ip netns exec pod ping -n -q -c 1 -W 2 ${host.clientAddress}`);
    await cnitool("del");
    expect(await leases()).toBe("");
    await shell("ip netns delete pod");
  };

  await host.installProgram(path.join(await buildCniPlugins(showProgress({ write: () => undefined })), "cnitool"));
  await shell("systemctl --quiet enable --now cni-dhcp.socket; systemctl start cni-dhcp.service");
  const debians = await daemon();
  await new Generation(items).applyAndConfirm();
  expect(await daemon()).toBe(ours);
  await attachAndDetach();
  await host.reboot();
  expect(await daemon()).toBe(ours);
  await attachAndDetach();
  await host.destroy();
  expect(await daemon()).toBe(debians);
  await shell("systemctl --quiet disable --now cni-dhcp.socket cni-dhcp.service");
}, 300_000);

/** Last, since it looks after all interfaces of the host that it isn't told to leave alone. */
describe("NetworkManager", () => {
  beforeAll(async () => {
    await host.installPackages("network-manager systemd-resolved- openvswitch-switch-");
    // With it comes libpam-systemd, which starts a service manager for every login: that takes control groups that the lab's hosts haven't got.
    await shell(`systemctl --quiet mask user@.service; systemctl stop user@1000.service; systemctl reset-failed
      printf '[keyfile]\\nunmanaged-devices=interface-name:host0\\n' >/etc/NetworkManager/conf.d/00-site.conf
      rm -f /etc/resolv.conf; systemctl restart NetworkManager
      nmcli connection add type bridge ifname site1 con-name site bridge.stp no ipv4.method manual ipv4.addresses 10.9.0.1/24 ipv4.dns 192.0.2.1 ipv6.method disabled`);
  }, 120_000);

  /** Which interfaces it manages, once it knows all that there are; Open vSwitch, which is gone, leaves one that it never lists. */
  const managed = () =>
    shell(`for try in $(seq 50); do
        unknown=$(ls /sys/class/net | grep -vx ovs-netdev | grep -vxF "$(nmcli --get-values DEVICE device)")
        [ -n "$unknown" ] || break
        sleep 0.2
      done
      [ -z "$unknown" ] || echo unknown: $unknown
      nmcli --get-values GENERAL.DEVICE,GENERAL.NM-MANAGED device show | grep . | paste -d ' ' - - | sort | awk '$2 == "yes" { print $1 }' | paste -s -d ' '`);
  const addresses = () => shell("ip -o -4 address show | awk '$2 != \"lo\" { print $2, $4 }' | sort");

  test("leaves our interfaces and pods' alone, while it looks after the site's; destroy doesn't give it those of pods that run", async () => {
    const pods = `ip link add cni0 type bridge; ip address add 10.244.1.1/24 dev cni0; ip link set cni0 up
      ip link add veth1 type veth peer name cali1; ip link set veth1 up; ip link set cali1 up`;
    await shell(pods);
    expect(await managed()).toBe("cali1 cni0 lo site1 veth1");

    await generation({
      links: [
        { name: "br1", type: "bridge", addresses: ["10.1.0.1/24"], ports: ["v-red"] },
        { name: "v-red", type: "veth", peer: { name: "v-blue", addresses: ["10.2.0.1/24"] } },
        { name: "vx1", type: "vxlan", id: 7, remote: host.clientAddress, addresses: ["10.3.0.1/24"] },
      ],
      routes: [{ to: "10.77.0.0/16", via: "10.3.0.2" }],
    }).applyAndConfirm();
    const ours = async () =>
      `${await addresses()}\n${await shell("ls /sys/class/net/br1/brif; ip route show proto 118; bridge fdb show dev vx1 | grep dst")}`;
    const set = (site: string, cni0 = "cni0 10.244.1.1/24\n") =>
      `br1 10.1.0.1/24\n${cni0}host0 ${host.hostAddress}/24\nsite1 ${site}/24\nv-blue 10.2.0.1/24\nvx1 10.3.0.1/24
v-red\n10.77.0.0/16 via 10.3.0.2 dev vx1 \n00:00:00:00:00:00 dst ${host.clientAddress} self permanent`;
    expect([await managed(), await ours()]).toEqual(["lo site1", set("10.9.0.1")]);
    await shell("nmcli connection modify site ipv4.addresses 10.9.0.2/24; nmcli device reapply site1");
    expect([await managed(), await ours()]).toEqual(["lo site1", set("10.9.0.2")]);
    await shell("nmcli networking off; nmcli networking on; nmcli connection up site; systemctl restart NetworkManager");
    expect([await managed(), await ours()]).toEqual(["lo site1", set("10.9.0.2")]);
    await host.reboot();
    expect([await managed(), await ours()]).toEqual(["lo site1", set("10.9.0.2", "")]);

    await shell(pods);
    await host.destroy();
    expect([await managed(), await addresses()]).toEqual([
      "lo site1",
      `cni0 10.244.1.1/24\nhost0 ${host.hostAddress}/24\nsite1 10.9.0.2/24`,
    ]);
    expect(await shell("ls /etc/NetworkManager/conf.d; ip link delete cni0; ip link delete veth1")).toBe("00-site.conf");
  }, 180_000);

  test("hands on our resolver, where it writes /etc/resolv.conf", async () => {
    expect(await takesOurs(undefined, "")).toBe(`search corp.example\nnameserver ${host.clientAddress}`);
    expect(await shell("grep -v '^#' /etc/resolv.conf")).toBe("nameserver 192.0.2.1");
  }, 180_000);
});
