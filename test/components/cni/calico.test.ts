import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { showPeer, showPorts } from "../../../core/flow";
import { stackFile, stackWith } from "../../support/stacks";

type Cni = NonNullable<Parameters<typeof stackWith>[0]["cni"]>;

const planOf = (calico: Cni["calico"] = {}, sections: Partial<Parameters<typeof stackWith>[0]> = {}) =>
  planNetwork(stackWith({ ...sections, cni: { provider: "calico", calico } }));

const own = <T extends { part: string }>(items: readonly T[]) => items.filter(({ part }) => part === "cni/calico");

const objectOf = (plan: ReturnType<typeof planOf>, kind: string) => own(plan.manifests).find(({ object }) => object.kind === kind)?.object;

const between = (plan: ReturnType<typeof planOf>) =>
  own(plan.flows)
    .filter(({ to }) => to.kind === "nodes")
    .map(({ from, protocol, ports }) => `${showPeer(from)} ${protocol} ${showPorts(ports)}`);

const warnings = (plan: ReturnType<typeof planOf>) =>
  plan.findings.filter(({ severity }) => severity !== "info").map((finding) => showFinding(finding));

// docs.tigera.io, "System requirements": ports by encapsulation. The operator always sets Typha up.
test.each([
  ["VXLAN", {}, ["nodes tcp 5473", "nodes udp 4789"], 1450, "Disabled"],
  ["VXLANCrossSubnet", {}, ["nodes tcp 5473", "nodes udp 4789"], 1450, "Disabled"],
  ["IPIP", {}, ["nodes tcp 5473", "nodes ipip all", "nodes tcp 179"], 1480, "Enabled"],
  ["IPIPCrossSubnet", {}, ["nodes tcp 5473", "nodes ipip all", "nodes tcp 179"], 1480, "Enabled"],
  ["None", {}, ["nodes tcp 5473", "nodes tcp 179"], 1500, "Enabled"],
  ["VXLAN", { wireguard: true }, ["nodes tcp 5473", "nodes udp 4789", "nodes udp 51820"], 1440, "Disabled"],
  [
    "VXLAN",
    { bgpPeers: [{ address: "192.168.0.1", asNumber: 64513 }] },
    ["nodes tcp 5473", "nodes udp 4789", "nodes tcp 179", "192.168.0.1/32 tcp 179"],
    1450,
    "Enabled",
  ],
] as [NonNullable<Cni["calico"]>["encapsulation"], Cni["calico"], string[], number, string][])(
  "%s %j: ports, MTU and BGP agree",
  (encapsulation, options, ports, mtu, bgp) => {
    const plan = planOf({ encapsulation, ...options });
    expect(between(plan)).toEqual(ports);
    expect(objectOf(plan, "Installation")).toMatchObject({
      spec: {
        calicoNetwork: {
          bgp,
          mtu,
          linuxDataplane: "Iptables",
          ipPools: [{ cidr: "10.244.0.0/16", blockSize: 26, encapsulation, natOutgoing: "Disabled" }],
          nodeAddressAutodetectionV4: { kubernetes: "NodeInternalIP" },
        },
      },
    });
    expect(warnings(plan)).toEqual([]);
  },
);

test("what has to be in the cluster before is said, with the command", () => {
  const source = "https://raw.githubusercontent.com/projectcalico/calico/v3.31.4/manifests";
  expect(planOf().findings.map((finding) => showFinding(finding))).toEqual([
    "info: cni.provider: calico is set up by Tigera's operator v3.31.4, which has to be in the cluster before `pulumi up`.\n" +
      `  kubectl create -f ${source}/operator-crds.yaml -f ${source}/tigera-operator.yaml`,
  ]);
});

test("the ports that Calico never closes are those that the hosts really have", () => {
  const plan = planOf({}, { cluster: { apiServerPort: 8443 }, ssh: { privateKeyFile: "id", port: 2222 } });
  const spec = objectOf(plan, "FelixConfiguration")?.spec as { failsafeInboundHostPorts: { protocol: string; port: number }[] };
  expect(spec.failsafeInboundHostPorts.map(({ protocol, port }) => `${protocol} ${port}`)).toEqual([
    "tcp 2222",
    "udp 68",
    "tcp 179",
    "tcp 2379",
    "tcp 2380",
    "tcp 5473",
    "tcp 8443",
  ]);
});

