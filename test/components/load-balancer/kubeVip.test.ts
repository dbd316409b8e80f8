import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import type { Manifest } from "../../../core/part";
import type { StackInput } from "../../../core/stack/schema";
import { stackWith } from "../../support/stacks";

const lan = {
  nodeCIDRs: ["192.168.0.0/24"],
  loadBalancerPools: [
    { name: "lan", range: "192.168.0.240-192.168.0.250" },
    { name: "more", cidr: "192.168.0.128/30" },
  ],
};

const planOf = (
  kubeVip: NonNullable<StackInput["loadBalancer"]>["kubeVip"] = {},
  sections: Partial<StackInput> = {},
  cluster: StackInput["cluster"] = lan,
) => planNetwork(stackWith({ cluster, ...sections, loadBalancer: { provider: "kube-vip", kubeVip } }));

type Plan = ReturnType<typeof planOf>;
const own = ({ manifests }: Plan) => manifests.filter(({ part }) => part === "load-balancer/kube-vip").map(({ object }) => object);
const findings = ({ findings }: Plan) => findings.map((finding) => showFinding(finding));

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
}

/** What a node's kube-vip is told. */
function environment(plan: Plan) {
  const daemons = own(plan).find(({ kind }) => kind === "DaemonSet") as
    | (Manifest & { spec: { template: { spec: { containers: Container[] } } } })
    | undefined;
  const [container] = daemons?.spec.template.spec.containers ?? [];
  return Object.fromEntries(container?.env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]) ?? []);
}

test("all of it is installed, with the pools as ranges, and no port is opened", () => {
  const plan = planOf();
  expect(own(plan).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "ConfigMap kubevip",
    "ServiceAccount kube-vip-cloud-controller",
    "ClusterRole system:kube-vip-cloud-controller",
    "ClusterRoleBinding system:kube-vip-cloud-controller",
    "Deployment kube-vip-cloud-provider",
    "ServiceAccount kube-vip",
    "ClusterRole system:kube-vip",
    "ClusterRoleBinding system:kube-vip",
    "DaemonSet kube-vip-ds",
  ]);
  expect(own(plan)[0]).toMatchObject({ data: { "range-global": "192.168.0.240-192.168.0.250,192.168.0.128-192.168.0.131" } });
  expect(plan.flows.filter(({ part }) => part === "load-balancer/kube-vip")).toEqual([]);
  expect(findings(plan)).toEqual([]);
});

const node = { fieldRef: { fieldPath: "spec.nodeName" } };

test("layer 2: each service on a node of its own choice, on the interface of its LAN or the one that is named", () => {
  const always = { vip_nodename: node, svc_enable: "true", vip_subnet: "32,128", vip_arp: "true", svc_election: "true" };
  expect(environment(planOf())).toEqual({ ...always, vip_servicesinterface: "auto" });
  expect(environment(planOf({ interface: "bond0" }))).toEqual({ ...always, vip_servicesinterface: "bond0", vip_interface: "bond0" });
});

test("BGP: every node tells the routers", () => {
  const bgpPeers = [
    { address: "192.168.0.1", asNumber: 64513 },
    { address: "fd00::1", asNumber: 64514, port: 1790 },
  ];
  const plan = planOf({ announce: "bgp", bgpPeers }, {}, { loadBalancerPools: [{ name: "routed", cidr: "198.51.100.0/27" }] });
  expect(environment(plan)).toEqual({
    vip_nodename: node,
    svc_enable: "true",
    vip_subnet: "32,128",
    bgp_enable: "true",
    vip_interface: "lo",
    bgp_as: "64512",
    bgp_peers: "192.168.0.1:64513::false:179,[fd00::1]:64514::false:1790",
    bgp_routerid: { fieldRef: { fieldPath: "status.hostIP" } },
  });
  expect(findings(plan)).toEqual([]);
});

test.each<[string, Plan, string[]]>([
  [
    "no pool",
    planOf({}, {}, {}),
    [
      "loadBalancer.provider: kube-vip has no addresses to give.\n  Write cluster.loadBalancerPools, for example [{ name: lan, range: 192.168.1.240-192.168.1.250 }].",
    ],
  ],
  [
    "a pool beside the LAN",
    planOf({}, {}, { nodeCIDRs: ["192.168.0.0/24"], loadBalancerPools: [{ name: "x", cidr: "198.51.100.0/27" }] }),
    [
      "warning: cluster.loadBalancerPools[0].cidr: isn't on the nodes' LAN 192.168.0.0/24: nobody asks for its addresses by ARP or NDP there.\n  Write free addresses of the LAN, or loadBalancer.kubeVip.announce: bgp.",
    ],
  ],
  [
    "ipvs that answers ARP for everything",
    planOf({}, { proxy: { mode: "ipvs" } }),
    [
      "proxy.ipvs.strictARP: is off: all nodes would answer ARP for a service's address, not only the one that kube-vip chose.\n  Write strictARP: true.",
    ],
  ],
  [
    "BGP without a router",
    planOf({ announce: "bgp" }),
    ["loadBalancer.kubeVip.bgpPeers: names no router to tell.\n  Write bgpPeers: [{ address: 10.100.0.1, asNumber: 64513 }]."],
  ],
  [
    "BGP with nodes that have no IPv4 address",
    planOf(
      { announce: "bgp", bgpPeers: [{ address: "fd00::1", asNumber: 64513 }] },
      { nodes: [{ name: "w1", address: "fd00::20" }] },
      {
        podCIDRs: ["fd00:10:244::/56"],
        serviceCIDRs: ["fd00:10:96::/112"],
        loadBalancerPools: [{ name: "six", cidr: "fd00:7::/120" }],
      },
    ),
    [
      "loadBalancer.kubeVip.announce: bgp needs nodes whose first address is IPv4: kube-vip takes it as the node's router ID.\n  Write announce: layer2, or provider: metallb.",
    ],
  ],
])("%s", (_, plan, expected) => expect(findings(plan)).toEqual(expected));
