import { setTimeout as sleep } from "node:timers/promises";
import { host as hostPart } from "../../components/host/host";
import { planNetwork } from "../../components/plan";
import type { HostItem } from "../../core/host";
import type { RouteItem } from "../../core/hostItems/routing";
import type { FileItem } from "../../core/hostItems/settings";
import * as host from "../components/node/host";
import { done, failed, Generation, network, shell, status } from "../components/node/host";
import { stackWith } from "../support/stacks";

/** A host with settings of its own in every place that a bundle may touch; all of them outlive a reboot. */
const prepared = `
mkdir -p /etc/site /etc/systemd/network/10-lan.network.d
echo 'the site wrote this' >/etc/site/own.conf
chmod 0640 /etc/site/own.conf; chown ops:ops /etc/site/own.conf; touch -d 2001-02-03T04:05:06.789 /etc/site/own.conf
# ip_forward resets accept_redirects; the site hardened it.
echo 'net.ipv4.conf.all.accept_redirects = 0' >/etc/sysctl.d/50-site.conf
sysctl -q --system
printf '[Route]\\nDestination=10.200.0.0/16\\nGateway=${host.clientAddress}\\n' >/etc/systemd/network/10-lan.network.d/site.conf
networkctl reload
printf 'flush ruleset\\ntable inet site { chain input { type filter hook input priority 10; tcp dport 4444 drop; }; }\\n' >/etc/nftables.conf
systemctl enable --now nftables
`;

const firewall = (...rules: string[]): HostItem => ({
  kind: "nftables",
  table: `table inet plumbline {\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n${rules.map((rule) => `\t\t${rule}\n`).join("")}\t}\n}\n`,
});
const open = ["ct state established,related accept", "iif lo accept", "ip protocol icmp accept", "tcp dport 22 accept"];
const route = (destination: string, via?: string): RouteItem => ({ kind: "route", destination, via });
const file = (path: string, content: string): FileItem => ({ kind: "file", path, mode: "0644", content });
const conflist = '{\n  "name": "plumbline"\n}\n';
const items: readonly HostItem[] = [
  { kind: "require", what: "cni-conf-dir", value: "/etc/cni/net.d" },
  { kind: "require", what: "cni-plugin", value: "bridge" },
  { kind: "probe", protocol: "tcp", address: host.clientAddress, port: 22 },
  { kind: "probe", protocol: "icmp", address: host.clientAddress },
  { kind: "probe", protocol: "tcp", address: host.clientAddress, port: 9 },
  { kind: "sysctl", key: "net.ipv4.ip_forward", value: "1" },
  file("/etc/cni/net.d/10-plumbline.conflist", conflist),
  file("/etc/site/own.conf", "Plumbline wrote this\n"),
  route("10.244.1.0/24", host.clientAddress),
  route("10.244.0.0/16"),
  route("fd00:244::/48"),
  firewall(...open),
];
const rollsBack = (seconds: number) => `rolls back in ${seconds} s unless confirmed`;
const set = "2 files, 3 routes, 1 sysctl, firewall";

/** The host as it was before the first test; every test ends there. */
let before: string;
let tracesBefore: string;

beforeAll(async () => {
  await host.startHost(prepared);
  before = await network();
  tracesBefore = await host.traces();
}, 120_000);
afterEach(async () => {
  await host.destroy();
  expect(await network()).toBe(before);
  expect(await host.traces()).toBe(tracesBefore);
}, 40_000);
afterAll(host.stopHost, 20_000);

test("sets what the bundle says and nothing else, once", async () => {
  const generation = new Generation(items);
  expect(await generation.apply()).toEqual(done(`generation ${generation.name} applied: ${set}; ${rollsBack(30)}`));
  expect(await status()).toBe(`none ${generation.name} ${generation.name}`);
  expect(await generation.confirm()).toEqual(done(`generation ${generation.name} confirmed`));
  expect(await status()).toBe(`${generation.name} none ${generation.name}`);
  expect(await generation.confirm()).toEqual(done(`generation ${generation.name} is confirmed already`));
  const applied = await network();
  expect(await generation.apply()).toEqual(done(`generation ${generation.name} is applied and confirmed already; nothing to do`));
  expect(await network()).toBe(applied);

  expect(await shell("ip route show proto 117; ip -6 route show proto 117")).toBe(
    `blackhole 10.244.0.0/16 \n10.244.1.0/24 via ${host.clientAddress} dev host0 \nblackhole fd00:244::/48 dev lo metric 1024 pref medium`,
  );
  expect(
    await shell("cat /etc/site/own.conf /etc/cni/net.d/10-plumbline.conflist; stat -c '%n %a %U' /etc/cni/net.d/* /etc/site/own.conf"),
  ).toBe(`Plumbline wrote this\n${conflist}/etc/cni/net.d/10-plumbline.conflist 644 root\n/etc/site/own.conf 644 root`);
  expect(await shell("sysctl -n net.ipv4.ip_forward; nft list tables; systemctl list-timers --no-legend 'plumbline*'")).toBe(
    "1\ntable inet site\ntable inet plumbline",
  );
}, 40_000);

