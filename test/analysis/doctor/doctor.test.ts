import { judgeHosts } from "../../../analysis/doctor/doctor";
import { parseFacts } from "../../../analysis/doctor/facts";
import { leaseCounts } from "../../../analysis/doctor/host";
import { showPath } from "../../../core/finding";
import type { StackInput } from "../../../core/stack/schema";
import { planOf } from "../verify/plans";

/** What a host of the lab prints; `more` are lines besides. */
const lines = (address: string, ...more: readonly string[]) =>
  [
    `hostname host-${address}`,
    "kernel 6.18.44",
    `machine-id of-${address}`,
    "link lo 00:00:00:00:00:00 -",
    `link eth0 0e:9e:03:fb:00:${address.split(".")[3]} -`,
    `address eth0 ${address}/24`,
    "route 0.0.0.0/0 eth0 static",
    "cni bin /usr/lib/cni",
    "cni conf /etc/cni/net.d",
    ...more,
    "",
  ].join("\n");

/** What doctor says of w1, which prints these lines besides; cp1 is fine. */
function found(more: readonly string[], changes: Partial<StackInput> = {}, facts = lines("10.100.0.21", ...more)): string[] {
  const plan = planOf(changes);
  const [cp1, w1] = plan.nodes;
  if (!cp1 || !w1) throw new Error("the plan has two nodes");
  return judgeHosts(plan, [
    { node: cp1, facts: parseFacts(lines("10.100.0.20")) },
    { node: w1, facts: parseFacts(facts) },
  ]).map(({ severity, node, path, message, mend }) => `${severity} ${node} ${showPath(path)}: ${message}|${mend}`);
}
/** Without the mends. */
const messages = (...args: Parameters<typeof found>) => found(...args).map((text) => text.split("|")[0]);

test("hosts that are as the plan has them give no finding", () => {
  expect(found([])).toEqual([]);
});

test("Docker's and libvirt's networks that overlap, narrower and wider, each told once", () => {
  expect(
    found([
      "range docker bridge 10.244.128.0/24",
      "link docker0 02:42:00:00:00:01 bridge",
      "address docker0 10.244.128.1/24",
      "range libvirt default 10.0.0.1/255.0.0.0",
      "range docker other 172.18.0.0/16",
    ]),
  ).toEqual([
    "error w1 cluster.podCIDRs[0]: Docker's network bridge, 10.244.128.0/24 overlaps cluster.podCIDRs[0] 10.244.0.0/16.|Give Docker other ranges: bip and default-address-pools in /etc/docker/daemon.json, and make networks of your own anew; or choose another range for the cluster.",
    "error w1 cluster.podCIDRs[0]: libvirt's network default, 10.0.0.0/8 overlaps cluster.podCIDRs[0] 10.244.0.0/16.|Give libvirt's network another range: `virsh net-edit NAME`, then net-destroy and net-start; or choose another range for the cluster.",
    "error w1 cluster.serviceCIDRs[0]: libvirt's network default, 10.0.0.0/8 overlaps cluster.serviceCIDRs[0] 10.96.0.0/16.|Give libvirt's network another range: `virsh net-edit NAME`, then net-destroy and net-start; or choose another range for the cluster.",
    "error w1 nodes[0].address: libvirt's network default, 10.0.0.0/8 overlaps nodes[0].address 10.100.0.20/32.|Give libvirt's network another range: `virsh net-edit NAME`, then net-destroy and net-start; or choose another range for the cluster.",
    "error w1 nodes[1].address: libvirt's network default, 10.0.0.0/8 overlaps nodes[1].address 10.100.0.21/32.|Give libvirt's network another range: `virsh net-edit NAME`, then net-destroy and net-start; or choose another range for the cluster.",
  ]);
});

test("a VPN's network among the services, a bridge that hides nodes", () => {
  expect(
    messages(["link tun0 - tun", "address tun0 10.96.8.1/24", "link br7 aa:00:00:00:00:01 bridge", "address br7 10.100.0.254/24"]),
  ).toEqual([
    "error w1 cluster.serviceCIDRs[0]: the network of the interface tun0 (tun), 10.96.8.0/24 overlaps cluster.serviceCIDRs[0] 10.96.0.0/16.",
    "error w1 nodes[0].address: the network of the interface br7 (bridge), 10.100.0.0/24 overlaps nodes[0].address 10.100.0.20/32.",
    "error w1 nodes[1].address: the network of the interface br7 (bridge), 10.100.0.0/24 overlaps nodes[1].address 10.100.0.21/32.",
  ]);
});

test("the pod network's own interfaces and routes are no overlap", () => {
  const own = [
    "link cni0 0a:00:00:00:00:01 bridge",
    "address cni0 10.244.21.1/24",
    "link kube-ipvs0 - -",
    "address kube-ipvs0 10.96.0.1/32",
  ];
  expect(found([...own, "route 10.244.20.0/24 eth0 boot", "route 10.244.0.0/20 eth0 bird"])).toEqual([]);
});

test("a bridge that something else left behind", () => {
  expect(found(["link cni0 0a:00:00:00:00:01 bridge", "address cni0 10.85.0.1/16"])).toEqual([
    "error w1 cni.bridge.name: the bridge cni0 is there already and has 10.85.0.1, which isn't in the node's pod range 10.244.21.0/24: no pod would start.|If nothing needs it: ip link delete cni0. Else write another cni.bridge.name.",
  ]);
});