test("addresses are translated once: by the host's table, or not at all", () => {
  const masquerades = (natOutgoing: boolean) => {
    const plan = planOf({ natOutgoing });
    return plan.nodes.map((node) => plan.parts.flatMap((part) => part.masquerade?.(node) ?? []).map(({ from }) => String(from)));
  };
  expect(masquerades(true)).toEqual([["10.244.0.0/16"], ["10.244.0.0/16"]]);
  expect(masquerades(false)).toEqual([[], []]);
});

test("dual stack: a pool per family; IPIP can't carry IPv6", () => {
  const dual = (calico: Cni["calico"]) => {
    const stack = stackFile("prod-example");
    return planNetwork({ ...stack, cni: { ...stack.cni, ...stackWith({ cni: { provider: "calico", calico } }).cni } });
  };
  expect(objectOf(dual({ wireguard: true }), "Installation")).toMatchObject({
    spec: {
      calicoNetwork: {
        // prod-example's kube-proxy is in nftables mode.
        linuxDataplane: "Nftables",
        nodeAddressAutodetectionV6: { kubernetes: "NodeInternalIP" },
        ipPools: [
          { name: "plumbline-ipv4", blockSize: 26, encapsulation: "VXLAN" },
          { name: "plumbline-ipv6", cidr: "fd00:10:244::/48", blockSize: 122, encapsulation: "VXLAN" },
        ],
      },
    },
  });
  expect(warnings(dual({}))).toEqual([]);
  const ipip = dual({ encapsulation: "IPIP" });
  expect(objectOf(ipip, "Installation")).toMatchObject({
    spec: { calicoNetwork: { ipPools: [{ encapsulation: "IPIP" }, { encapsulation: "None" }] } },
  });
  expect(warnings(ipip)).toEqual([
    "warning: cni.calico.encapsulation: Calico's IPIP carries IPv4 only: IPv6 pods' packets go over the nodes' LAN as they are, which has to carry pod addresses.\n" +
      "  Write VXLAN or VXLANCrossSubnet, unless the LAN does.",
  ]);
});

test.each([
  [[19], "cni.calico.blockSizes[0]: Calico refuses blocks of /19.\n  Write between 20 and 32; Calico's default is 26."],
  [[26, 122], "cni.calico.blockSizes: has 2 entries for one pod range.\n  Write one per entry of cluster.podCIDRs."],
])("blocks of %j", (blockSizes, expected) => {
  expect(warnings(planOf({ blockSizes }))).toEqual([expected]);
});

test("blocks that the range doesn't hold, or not for all nodes", () => {
  const cluster = { podCIDRs: ["10.244.0.0/25"], nodeMaskSizes: [26] };
  expect(warnings(planOf({ blockSizes: [24] }, { cluster }))).toEqual([
    "cni.calico.blockSizes[0]: 10.244.0.0/25 holds no block of /24.\n  Write between 25 and 32, or widen the pod range.",
  ]);
  expect(warnings(planOf({ blockSizes: [25] }, { cluster }))).toEqual([
    "cni.calico.blockSizes[0]: 10.244.0.0/25 holds 1 block of /25, but there are 2 nodes, and each takes one at least.\n" +
      "  Widen the pod range, or write smaller blocks.",
  ]);
  expect(warnings(planOf({ blockSizes: [26] }, { cluster }))).toEqual([]);
});

test("what running pods need stays when the stack goes; peers don't", () => {
  const plan = planOf({ bgpPeers: [{ address: "192.168.0.1", asNumber: 64513 }] });
  expect(own(plan.manifests).map(({ object, retain }) => [object.kind, retain])).toEqual([
    ["FelixConfiguration", true],
    ["BGPConfiguration", true],
    ["BGPPeer", false],
    ["Installation", true],
  ]);
});
