import { spawnSync } from "node:child_process";
import { agent } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import type { HostItem } from "../../../core/host";
import { missingNamespaces } from "../../support/judges";

const functions = agent().replace(/main "\$@"\n$/, "");

/** Makes the agent set one list of items after another in a network namespace of its own, and prints what Linux shows after each. */
function routed(...states: readonly (readonly HostItem[])[]): string[] {
  const bundles = states.map((items) => renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items }));
  const script = `${functions}
work=$(mktemp -d) && state=$work/state && mkdir -p "$state/original" && desired=$work/parts && command=apply
mount -t sysfs sysfs /sys
ip link set lo up
for n in 0 1; do ip link add eth$n type veth peer name peer$n; ip link set eth$n up; ip link set peer$n up; done
ip address add 10.100.0.20/24 dev eth0
ip address add fd00:100::20/64 dev eth0 nodad
ip route add default via 10.100.0.1
ip route add 10.50.0.0/16 via 10.100.0.9
${bundles
  .map(
    (bundle) => `cat >"$work/bundle" <<'END'
${bundle}END
unpack "$work/bundle" "$desired"
check_static_routes; set_static_routes; set_rules; set_static_routes; set_rules
[ ! -s "$work/problems" ] || { cat "$work/problems"; rm "$work/problems"; }
for f in 4 6; do ip -$f -N route show table all | grep -v -e ' 25[3-5] ' -e '^[2-5] ' -e 'proto 2' -e '^ff00' -e '^multicast' -e ' table 255 '; ip -$f -N rule show; done | grep -e 118 -e proto -e default | sed 's/ *$//'
echo --`,
  )
  .join("\n")}
rm -rf "$work"
`;
  const { stdout, stderr, status } = spawnSync("unshare", ["--net", "--mount", "sh"], { input: script, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("--\n").slice(0, -1);
}

const isMissing = missingNamespaces();
(isMissing ? test.skip : test)("static routes and rules are set, changed and taken away; those of others stay", () => {
  const first: HostItem[] = [
    { kind: "static-route", destination: "0.0.0.0/0", table: "main", metric: 50, via: "10.100.0.254", link: "eth0" },
    { kind: "static-route", destination: "10.20.0.0/16", table: "100", via: "10.9.0.1", link: "eth1", source: "10.100.0.20", onlink: true },
    { kind: "static-route", destination: "10.30.0.0/16", table: "main" },
    { kind: "static-route", destination: "fd00:30::/64", table: "main", via: "fd00:100::1" },
    { kind: "static-route", destination: "10.50.0.0/16", table: "main", via: "10.100.0.9" },
    { kind: "rule", family: 4, priority: 1000, from: "10.1.0.0/24", iif: "eth7", fwmark: "1/0xff", table: "100" },
    { kind: "rule", family: 6, priority: 1001, from: "fd00:1::5/128", table: "main" },
  ];
  const second: HostItem[] = [
    { kind: "static-route", destination: "10.20.0.0/16", table: "100", via: "10.100.0.8" },
    { kind: "rule", family: 4, priority: 1000, from: "10.1.0.0/24", table: "100" },
  ];
  const others = "default via 10.100.0.1 dev eth0\n";
  expect(routed(first, second, [])).toEqual([
    "10.20.0.0/16 via 10.9.0.1 dev eth1 table 100 proto 118 src 10.100.0.20 onlink\n" +
      others +
      "default via 10.100.0.254 dev eth0 proto 118 metric 50\n6 10.30.0.0/16 proto 118\n" +
      "1000:\tfrom 10.1.0.0/24 fwmark 0x1/0xff iif eth7 [detached] lookup 100 proto 118\n" +
      "fd00:30::/64 via fd00:100::1 dev eth0 proto 118 metric 1024 pref medium\n" +
      "1001:\tfrom fd00:1::5 lookup 254 proto 118\n",
    `10.20.0.0/16 via 10.100.0.8 dev eth0 table 100 proto 118\n${others}1000:\tfrom 10.1.0.0/24 lookup 100 proto 118\n`,
    others,
  ]);
});

(isMissing ? test.skip : test)("another's route to the same place is a reason to refuse, and so is an interface that isn't there", () => {
  const [shown] = routed([{ kind: "static-route", destination: "0.0.0.0/0", table: "main", via: "10.100.0.254", link: "eth9" }]);
  expect(shown).toContain(
    "static-route 0.0.0.0/0 table 254 metric 0 via 10.100.0.254 dev eth9: there is a route of somebody else to it (0.0.0.0/0 table 254 metric 0 via 10.100.0.1 dev eth0); write another metric, or remove that one\n" +
      "static-route dev eth9: this host has no such interface\n",
  );
});
