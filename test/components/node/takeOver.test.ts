import { spawnSync } from "node:child_process";
import { agent } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import type { HostItem } from "../../../core/host";
import { missingNamespaces } from "../../support/judges";

const functions = agent().replace(/main "\$@"\n$/, "");
const testIt = missingNamespaces() ? test.skip : test;

/** A host with the routes of two tunnels' programs, to the pods of one node; the agent sets `states` one after the other. Gives what `ip monitor route` saw of each. */
function watched(prepare: string, ...states: readonly (readonly HostItem[])[]): string[] {
  const steps = states.map(
    (items) => `cat >"$work/bundle" <<'END'
${renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items })}END
unpack "$work/bundle" "$desired"
check_routes
ip -N monitor route >"$work/seen" &
watcher=$!
sleep 0.3; set_routes; sleep 0.3
kill "$watcher"
[ ! -s "$work/problems" ] || { cat "$work/problems"; rm "$work/problems"; }
sed '/fe80/d; s/ *$//' "$work/seen"
set_routes
{ ip -N route; ip -6 -N route; } | grep -c -e '^10.*flannel' -e '^fd.*flannel'
echo --`,
  );
  const script = `${functions}
work=$(mktemp -d) && state=$work/state && mkdir -p "$state/original" && desired=$work/parts && command=apply
ip link set lo up
ip link add eth0 type veth peer name lan && ip link set eth0 up && ip link set lan up
ip address add 10.100.0.20/24 dev eth0
ip link add flannel.1 type vxlan id 1 dstport 8472 nolearning && ip link set flannel.1 up
ip link add plumbline0 type vxlan id 1 dstport 4789 nolearning && ip link set plumbline0 up
${prepare}
${steps.join("\n")}
rm -rf "$work"
`;
  const { stdout, stderr, status } = spawnSync("unshare", ["--net", "--mount", "sh"], { input: script, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("--\n").slice(0, -1);
}

const takeOver: HostItem = { kind: "take-over", what: "routes" };
const tunnel: HostItem = { kind: "link", name: "plumbline0", type: "vxlan id 1 dstport 4789 nolearning" };
const byTunnel = (destination: string): HostItem => ({
  kind: "route",
  destination,
  via: destination.split("/")[0] ?? "",
  link: "plumbline0",
});
const four = "10.244.2.0/24";
const six = "fd00:244:0:2::/64";
const flannels = `ip route add ${four} via 10.244.2.0 dev flannel.1 onlink; ip -6 route add ${six} via fd00:244:0:2:: dev flannel.1 onlink`;

testIt("a route is taken over at once: there is no moment without one", () => {
  const [seen] = watched(flannels, [takeOver, tunnel, byTunnel(four), byTunnel(six)]);
  expect(seen).toBe(
    [
      `${four} via 10.244.2.0 dev plumbline0 proto 117 onlink`,
      // Only so Linux accepts the gateway; no pod has this address.
      "fd00:244:0:2:: dev plumbline0 proto 117 metric 1024 pref medium",
      `${six} via fd00:244:0:2:: dev plumbline0 proto 117 metric 1024 onlink pref medium`,
      "Deleted fd00:244:0:2:: dev plumbline0 proto 117 metric 1024 pref medium",
      "0",
      "",
    ].join("\n"),
  );
});

testIt("so is one from the LAN to our tunnel, and back", () => {
  const byLan: HostItem = { kind: "route", destination: four, via: "10.100.0.22" };
  const lan = `${four} via 10.100.0.22 dev eth0 proto 117\n0\n`;
  const onTunnel = `${four} via 10.244.2.0 dev plumbline0 proto 117 onlink\n0\n`;
  expect(watched("true", [byLan], [tunnel, byTunnel(four)], [byLan])).toEqual([lan, onTunnel, lan]);
});

testIt("somebody else's of another metric goes after ours is there", () => {
  const [seen] = watched(`ip route add ${four} via 10.244.2.0 dev flannel.1 onlink metric 50`, [takeOver, tunnel, byTunnel(four)]);
  expect(seen).toBe(
    `${four} via 10.244.2.0 dev plumbline0 proto 117 onlink\nDeleted ${four} via 10.244.2.0 dev flannel.1 metric 50 onlink\n0\n`,
  );
});
