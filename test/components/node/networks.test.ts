import { spawnSync } from "node:child_process";
import { agent } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import type { HostItem } from "../../../core/host";
import { missingNamespaces, testsWith } from "../../support/judges";

const functions = agent().replace(/main "\$@"\n$/, "");
const { test: testIt, note } = testsWith(missingNamespaces());

/** A state of the host, and what happens on it until the next one. */
interface State {
  readonly items: readonly HostItem[];
  readonly meanwhile?: string;
}

/**
 * Makes the agent go from one state to the next in a network of its own. Gives what it says, the bridges and files after each, and what iptables-restore was
 * told; e2e has the real one.
 */
function gone(...states: readonly State[]): string[] {
  const steps = states.map(
    ({ items, meanwhile = "true" }, index) => `cat >"$work/bundle" <<'END'
${renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items })}END
unpack "$work/bundle" "$desired"
generation=${index}; [ ${items.length} != 0 ] || generation=nothing
take_networks; drop_networks; settle
${meanwhile}
[ ! -s "$work/problems" ] || { cat "$work/problems"; rm "$work/problems"; }
[ ! -s "$work/remarks" ] || { cat "$work/remarks"; echo; rm "$work/remarks"; }
{ ip -br link show type bridge | awk '{ print $1 }'; cd "$work"; find leases results original -type f | sort; cd /; } | paste -s -d ' '
[ ! -e "$work/restored" ] || { cat "$work/restored"; rm "$work/restored"; }
echo --`,
  );
  const script = `${functions}
mount -t sysfs sysfs /sys
work=$(mktemp -d) && state=$work && desired=$work/parts && command=apply
leases=$work/leases && results=$work/results
mkdir -p "$state/original/files" "$state/original/networks" "$leases/plumbline" "$leases/other" "$results"
sandboxes() { printf 'live\\n'; }
filters() { case $1 in *:*) ;; *) echo iptables-test ;; esac; }
table_rules() { cat "$work/rules"; }
timeout() { cat >>"$work/restored"; }
: >"$work/rules"
${steps.join("\n")}
rm -rf "$work"
`;
  const { stdout, stderr, status } = spawnSync("unshare", ["--net", "--mount", "sh"], { input: script, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout
    .split("--\n")
    .slice(0, -1)
    .map((text) => text.replaceAll(/\/tmp\/tmp\.\w+\//g, "/"));
}

const network = (bridge: string): HostItem => ({ kind: "cni-network", name: "plumbline", bridge });

/** host-local's, libcni's and portmap's traces of one pod. */
const pod = (net: string, address: string, id: string, chain: string) => `
printf '${id}\\r\\neth0' >"$leases/${net}/${address}"; touch -d '1 hour ago' "$leases/${net}/${address}"
: >"$leases/${net}/lock"; : >"$leases/${net}/last_reserved_ip.0"; : >"$results/${net}-${id}-eth0"
cat >>"$work/rules" <<'RULES'
-A CNI-DN-${chain} -p tcp -m tcp --dport 8080 -j DNAT --to-destination ${address}:80
-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"${net}\\" id: \\"${id}\\"" -m multiport --dports 8080 -j CNI-DN-${chain}
RULES
`;

/** Takes portmap's rules of a pod away. */
const unmapped = (id: string, chain: string) => `*nat
-D CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"plumbline\\" id: \\"${id}\\"" -m multiport --dports 8080 -j CNI-DN-${chain}
-F CNI-DN-${chain}
-X CNI-DN-${chain}
COMMIT
`;

const plugged = "ip link add cni0 type bridge; ip link add v0 type veth peer name v1; ip link set v0 master cni0";
const others = "leases/other/10.9.0.5 leases/other/last_reserved_ip.0 leases/other/lock";

testIt(`what pods left goes with the network, and what is somebody else's stays${note}`, () => {
  const pods = [
    pod("plumbline", "10.244.1.5", "dead", "A"),
    pod("plumbline", "10.244.1.6", "gone", "B"),
    pod("other", "10.9.0.5", "dead", "C"),
  ];
  expect(gone({ items: [network("cni0")], meanwhile: ["ip link add cni0 type bridge", ...pods].join("\n") }, { items: [] })).toEqual([
    `cni0 ${others} leases/plumbline/10.244.1.5 leases/plumbline/10.244.1.6 leases/plumbline/last_reserved_ip.0 leases/plumbline/lock original/networks/plumbline results/other-dead-eth0 results/plumbline-dead-eth0 results/plumbline-gone-eth0\n`,
    `${others} results/other-dead-eth0\n${unmapped("dead", "A")}${unmapped("gone", "B")}`,
  ]);
});

testIt(`pods that run, or start, keep what is theirs; it goes at a later apply${note}`, () => {
  const pods = [
    plugged,
    pod("plumbline", "10.244.1.5", "dead", "A"),
    pod("plumbline", "10.244.1.6", "live", "B"),
    pod("plumbline", "fd00::7", "starts", "C"),
    'touch "$leases/plumbline/fd00::7"',
  ];
  const elsewhere: HostItem = { kind: "route", destination: "10.0.0.0/8" };
  const states = gone({ items: [network("cni0")], meanwhile: pods.join("\n") }, { items: [elsewhere] }, { items: [elsewhere] });
  const left = `cni0 leases/plumbline/10.244.1.6 leases/plumbline/fd00::7 leases/plumbline/last_reserved_ip.0 leases/plumbline/lock original/networks/plumbline results/plumbline-live-eth0 results/plumbline-starts-eth0\n`;
  const remark = "; 2 addresses in /leases/plumbline stay: their pods run, and keep them\n";
  expect(states.slice(1, 3)).toEqual([`${remark}${left}${unmapped("dead", "A")}`, `${remark}${left}`]);
});

testIt(`the last pods' bridge and addresses go at a later apply${note}`, () => {
  const elsewhere: HostItem = { kind: "route", destination: "10.0.0.0/8" };
  const states = gone(
    { items: [network("cni0")], meanwhile: `${plugged}; ${pod("plumbline", "10.244.1.6", "live", "B")}` },
    { items: [elsewhere], meanwhile: "ip link del v0; sandboxes() { :; }" },
    { items: [elsewhere] },
  );
  expect(states[2]).toBe(`\n${unmapped("live", "B")}`);
});

testIt(`a runtime that knows none of the pods isn't believed while the bridge has ports${note}`, () => {
  const states = gone(
    { items: [network("cni0")], meanwhile: `${plugged}; ${pod("plumbline", "10.244.1.6", "elsewhere", "B")}` },
    { items: [] },
  );
  expect(states[1]).toMatch(
    /^; the addresses in \/leases\/plumbline stay, since the .*\ncni0 leases\/plumbline\/10\.244\.1\.6 .*elsewhere-eth0\n$/,
  );
});

testIt(`a bridge of another name takes the place of one without ports; the addresses go on, and the old name is free${note}`, () => {
  const lease = pod("plumbline", "10.244.1.5", "dead", "A");
  const states = gone(
    { items: [network("cni0")], meanwhile: `ip link add cni0 type bridge; ${lease}` },
    { items: [network("pods0")], meanwhile: "ip link add pods0 type bridge" },
    { items: [network("pods0")], meanwhile: "ip link add cni0 type bridge" },
    { items: [] },
  );
  expect(states[1]).toMatch(/^pods0 leases\/plumbline\/10\.244\.1\.5 .*dead-eth0\n$/);
  expect(states[3]).toBe(`cni0\n${unmapped("dead", "A")}`);
});

testIt(`a bridge that was there before stays, and so do addresses when the runtime can't be asked${note}`, () => {
  const states = gone(
    { items: [], meanwhile: "ip link add cni0 type bridge" },
    { items: [network("cni0")], meanwhile: `sandboxes() { return 1; }; ${pod("plumbline", "10.244.1.5", "dead", "A")}` },
    { items: [] },
  );
  expect(states[2]).toBe(
    "; the addresses in /leases/plumbline stay, since the container runtime doesn't say which pods run\ncni0 leases/plumbline/10.244.1.5 leases/plumbline/last_reserved_ip.0 leases/plumbline/lock results/plumbline-dead-eth0\n",
  );
});
