import { spawnSync } from "node:child_process";
import { agent } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import type { HostItem } from "../../../core/host";
import { missingNamespaces } from "../../support/judges";

const functions = agent().replace(/main "\$@"\n$/, "");

/** Makes the agent set one list of routes after another in a network of its own, twice each, and prints what Linux shows after each; `between` runs before the second list, `before` before the first. */
function routed(states: readonly (readonly HostItem[])[], between = "true", before = "true"): string[] {
  const steps = states.map(
    (items, index) => `cat >"$work/bundle" <<'END'
${renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items })}END
unpack "$work/bundle" "$desired"
${index === 1 ? between : "true"}
check_routes; has_problems || { set_routes; set_routes; }
[ ! -s "$work/problems" ] || { cat "$work/problems"; rm "$work/problems"; }
{ ip nexthop; ip -N route | grep -v ' proto 2 '; ip -6 -N route | grep -v -e ' proto 2 ' -e ^fe80; } | sed 's/ *$//'
echo --`,
  );
  const script = `${functions}
work=$(mktemp -d) && state=$work/state && mkdir -p "$state/original" && desired=$work/parts && command=apply
ip link set lo up
for n in 0 1; do ip link add eth$n type veth peer name peer$n; ip link set eth$n up; ip link set peer$n up; done
ip address add 10.100.0.20/24 dev eth0
ip address add fd00:100::20/64 dev eth0 nodad
ip nexthop add id 5 via 10.100.0.9 dev eth0
ip nexthop add id 1170000000 via 10.100.0.8 dev eth0
ip route add 10.50.0.0/16 nhid 5 protocol static
${before}
${steps.join("\n")}
rm -rf "$work"
`;
  const { stdout, stderr, status } = spawnSync("unshare", ["--net", "--mount", "sh"], { input: script, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("--\n").slice(0, -1);
}

const isMissing = missingNamespaces();
const testIt = isMissing ? test.skip : test;

const route = (destination: string, via: string, more: { link?: string; nexthop?: boolean } = { nexthop: true }): HostItem => ({
  kind: "route",
  destination,
  via,
  ...more,
});

/** What Linux shows: somebody else's nexthops, one of which has a number that we would have taken, and route; with ours after each. */
const shown = (nexthops: readonly string[], routes: readonly string[]) =>
  [
    "id 5 via 10.100.0.9 dev eth0 scope link",
    "id 1170000000 via 10.100.0.8 dev eth0 scope link",
    ...nexthops.map((line) => `id 117000000${line}`),
    "10.50.0.0/16 nhid 5 via 10.100.0.9 dev eth0 proto 4",
    ...routes,
    "",
  ].join("\n");

testIt("routes get a nexthop object per gateway, change in place, and go with it; those of others stay", () => {
  const plain = [route("10.244.1.0/24", "10.100.0.21", {}), route("fd00:244:0:1::/64", "fd00:100::21", {})];
  const many = [
    route("10.244.1.0/24", "10.100.0.21"),
    route("fd00:244:0:1::/64", "fd00:100::21"),
    route("10.244.2.0/24", "10.100.0.22"),
    route("10.244.3.0/24", "10.100.0.22"),
  ];
  const moved: HostItem[] = [
    route("10.244.2.0/24", "10.100.0.23"),
    route("10.244.3.0/24", "10.100.0.22"),
    { kind: "route", destination: "10.244.0.0/16" },
  ];
  const asPlain = shown(
    [],
    ["10.244.1.0/24 via 10.100.0.21 dev eth0 proto 117", "fd00:244:0:1::/64 via fd00:100::21 dev eth0 proto 117 metric 1024 pref medium"],
  );
  expect(routed([plain, many, moved, plain, []])).toEqual([
    asPlain,
    shown(
      [
        "1 via 10.100.0.21 dev eth0 scope link proto 117",
        "2 via 10.100.0.22 dev eth0 scope link proto 117",
        "3 via fd00:100::21 dev eth0 scope link proto 117",
      ],
      [
        "10.244.1.0/24 nhid 1170000001 via 10.100.0.21 dev eth0 proto 117",
        "10.244.2.0/24 nhid 1170000002 via 10.100.0.22 dev eth0 proto 117",
        "10.244.3.0/24 nhid 1170000002 via 10.100.0.22 dev eth0 proto 117",
        "fd00:244:0:1::/64 nhid 1170000003 via fd00:100::21 dev eth0 proto 117 metric 1024 pref medium",
      ],
    ),
    shown(
      ["2 via 10.100.0.22 dev eth0 scope link proto 117", "4 via 10.100.0.23 dev eth0 scope link proto 117"],
      [
        // A blackhole.
        "6 10.244.0.0/16 proto 117",
        "10.244.2.0/24 nhid 1170000004 via 10.100.0.23 dev eth0 proto 117",
        "10.244.3.0/24 nhid 1170000002 via 10.100.0.22 dev eth0 proto 117",
      ],
    ),
    asPlain,
    shown([], []),
  ]);
});

testIt("a gateway that is behind another interface now keeps its nexthop's number, and so its routes", () => {
  const routes = [route("10.244.1.0/24", "10.100.0.21")];
  const behind = (link: string) =>
    shown([`1 via 10.100.0.21 dev ${link} scope link proto 117`], [`10.244.1.0/24 nhid 1170000001 via 10.100.0.21 dev ${link} proto 117`]);
  expect(routed([routes, routes], "ip address del 10.100.0.20/24 dev eth0; ip address add 10.100.0.20/24 dev eth1")).toEqual([
    behind("eth0"),
    behind("eth1"),
  ]);
});

testIt("gateways on a tunnel of ours are behind it, whatever addresses it has", () => {
  const tunnel: HostItem = { kind: "link", name: "plumbline0", type: "vxlan id 1 dstport 4789 nolearning" };
  const onTunnel = { link: "plumbline0", nexthop: true };
  const [first, second] = routed(
    [
      [tunnel, route("10.244.1.0/24", "10.244.1.0", onTunnel), route("fd00:244:0:1::/64", "fd00:244:0:1::", onTunnel)],
      [tunnel, route("fd00:244:0:1::/64", "fd00:244:0:1::", { link: "plumbline0" })],
    ],
    "true",
    "ip link add plumbline0 type vxlan id 1 dstport 4789 nolearning; ip link set plumbline0 up",
  );
  expect(first).toBe(
    shown(
      ["1 via 10.244.1.0 dev plumbline0 scope link proto 117 onlink", "2 via fd00:244:0:1:: dev plumbline0 scope link proto 117 onlink"],
      [
        "10.244.1.0/24 nhid 1170000001 via 10.244.1.0 dev plumbline0 proto 117 onlink",
        "fd00:244:0:1::/64 nhid 1170000002 via fd00:244:0:1:: dev plumbline0 proto 117 metric 1024 onlink pref medium",
      ],
    ),
  );
  expect(second).toBe(shown([], ["fd00:244:0:1::/64 via fd00:244:0:1:: dev plumbline0 proto 117 metric 1024 onlink pref medium"]));
});

testIt("somebody else's route is a reason to refuse, unless it goes the same way", () => {
  const elsewhere = [route("10.50.0.0/16", "10.100.0.21"), route("10.9.0.0/16", "10.7.0.1")];
  expect(routed([elsewhere, [route("10.50.0.0/16", "10.100.0.9")]])).toEqual([
    "route 10.50.0.0/16: there is a route of somebody else to it (nexthop 10.100.0.9); remove that one or change the plan\n" +
      `route 10.9.0.0/16: its gateway 10.7.0.1 is in no network of this host\n${shown([], [])}`,
    shown(["1 via 10.100.0.9 dev eth0 scope link proto 117"], []),
  ]);
});