test("routes into the pods' range are errors, those around it a remark", () => {
  expect(messages(["route 10.244.77.0/25 eth0 static", "route 10.240.0.0/12 eth0 dhcp", "route 10.8.0.0/16 eth0 dhcp"])).toEqual([
    "error w1 cluster.podCIDRs[0]: a route (static) sends 10.244.77.0/25 out by eth0, and cluster.podCIDRs[0] 10.244.0.0/16 overlaps it.",
    "info w1 cluster.podCIDRs[0]: a route (dhcp) sends 10.240.0.0/12 out by eth0, and cluster.podCIDRs[0] 10.244.0.0/16 is in it: pods don't reach hosts there whose addresses the cluster has.",
  ]);
});

test("another host, or Vagrant's interface", () => {
  const vagrant = (address: string) =>
    `link eth0 08:00:27:00:00:01 -\naddress eth0 10.0.2.15/24\nlink eth1 08:00:27:00:00:02 -\naddress eth1 ${address}/24\nroute 0.0.0.0/0 eth0 dhcp\n`;
  expect(messages([], {}, vagrant("10.100.0.99"))).toEqual([
    "error w1 nodes[1].address: no interface of this host has 10.100.0.21; it has eth0 10.0.2.15, eth1 10.100.0.99.",
  ]);
  expect(found([], {}, vagrant("10.100.0.21"))).toEqual([
    "warning w1 nodes[1].address: the default route leaves by eth0 (10.0.2.15), VirtualBox's NAT, the same on every VM, not by the interface with 10.100.0.21: a kubelet that isn't told its address registers 10.0.2.15.|Give the kubelet --node-ip=10.100.0.21 (kubeadm: nodeRegistration.kubeletExtraArgs; /etc/default/kubelet).",
  ]);
});

test("what the agent refuses comes with its mend; an absent address is told once", () => {
  expect(
    found([
      "refused cni-winner /etc/cni/net.d/10-plumbline.conflist: /etc/cni/net.d/05-calico.conflist sorts before it, so the container runtime takes that one; remove it if nothing needs it",
      "refused lan-mtu 10.100.0.21: no interface of this host has this address; is it the right host, and the right address of it?",
      "remark the Node object's pod ranges could not be compared",
    ]),
  ).toEqual([
    "error w1 nodes[1]: cni-winner /etc/cni/net.d/10-plumbline.conflist: /etc/cni/net.d/05-calico.conflist sorts before it, so the container runtime takes that one.|Remove it if nothing needs it.",
    "info w1 nodes[1]: the Node object's pod ranges could not be compared.|",
  ]);
});

test("copies of one machine", () => {
  const copy = lines("10.100.0.21")
    .replace("host-10.100.0.21", "host-10.100.0.20")
    .replace("of-10.100.0.21", "of-10.100.0.20")
    .replace(":00:21", ":00:20");
  expect(messages([], {}, copy)).toEqual([
    "error cp1 : has the same host name as w1 (host-10.100.0.20): they register as one Node object, and take turns in overwriting it.",
    "error w1 : has the same host name as cp1 (host-10.100.0.20): they register as one Node object, and take turns in overwriting it.",
    "error cp1 : has the same MAC address as w1 (0e:9e:03:fb:00:20): switches send one's packets to the other.",
    "error w1 : has the same MAC address as cp1 (0e:9e:03:fb:00:20): switches send one's packets to the other.",
    "warning cp1 : has the same machine-id as w1 (of-10.100.0.20): DHCP gives them one address, and their journals mix.",
    "warning w1 : has the same machine-id as cp1 (of-10.100.0.20): DHCP gives them one address, and their journals mix.",
  ]);
});

test("leases of the node's range are counted, stale ones are a remark", () => {
  const facts = ["lease cbr0 10.244.21.2 live", "lease cbr0 10.244.21.7 stale", "lease old 10.9.0.7 unknown"];
  expect(messages(facts)).toEqual(["info w1 : the network cbr0 has 1 address given to pods that are gone: 10.244.21.7."]);
  const w1 = planOf().nodes[1];
  expect(w1 && leaseCounts(w1, parseFacts(facts.join("\n")))).toEqual([{ range: "10.244.21.0/24", used: 2, total: 253, stale: 1 }]);
});

test("a node range without a free address", () => {
  const leases = Array.from({ length: 253 }, (_, index) => `lease cbr0 10.244.21.${index + 2} live`);
  expect(messages(leases)).toEqual(["error w1 : all addresses of 10.244.21.0/24 are given out (253 of 253): no further pod starts here."]);
});

test("a host that can't be asked", () => {
  const plan = planOf();
  const [node] = plan.nodes;
  if (!node) throw new Error("the plan has nodes");
  expect(judgeHosts(plan, [{ node, problem: "SSH to ops@10.100.0.20: connection refused." }])).toEqual([
    { severity: "error", node: "cp1", path: ["nodes", 0], message: "SSH to ops@10.100.0.20: connection refused.", mend: "" },
  ]);
});

test.each(["metallb", "kubeVip"] as const)(
  "a router that has no BGP session with a node is a remark, whichever of the two opens it: %s",
  (key) => {
    const bgpPeers = ["10.100.0.9", "10.100.0.10", "10.100.0.11"].map((address) => ({ address, asNumber: 64513 }));
    const changes: Partial<StackInput> = {
      cluster: { serviceCIDRs: ["10.96.0.0/16"], loadBalancerPools: [{ name: "routed", cidr: "198.51.100.0/28" }] },
      loadBalancer: { provider: key === "kubeVip" ? "kube-vip" : key, [key]: { announce: "bgp", bgpPeers } },
    };
    expect(found(["bgp 10.100.0.9", "bgp 10.100.0.11"], changes).filter((text) => text.includes(" w1 "))).toEqual([
      `info w1 loadBalancer.${key}.bgpPeers: has no BGP session with 10.100.0.10: that router isn't told the way to services here.|After \`pulumi up\` there has to be one: does the router take 10.100.0.21 as a neighbour, as its own AS 64513, and let in port 179?`,
    ]);
  },
);