test("what leaves the bundle is put back at that apply", async () => {
  await new Generation(items).applyAndConfirm();
  await new Generation([route("10.244.7.0/24")]).applyAndConfirm();
  await shell("ip route del 10.244.7.0/24");
  expect(await network()).toBe(before);
}, 40_000);

test("a generation that locks everybody out goes back by itself, and comes again with the confirmation", async () => {
  const first = new Generation(items);
  await first.applyAndConfirm();
  const good = await network();
  const closed = new Generation([...items.slice(0, -1), firewall("ct state established accept", "tcp dport 22 reject with tcp reset")], 3);
  expect(await closed.apply()).toEqual(done(`generation ${closed.name} applied: ${set}; ${rollsBack(3)}`));
  expect(await host.isReachable()).toBe(false);
  await host.waitUntilReachable();
  expect(await network()).toBe(good);
  expect(await status()).toBe(`${first.name} none ${first.name}`);

  const late = new Generation([...items, route("10.244.9.0/24")], 2);
  await late.apply();
  await sleep(3000);
  expect(await network()).toBe(good);
  expect(await late.confirm()).toEqual(
    failed(
      `generation ${late.name} had been rolled back (no confirmation came in time). It is applied again: run pulumi up within 10 s to confirm it`,
    ),
  );
  expect(await late.confirm()).toEqual(done(`generation ${late.name} confirmed`));
  expect(await shell("ip route show 10.244.9.0/24")).toBe("blackhole 10.244.9.0/24 proto 117");
}, 60_000);

test("a probe that fails after the change takes it back at once; a host that had nothing has nothing again", async () => {
  const deaf = new Generation([
    ...items.slice(0, -1),
    firewall("ct state established,related accept", "tcp dport 22 accept", "iif lo accept", "tcp sport 22 drop"),
  ]);
  const outgoing = new Generation([
    ...items.slice(0, -1),
    {
      kind: "nftables",
      table: `table inet plumbline {\n\tchain output {\n\t\ttype filter hook output priority filter; policy accept;\n\t\tip daddr ${host.clientAddress} drop\n\t}\n}\n`,
    },
  ]);
  expect(await deaf.apply()).toMatchObject({ code: 0 });
  expect(await outgoing.apply()).toEqual(
    failed(
      `probe icmp ${host.clientAddress}: worked before the change and fails after it`,
      `probe tcp ${host.clientAddress} 22: worked before the change and fails after it`,
      `generation ${outgoing.name} failed and is rolled back`,
    ),
  );
  expect(await network()).toBe(before);
  expect(await host.traces()).toBe(tracesBefore);
}, 60_000);

test("a reboot drops what wasn't confirmed and keeps what was", async () => {
  const first = new Generation(items);
  const second = new Generation([...items.slice(0, -1), firewall(...open, "tcp dport 80 accept"), route("10.244.9.0/24")]);
  await first.applyAndConfirm();
  const good = await network();
  await second.apply();
  await host.reboot();
  expect(await network()).toBe(good);
  expect(await status()).toBe(`${first.name} none ${first.name}`);

  await second.apply();
  const better = await network();
  await second.confirm();
  await host.reboot();
  expect(await network()).toBe(better);
  expect(await shell("systemctl --failed --no-legend; sed -n 's/^[^ ]* //p' /var/lib/plumbline/log | tail -n 2")).toBe(
    `boot: ${second.name} is set\nboot-routes: ${second.name} is set`,
  );
}, 120_000);

test("a reboot during the very first apply leaves the host as it was", async () => {
  await new Generation(items).apply();
  await host.reboot();
  expect(await network()).toBe(before);
}, 60_000);

