import { spawnSync } from "node:child_process";
import { host } from "../../../components/host/host";
import { agent } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import { planNetwork } from "../../../components/plan";
import { stackWith } from "../../support/stacks";

const stack = stackWith({
  host: {
    links: [
      {
        name: "ovs1",
        type: "ovs-bridge",
        addresses: ["10.1.0.1/24"],
        mtu: 1400,
        ports: [{ name: "eth1", trunks: [20, 10] }, "in10", "t1", "t2"],
      },
      { name: "in10", type: "ovs-internal", mtu: 1300, addresses: ["10.10.0.1/24"] },
      { name: "t1", type: "ovs-vxlan", remote: "10.9.0.2", local: "10.9.0.1", id: 42, port: 4790 },
      { name: "t2", type: "ovs-gre", remote: "fd00:9::2" },
      { name: "ovs2", type: "ovs-bridge", datapath: "netdev", ports: [{ name: "v-red", tag: 10 }] },
      { name: "v-red", type: "veth", peer: { name: "eth0", namespace: "red" } },
    ],
    namespaces: [{ name: "red" }],
  },
});
const plan = planNetwork(stack);
const bundle = renderBundle({
  node: "w1",
  confirmTimeoutSeconds: 60,
  items: plan.nodes.slice(1).flatMap((node) => host(plan).host?.(node) ?? []),
});

test("bridges and ports, each a line that says what it is; a veth's far end on ovs-vswitchd's own datapath makes its checksums itself", () => {
  expect(bundle.split("\n").slice(3, -1)).toEqual([
    "namespace red",
    "link v-red type veth peer name eth0 netns red",
    "link-peer eth0 netns red",
    "software-checksums eth0 netns red",
    "ovs-bridge ovs1 datapath system mtu 1400",
    "ovs-bridge ovs2 datapath netdev",
    "ovs-port eth1 bridge ovs1 trunks 10,20",
    "ovs-port in10 bridge ovs1 type internal mtu 1300",
    "ovs-port t1 bridge ovs1 type vxlan remote 10.9.0.2 local 10.9.0.1 key 42 port 4790",
    "ovs-port t2 bridge ovs1 type gre remote fd00:9::2",
    "ovs-port v-red bridge ovs2 tag 10",
    "address 10.1.0.1/24 dev ovs1",
    "address 10.10.0.1/24 dev in10",
  ]);
});

test("the agent makes one transaction of them, that clears what isn't said", () => {
  const input = `${agent().replace(/main "\$@"\n$/, "")}
work=$(mktemp -d); desired=$work/parts
cat >"$work/bundle" <<'END'
${bundle}END
unpack "$work/bundle" "$desired"; want_ovs; rm -rf "$work"
`;
  const { stdout, stderr } = spawnSync("sh", { input, encoding: "utf8" });
  const ours = "external_ids:plumbline=yes";
  expect({ stderr, stdout: stdout.split("\n") }).toEqual({
    stderr: "",
    stdout: [
      `-- --may-exist add-br ovs1 -- set bridge ovs1 datapath_type=system ${ours} -- clear interface ovs1 mtu_request`,
      "-- set interface ovs1 mtu_request=1400",
      `-- --may-exist add-br ovs2 -- set bridge ovs2 datapath_type=netdev ${ours} -- clear interface ovs2 mtu_request`,
      `-- --may-exist add-port ovs1 eth1 -- clear port eth1 tag trunks -- set port eth1 ${ours} trunks=10,20`,
      `-- --may-exist add-port ovs1 in10 -- clear port in10 tag trunks -- set port in10 ${ours}`,
      "-- clear interface in10 options mtu_request -- set interface in10 type=internal mtu_request=1300",
      `-- --may-exist add-port ovs1 t1 -- clear port t1 tag trunks -- set port t1 ${ours}`,
      '-- clear interface t1 options mtu_request -- set interface t1 type=vxlan options:remote_ip="10.9.0.2" options:local_ip="10.9.0.1" options:key=42 options:dst_port=4790',
      `-- --may-exist add-port ovs1 t2 -- clear port t2 tag trunks -- set port t2 ${ours}`,
      '-- clear interface t2 options mtu_request -- set interface t2 type=gre options:remote_ip="fd00:9::2"',
      `-- --may-exist add-port ovs2 v-red -- clear port v-red tag trunks -- set port v-red ${ours} tag=10`,
      "",
    ],
  });
});

test("the other ends of tunnels may reach the nodes that have them, Linux's and Open vSwitch's", () => {
  const tunnels = stackWith({
    host: { links: [{ name: "vx", type: "vxlan", id: 5, remote: "10.9.0.2", port: 4788 }] },
  });
  const shown = (which: typeof plan) =>
    which.flows
      .filter(({ part, to }) => part === "host" && to.kind === "node" && to.name === "w1")
      .map(
        ({ from, protocol, ports, why }) =>
          `${from.kind === "cidrs" && from.cidrs.join()} ${protocol} ${ports?.map((each) => each.from).join() ?? "all"}: ${why}`,
      );
  expect([shown(planNetwork(tunnels)), shown(plan)]).toEqual([
    ["10.9.0.2/32 udp 4788: tunnel vx"],
    ["10.9.0.2/32 udp 4790: tunnel t1", "fd00:9::2/128 gre all: tunnel t2"],
  ]);
});
