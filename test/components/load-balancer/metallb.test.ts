import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { showPeer, showPorts } from "../../../core/flow";
import type { StackInput } from "../../../core/stack/schema";
import { stackWith } from "../../support/stacks";

const lan = { nodeCIDRs: ["192.168.0.0/24"], loadBalancerPools: [{ name: "lan", range: "192.168.0.240-192.168.0.250" }] };
const routed = { loadBalancerPools: [{ name: "routed", cidr: "198.51.100.0/27" }] };
const peers = [{ address: "192.168.0.1", asNumber: 64513 }];

const planOf = (
  metallb: NonNullable<StackInput["loadBalancer"]>["metallb"] = {},
  sections: Partial<StackInput> = {},
  cluster: StackInput["cluster"] = lan,
) => planNetwork(stackWith({ cluster, ...sections, loadBalancer: { provider: "metallb", metallb } }));

type Plan = ReturnType<typeof planOf>;
const objects = ({ manifests }: Plan) =>
  manifests
    .filter(({ part }) => part === "load-balancer/metallb")
    .map(({ object: { apiVersion, kind, metadata, spec } }) => [`${apiVersion} ${kind} ${metadata.namespace}/${metadata.name}`, spec]);
const flows = ({ flows }: Plan) =>
  flows
    .filter(({ part }) => part === "load-balancer/metallb")
    .map(({ from, to, protocol, ports }) => `${showPeer(from)} to ${showPeer(to)} ${protocol} ${showPorts(ports)}`);
const findings = ({ findings }: Plan) =>
  findings.map((finding) => showFinding(finding)).filter((text) => /metallb|MetalLB|loadBalancer|strictARP/.test(text));

const installation =
  "info: loadBalancer.provider: MetalLB v0.15.2 has to be installed before `pulumi up`.\n  kubectl apply -f https://raw.githubusercontent.com/metallb/metallb/v0.15.2/config/manifests/metallb-native.yaml";

test("layer 2: the pools, announced on the LAN; the nodes' speakers find one another", () => {
  const plan = planOf();
  expect(objects(plan)).toEqual([
    ["metallb.io/v1beta1 IPAddressPool metallb-system/lan", { addresses: ["192.168.0.240-192.168.0.250"] }],
    ["metallb.io/v1beta1 L2Advertisement metallb-system/plumbline", { ipAddressPools: ["lan"] }],
  ]);
  expect(flows(plan)).toEqual(["nodes to nodes tcp 7946", "nodes to nodes udp 7946"]);
  expect(findings(plan)).toEqual([installation]);
});

test("BGP: the routers are told; the nodes open the sessions, so no port is opened", () => {
  const plan = planOf({ announce: "bgp", bgpPeers: peers }, {}, routed);
  expect(objects(plan)).toEqual([
    ["metallb.io/v1beta1 IPAddressPool metallb-system/routed", { addresses: ["198.51.100.0/27"] }],
    [
      "metallb.io/v1beta2 BGPPeer metallb-system/plumbline-192-168-0-1",
      { myASN: 64512, peerASN: 64513, peerAddress: "192.168.0.1", peerPort: 179 },
    ],
    ["metallb.io/v1beta1 BGPAdvertisement metallb-system/plumbline", { ipAddressPools: ["routed"] }],
  ]);
  expect(flows(plan)).toEqual([]);
  expect(findings(plan)).toEqual([installation]);
});

test("without the section nothing is set up", () => {
  const plan = planNetwork(stackWith({ cluster: lan }));
  expect(objects(plan)).toEqual([]);
  expect(flows(plan)).toEqual([]);
});

test.each<[string, Plan, string[]]>([
  [
    "no pool",
    planOf({}, {}, {}),
    [
      "loadBalancer.provider: metallb has no addresses to give.\n  Write cluster.loadBalancerPools, for example [{ name: lan, range: 192.168.1.240-192.168.1.250 }].",
    ],
  ],
  [
    "a pool beside the LAN",
    planOf({}, {}, { ...routed, nodeCIDRs: ["192.168.0.0/24"] }),
    [
      "warning: cluster.loadBalancerPools[0].cidr: isn't on the nodes' LAN 192.168.0.0/24: nobody asks for its addresses by ARP or NDP there.\n  Write free addresses of the LAN, or loadBalancer.metallb.announce: bgp.",
    ],
  ],
  [
    "ipvs that answers ARP for everything",
    planOf({}, { proxy: { mode: "ipvs" } }),
    [
      "proxy.ipvs.strictARP: is off: all nodes would answer ARP for a service's address, not only the one that MetalLB chose.\n  Write strictARP: true.",
    ],
  ],
  ["ipvs that doesn't", planOf({}, { proxy: { mode: "ipvs", ipvs: { strictARP: true } } }), []],
  ["ipvs, BGP", planOf({ announce: "bgp", bgpPeers: peers }, { proxy: { mode: "ipvs" } }), []],
  [
    "BGP without a router",
    planOf({ announce: "bgp" }),
    ["loadBalancer.metallb.bgpPeers: names no router to tell.\n  Write bgpPeers: [{ address: 10.100.0.1, asNumber: 64513 }]."],
  ],
  [
    "IPv6 by BGP",
    planOf({ announce: "bgp", bgpPeers: peers }, {}, { loadBalancerPools: [{ name: "v6", cidr: "fd00:7::/120" }] }),
    [
      "warning: cluster.loadBalancerPools[0].cidr: is IPv6, which MetalLB as metallb-native.yaml installs it refuses to announce by BGP.\n  Write an IPv4 pool, or install MetalLB's FRR mode (metallb-frr.yaml of the same release).",
    ],
  ],
  [
    "routers that aren't told",
    planOf({ bgpPeers: peers }),
    ["warning: loadBalancer.metallb.bgpPeers: aren't told anything: announce is layer2.\n  Write announce: bgp, or remove them."],
  ],
  [
    "two sessions with one router",
    planOf({ announce: "bgp", bgpPeers: peers }, { cni: { provider: "calico", calico: { bgpPeers: peers } } }),
    [
      "warning: loadBalancer.metallb.bgpPeers: 192.168.0.1 is Calico's peer too: a router takes one session from a node, so one of the two gets none.\n  Have Calico tell it the pools (serviceLoadBalancerIPs of its BGPConfiguration), or give MetalLB another router.",
    ],
  ],
  [
    "names that objects can't have",
    planOf(
      {},
      {},
      {
        loadBalancerPools: [
          { name: "Office LAN", range: "192.168.0.240-192.168.0.250" },
          { name: "dmz", cidr: "192.168.7.0/28" },
          { name: "dmz", cidr: "192.168.8.0/28" },
        ],
      },
    ),
    [
      `cluster.loadBalancerPools[0].name: "Office LAN" can't be the name of MetalLB's pool.\n  Write another name, of lower-case letters, digits, '-' and '.'.`,
      `cluster.loadBalancerPools[2].name: "dmz" is the name of another pool.\n  Write another name, of lower-case letters, digits, '-' and '.'.`,
    ],
  ],
  [
    "control planes only",
    planOf({}, { nodes: [{ name: "cp1", roles: ["control-plane", "etcd", "worker"], address: "192.168.0.20" }] }),
    [
      "warning: loadBalancer.provider: all nodes are control planes, which kubeadm keeps out of load balancing: MetalLB announces nothing.\n  kubectl label nodes --all node.kubernetes.io/exclude-from-external-load-balancers-",
    ],
  ],
])("%s", (_, plan, expected) => {
  expect(findings(plan)).toEqual([...expected, installation]);
});
