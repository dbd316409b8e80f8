import { spawnSync } from "node:child_process";
import { host } from "../../../components/host/host";
import { agent } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import { planNetwork } from "../../../components/plan";
import type { StackInput } from "../../../core/stack/schema";
import { missingNamespaces } from "../../support/judges";
import { stackWith } from "../../support/stacks";

const functions = agent().replace(/main "\$@"\n$/, "");

/** Makes the agent set the links of one section after another in a network of its own, with what is asked after each. */
function linked(...steps: readonly { readonly section: StackInput["host"]; readonly ask: string }[]): string[] {
  const run = steps.map(({ section, ask }) => {
    const plan = planNetwork(stackWith({ host: section }));
    const items = plan.nodes.slice(1).flatMap((node) => host(plan).host?.(node) ?? []);
    return `cat >"$work/bundle" <<'END'
${renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items })}END
unpack "$work/bundle" "$desired"
check_links; check_namespaces
has_problems || { take_originals; set_links; set_links; drop_ports; drop_links; drop_namespaces; settle; }
[ ! -s "$work/problems" ] || { cat "$work/problems"; rm "$work/problems"; }
${ask}
echo --`;
  });
  const script = `${functions}
mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run; mkdir /run/netns
work=/run/work && state=$work/state && desired=$work/parts && command=apply
mkdir -p "$state/original/files" "$state/original/sysctls" "$state/original/links" "$state/original/namespaces" "$state/original/ports" "$state/original/networks"
: >"$state/live"
ip link set lo up
ip link add eth1 type veth peer name other
${run.join("\n")}
`;
  const { stdout, stderr, status } = spawnSync("unshare", ["--net", "--mount", "sh"], { input: script, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("--\n").slice(0, -1);
}

const isMissing = missingNamespaces();
const names = `ip -br link | awk '{ sub(/@.*/, "", $1); print $1 }' | sort | paste -s -d ' '; ip netns list | cut -d ' ' -f 1 | sort | paste -s -d ' '`;

(isMissing ? test.skip : test)("two namespaces joined by a bridge reach each other, and go without a trace", () => {
  const room = (name: string, last: number): NonNullable<NonNullable<StackInput["host"]>["links"]>[number] => ({
    name: `v-${name}`,
    type: "veth",
    peer: { name: "eth0", namespace: name, addresses: [`10.1.0.${last}/24`, `fd00:1::${last}/64`] },
  });
  const section: StackInput["host"] = {
    links: [
      { name: "br0", type: "bridge", ports: ["v-red", "v-blue", "eth1"], addresses: ["10.1.0.1/24"], mtu: 1400 },
      room("red", 2),
      room("blue", 3),
      { name: "mv0", type: "macvlan", parent: "vx0" },
      { name: "vx0", type: "vxlan", id: 42, remote: "192.168.0.30" },
    ],
    namespaces: [{ name: "red", routes: [{ to: "default", via: "10.1.0.1" }] }, { name: "blue" }],
  };
  const ping =
    "ip netns exec red timeout 3 bash -c ': </dev/tcp/10.1.0.3/9' 2>&1 | grep -o 'Connection refused' | head -n 1; ip -n red route show default | sed 's/ *$//'";
  const vxlan = "bridge fdb show dev vx0 | sed 's/ *$//'; cat /sys/class/net/vx0/mtu /sys/class/net/br0/mtu";
  expect(linked({ section, ask: `${names}; ${ping}; ${vxlan}` }, { section: {}, ask: names })).toEqual([
    "br0 eth1 lo mv0 other v-blue v-red vx0\nblue red\nConnection refused\ndefault via 10.1.0.1 dev eth0\n00:00:00:00:00:00 dst 192.168.0.30 self permanent\n1450\n1400\n",
    "eth1 lo other\n\n",
  ]);
});

(isMissing ? test.skip : test)("what is somebody else's is a reason to refuse, all at once", () => {
  const ask = "true";
  const section: StackInput["host"] = {
    links: [
      { name: "eth1", type: "bridge", ports: ["eth9", "lo"] },
      { name: "v0", type: "veth", peer: { name: "other" } },
    ],
  };
  expect(linked({ section, ask })).toEqual([
    "link eth1: there is an interface of this name already and it isn't ours; remove it or change the plan\n" +
      "link-peer other: there is an interface of this name already and it isn't ours; remove it or write another name\n" +
      "port eth9: this host has no such interface\n",
  ]);
});