test("refuses with everything that is wrong, before it touches anything", async () => {
  const wrong = new Generation([
    { kind: "require", what: "cni-conf-dir", value: "/etc/cni/elsewhere" },
    { kind: "require", what: "cni-plugin", value: "flannel" },
    { kind: "sysctl", key: "net.ipv4.ip_forward", value: "1" },
    { kind: "sysctl", key: "net.ipv4.conf.eth7.rp_filter", value: "0" },
    file("/etc/site", "x\n"),
    file("/etc/hostname/x", "x\n"),
    route("10.200.0.0/16"),
    route("10.244.1.0/24", "10.9.9.9"),
    route("10.244.2.0/24", host.clientAddress),
    { kind: "nftables", table: "table inet plumbline {\n\tchain input {\n\t\ttcp dport ssh acept\n\t}\n}\n" },
  ]);
  expect(await wrong.apply()).toEqual(
    failed(
      "cni-conf-dir /etc/cni/elsewhere: the container runtime reads /etc/cni/net.d; make the two agree",
      "cni-plugin flannel: isn't in /usr/lib/cni, where the container runtime looks; install the CNI plugins",
      "sysctl net.ipv4.conf.eth7.rp_filter: the kernel has no such setting; is a module or an interface missing?",
      "file /etc/hostname/x: /etc/hostname/ isn't a directory that can be written to",
      "file /etc/site: is there and isn't a file; move it away",
      `route 10.200.0.0/16: there is a route of somebody else to it (via ${host.clientAddress}); remove that one or change the plan`,
      "route 10.244.1.0/24: its gateway 10.9.9.9 is in no network of this host",
      "nftables inet plumbline: line 3: Error: syntax error, unexpected newline",
      `generation ${wrong.name} is refused; nothing was changed`,
    ),
  );
  expect(await network()).toBe(before);
  expect(await host.traces()).toBe(tracesBefore);
}, 40_000);

test("a file of ours that somebody changed is kept before it is replaced; a route that is there already stays its owner's", async () => {
  const own = route("10.200.0.0/16", host.clientAddress);
  await new Generation([...items, own]).applyAndConfirm();
  await shell("echo changed >/etc/cni/net.d/10-plumbline.conflist");
  const next = new Generation([file("/etc/cni/net.d/10-plumbline.conflist", "{}\n"), own]);
  expect(await next.apply()).toEqual(
    done(
      `generation ${next.name} applied: 1 file, 1 route; ${rollsBack(30)}; /etc/cni/net.d/10-plumbline.conflist had been changed by somebody else, that version is kept in /var/backups/plumbline`,
    ),
  );
  expect(await shell("cat /var/backups/plumbline/*; ls /var/backups/plumbline | sed 's/conflist.*/conflist/'")).toBe(
    "changed\n%etc%cni%net.d%10-plumbline.conflist",
  );
  await shell("rm -r /var/backups/plumbline");
  expect(await shell("ip route show 10.200.0.0/16")).toContain("proto static");
}, 40_000);

describe("links", () => {
  const mac = (number: number) => `02:00:00:00:00:0${number}`;
  const tunnel = (type: string, ...peers: number[]): HostItem[] => [
    { kind: "link", name: "plumbline0", mtu: 1450, mac: mac(1), type: `vxlan id 1 dstport 4789 ${type}` },
    { kind: "address", address: "10.244.1.0/32", link: "plumbline0" },
    { kind: "address", address: "fd00:244:1::/128", link: "plumbline0" },
    ...peers.flatMap((peer): HostItem[] => [
      { kind: "fdb", mac: mac(peer), destination: `10.9.9.${peer}`, link: "plumbline0" },
      { kind: "neighbour", address: `10.244.${peer}.0`, mac: mac(peer), link: "plumbline0" },
      { kind: "neighbour", address: `fd00:244:${peer}::`, mac: mac(peer), link: "plumbline0" },
      { kind: "route", destination: `10.244.${peer}.0/24`, via: `10.244.${peer}.0`, link: "plumbline0" },
      { kind: "route", destination: `fd00:244:${peer}::/64`, via: `fd00:244:${peer}::`, link: "plumbline0" },
    ]),
  ];
  const index = () => shell("cat /sys/class/net/plumbline0/ifindex");
  const peers = () =>
    shell(
      "{ bridge fdb show dev plumbline0; ip neigh show dev plumbline0 nud permanent; ip route show dev plumbline0; ip -6 route show dev plumbline0 proto 117; } | awk '{ print $1 }' | sort",
    );
  const wordsOf = (...numbers: number[]) =>
    numbers
      .flatMap((peer) => [mac(peer), `10.244.${peer}.0`, `fd00:244:${peer}::`, `10.244.${peer}.0/24`, `fd00:244:${peer}::/64`])
      .sort()
      .join("\n");

  test("are made with what is on them; another peer changes them in place, another type makes them anew; they outlive a reboot", async () => {
    await new Generation(tunnel("nolearning", 2, 3)).applyAndConfirm();
    expect(await peers()).toBe(wordsOf(2, 3));
    expect(await shell("ip -br address show dev plumbline0 scope global; cat /sys/class/net/plumbline0/mtu")).toMatch(
      /10\.244\.1\.0\/32 fd00:244:1::\/128\s+1450$/,
    );
    const first = await index();
    await new Generation(tunnel("nolearning", 3, 4)).applyAndConfirm();
    expect(await peers()).toBe(wordsOf(3, 4));
    expect(await index()).toBe(first);
    await new Generation(tunnel("nolearning ttl 9", 4)).applyAndConfirm();
    expect(await peers()).toBe(wordsOf(4));
    expect(await index()).not.toBe(first);
    await host.reboot();
    expect(await peers()).toBe(wordsOf(4));
  }, 120_000);

  test("that somebody else has are refused; one that wasn't confirmed goes again", async () => {
    await shell("ip link add plumbline0 type bridge");
    const generation = new Generation(tunnel("nolearning", 2), 3);
    expect(await generation.apply()).toEqual(
      failed(
        "link plumbline0: there is an interface of this name already and it isn't ours; remove it or change the plan",
        `generation ${generation.name} is refused; nothing was changed`,
      ),
    );
    await shell("ip link delete plumbline0");
    expect((await generation.apply()).code).toBe(0);
    expect(await peers()).toBe(wordsOf(2));
    await sleep(5_000);
    expect(await shell("ip -br link | grep -c plumbline0 || true")).toBe("0");
  }, 60_000);

  test("of a pod network's program keep its routes; taken over, they get ours; they go when nothing wants them", async () => {
    await shell(
      "ip link add flannel.1 type bridge && ip link set flannel.1 up && ip route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
    );
    const foreign: HostItem = { kind: "foreign-link", name: "flannel.1" };
    const ours = tunnel("nolearning", 2);
    const route = () => shell("ip route show 10.244.2.0/24 | sed 's/ *$//'");
    const refused = await new Generation(ours).apply();
    expect(refused.stderr).toContain("route 10.244.2.0/24: there is a route of somebody else to it (via 10.244.2.0 dev flannel.1 onlink)");
    await new Generation([...ours, foreign]).applyAndConfirm();
    expect(await route()).toBe("10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink");
    await new Generation([...ours, foreign, { kind: "take-over", what: "routes" }]).applyAndConfirm();
    expect(await route()).toBe("10.244.2.0/24 via 10.244.2.0 dev plumbline0 proto 117 onlink");
    await new Generation(ours).applyAndConfirm();
    expect(await shell("ip -br link | grep -c flannel || true")).toBe("0");
    expect(await route()).toContain("proto 117");
  }, 60_000);
});

describe("a CNI configuration that the runtime would take instead of ours", () => {
  const own = "/etc/cni/net.d/10-plumbline.conflist";
  const winner: HostItem = { kind: "require", what: "cni-winner", value: own };
  const there = () => shell("cd /etc/cni/net.d && ls");
  afterEach(async () => {
    await host.destroy();
    await shell("rm -r /etc/cni");
  });

  test("is refused, with its name; one that sorts behind isn't", async () => {
    await shell("mkdir -p /etc/cni/net.d; echo '{}' | tee /etc/cni/net.d/05-old.conf >/etc/cni/net.d/99-last.conf");
    const generation = new Generation([winner, file(own, conflist)]);
    expect((await generation.apply()).stderr).toContain(`cni-winner ${own}: /etc/cni/net.d/05-old.conf sorts before it`);
    expect(await there()).toBe("05-old.conf\n99-last.conf");
    await shell("rm /etc/cni/net.d/05-old.conf");
    await generation.applyAndConfirm();
  }, 40_000);

  test("is moved away when asked, stays away over a reboot, and comes back with destroy", async () => {
    await shell("mkdir -p /etc/cni/net.d; echo '{\"old\": 1}' >/etc/cni/net.d/05-old.conf");
    await new Generation([winner, { kind: "take-over", what: "cni-configurations" }, file(own, conflist)]).applyAndConfirm();
    expect(await there()).toBe("10-plumbline.conflist");
    await host.reboot();
    expect(await there()).toBe("10-plumbline.conflist");
    await host.destroy();
    expect(await shell("cat /etc/cni/net.d/*")).toBe('{"old": 1}');
  }, 80_000);
});

describe("a service whose unit is a file of ours", () => {
  const unit = "/etc/systemd/system/demo.service";
  const config = "/etc/demo.conf";
  /** It is up once its configuration says so. */
  const unitText = `[Service]
ExecStart=/bin/sleep infinity
ExecStartPost=/bin/sh -c 'grep -q good ${config} || { echo "error: no good configuration"; exit 1; }'
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;
  const demo = (settings: string, ...others: HostItem[]): HostItem[] => [
    file(unit, unitText),
    file(config, `${settings}\n`),
    { kind: "service", name: "demo.service", files: [config, unit] },
    ...others,
  ];
  const other = route("10.244.1.0/24");

  /** Whether it is enabled, whether it runs, and since when. */
  const state = () =>
    shell(
      "systemctl is-enabled demo.service 2>/dev/null; systemctl is-active demo.service; systemctl show -p MainPID --value demo.service",
    );
  const running = /^enabled\nactive\n[1-9]\d*$/;
  const absent = "inactive\n0";

  test("runs, is restarted for a change of its files only, comes back with a reboot, and goes with destroy", async () => {
    const first = new Generation(demo("good 1"));
    expect(await first.apply()).toEqual(done(`generation ${first.name} applied: 2 files, 1 service; ${rollsBack(30)}`));
    await first.confirm();
    const since = await state();
    expect(since).toMatch(running);

    await new Generation(demo("good 1", other)).applyAndConfirm();
    expect(await state()).toBe(since);
    await new Generation(demo("good 2")).applyAndConfirm();
    expect(await state()).toMatch(running);
    expect(await state()).not.toBe(since);

    await host.reboot();
    const booted = await state();
    expect(booted).toMatch(running);
    await new Generation(demo("good 2", other)).applyAndConfirm();
    expect(await state()).toBe(booted);

    expect(await host.destroy()).toEqual(done("everything is as it was before Plumbline"));
    expect(await state()).toBe(absent);
  }, 120_000);

  test("that doesn't come up takes the change back, and the earlier one runs again", async () => {
    const good = new Generation(demo("good"));
    await good.applyAndConfirm();
    const bad = new Generation(demo("bad"));
    expect(await bad.apply()).toEqual(
      failed("service demo.service: doesn't come up: error: no good configuration", `generation ${bad.name} failed and is rolled back`),
    );
    expect(await status()).toBe(`${good.name} none ${good.name}`);
    expect(await state()).toMatch(running);
    expect(await shell(`cat ${config}`)).toBe("good");
  }, 60_000);

  test("that isn't confirmed stops again; one whose end isn't confirmed runs again; also when the host restarts before", async () => {
    const good = new Generation(demo("good"), 2);
    await good.apply();
    expect(await state()).toMatch(running);
    await sleep(4_000);
    expect(await state()).toBe(absent);
    const patient = new Generation(demo("good"));
    await patient.apply();
    await host.reboot();
    expect(await state()).toBe(absent);

    await patient.applyAndConfirm();
    await new Generation([other]).apply();
    expect(await state()).toBe(absent);
    await host.reboot();
    expect(await state()).toMatch(running);
  }, 180_000);

  test("of a name that the host had before makes that one way, which comes back", async () => {
    const theirs = "[Service]\\nExecStart=/bin/sleep 1d\\n[Install]\\nWantedBy=multi-user.target\\n";
    await shell(`printf '${theirs}' >${unit}; systemctl daemon-reload; systemctl --quiet enable --now demo.service`);
    // Enabled anew, its link has another time.
    const untimed = async () => (await network()).replace(/(wants\/demo\.service .*) \S+ (\S+)$/m, "$1 $2");
    const found = await untimed();
    await new Generation(demo("good")).applyAndConfirm();
    expect(await shell("systemctl show -p ExecStart demo.service")).toContain("sleep infinity");
    await host.destroy();
    expect(await untimed()).toBe(found);
    expect(await state()).toMatch(running);
    expect(await shell("systemctl show -p ExecStart demo.service")).toContain("sleep 1d");
    await shell(`systemctl --quiet disable --now demo.service; rm ${unit}; systemctl daemon-reload`);
  }, 60_000);

  test("whose file is no file of the bundle is refused", async () => {
    const wrong = new Generation([{ kind: "service", name: "demo.service", files: [unit] }]);
    expect(await wrong.apply()).toEqual(
      failed(`service demo.service: its file ${unit} is no file of the bundle`, `generation ${wrong.name} is refused; nothing was changed`),
    );
  }, 40_000);
});

test("two at once take turns", async () => {
  const [one, two] = [new Generation([route("10.244.1.0/24")]), new Generation([route("10.244.2.0/24")])];
  expect((await Promise.all([one.apply(), two.apply()])).map(({ code }) => code)).toEqual([0, 0]);
  const [, pending] = (await status()).split(" ");
  const routes = { [one.name]: "blackhole 10.244.1.0/24", [two.name]: "blackhole 10.244.2.0/24" };
  expect(await shell("ip route show proto 117")).toBe(routes[pending ?? ""]);
}, 40_000);

test("two namespaces joined by a bridge: they reach each other, go out masqueraded, and a port of the host leads in; also after a reboot", async () => {
  const room = (name: string, last: number) => ({
    name: `v-${name}`,
    type: "veth" as const,
    peer: { name: "eth0", namespace: name, addresses: [`10.1.0.${last}/24`] },
  });
  const stack = stackWith({
    nodes: [{ name: "w1", address: host.hostAddress }],
    host: {
      links: [{ name: "br1", type: "bridge", ports: ["v-red", "v-blue"], addresses: ["10.1.0.1/24"] }, room("red", 2), room("blue", 3)],
      namespaces: [{ name: "red", routes: [{ to: "default", via: "10.1.0.1" }] }, { name: "blue" }],
      routes: [{ to: "10.77.0.0/16", via: "10.1.0.2", table: 100 }],
      rules: [{ priority: 1000, from: "10.1.0.0/24", to: "10.77.0.0/16", table: 100 }],
      nat: { masquerade: [{ from: "10.1.0.0/24" }], forwards: [{ port: 8080, to: "10.1.0.2", toPort: 80 }] },
    },
  });
  const plan = planNetwork(stack);
  const [node] = plan.nodes;
  const own: HostItem[] = node
    ? [
        ...(hostPart(plan).host?.(node) ?? []),
        ...plan.hostItems(node).filter(({ kind }) => kind === "nftables"),
        { kind: "sysctl", key: "net.ipv4.ip_forward", value: "1" },
      ]
    : [];
  await new Generation(own).applyAndConfirm();
  const answer = "TCP-LISTEN:$port,fork,reuseaddr 'SYSTEM:echo $SOCAT_PEERADDR'";
  const serve = (port: number, inside = "") =>
    `systemd-run --quiet --collect --unit=web ${inside} socat ${answer.replace("$port", String(port))}; sleep 0.5`;
  const web = serve(80, "ip netns exec red");
  await host.onClient(serve(9090));
  const talk = async () => {
    await shell(web);
    return [
      await shell("ip netns exec blue socat -T2 - TCP:10.1.0.2:80"),
      await shell(`ip netns exec red socat -T2 - TCP:${host.clientAddress}:9090`),
      await host.onClient(`socat -T2 - TCP:${host.hostAddress}:8080`),
      await shell("ip route show table 100; ip rule show | grep 1000"),
    ];
  };
  const expected = [
    "10.1.0.3",
    host.hostAddress,
    host.clientAddress,
    expect.stringMatching(
      /^10\.77\.0\.0\/16 via 10\.1\.0\.2 dev br1 proto 118 *\n1000:\tfrom 10\.1\.0\.0\/24 to 10\.77\.0\.0\/16 lookup 100 proto 118$/,
    ),
  ];
  expect(await talk()).toEqual(expected);
  await host.reboot();
  expect(await talk()).toEqual(expected);
  await shell("systemctl stop web");
  await host.onClient("systemctl stop web");
  await host.destroy();
  expect(
    await shell("ip -br link | cut -d @ -f 1 | awk '{ print $1 }' | paste -s -d ' '; ip netns list; ip rule show | grep -c 1000 || true"),
  ).toBe("lo host0\n0");
}, 180_000);
