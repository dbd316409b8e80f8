import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { showPeer, showPorts } from "../../../core/flow";
import { stackFile, stackWith } from "../../support/stacks";

type Cni = NonNullable<Parameters<typeof stackWith>[0]["cni"]>;

const planOf = (cilium: Cni["cilium"] = {}, sections: Partial<Parameters<typeof stackWith>[0]> = {}) =>
  planNetwork(stackWith({ ...sections, cni: { ...sections.cni, provider: "cilium", cilium } }));

const valuesOf = (plan: ReturnType<typeof planOf>) => plan.parts.flatMap((part) => part.charts?.() ?? []).map(({ values }) => values);

const between = (plan: ReturnType<typeof planOf>) =>
  plan.flows
    .filter(({ part, to }) => part === "cni/cilium" && to.kind === "nodes")
    .map(({ from, protocol, ports }) => `${showPeer(from)} ${protocol} ${showPorts(ports)}`);

const grave = (plan: ReturnType<typeof planOf>) =>
  plan.findings.filter(({ severity }) => severity !== "info").map((finding) => showFinding(finding));

const hubble = ["pods tcp 4244", "nodes tcp 4244"];

// docs.cilium.io, "System Requirements", firewall rules.
test.each([
  ["vxlan", {}, ["nodes tcp 4240", "nodes udp 8472", ...hubble], { routingMode: "tunnel", tunnelProtocol: "vxlan", tunnelPort: 8472 }],
  ["geneve", {}, ["nodes tcp 4240", "nodes udp 6081", ...hubble], { routingMode: "tunnel", tunnelProtocol: "geneve", tunnelPort: 6081 }],
  [
    "native",
    { hubble: false },
    ["nodes tcp 4240"],
    { routingMode: "native", autoDirectNodeRoutes: true, ipv4NativeRoutingCIDR: "10.244.0.0/16", hubble: { enabled: false } },
  ],
  [
    "vxlan",
    { wireguard: true },
    ["nodes tcp 4240", "nodes udp 8472", "nodes udp 51871", ...hubble],
    { encryption: { enabled: true, type: "wireguard" } },
  ],
] as [NonNullable<Cni["cilium"]>["routing"], Cni["cilium"], string[], object][])(
  "%s %j: ports and values agree",
  (routing, options, ports, values) => {
    const plan = planOf({ routing, ...options });
    expect(between(plan)).toEqual(ports);
    expect(valuesOf(plan)).toEqual([expect.objectContaining({ ipam: { mode: "kubernetes" }, MTU: 1500, kubeProxyReplacement: false })]);
    expect(valuesOf(plan)).toMatchObject([values]);
    expect(grave(plan)).toEqual([]);
  },
);

test("Cilium is told the LAN's MTU, from which it takes off its layers; a lower cni.mtu becomes pods' own", () => {
  // 1400 for pods, 50 for VXLAN, 80 for WireGuard.
  expect(valuesOf(planOf({}, { cni: { mtu: 1400 } }))).toMatchObject([{ MTU: 1450 }]);
  expect(valuesOf(planOf({ wireguard: true }, { cni: { mtu: 1300 } }))).toMatchObject([{ MTU: 1430 }]);
  expect(grave(planOf({ wireguard: true }, { cni: { mtu: 1400 } }))).toEqual([
    "cni.mtu: 1400 bytes don't fit: 1500 - 50 (VXLAN) - 80 (WireGuard) leaves 1370.\n  Write 1370, or leave cni.mtu out: it is computed then.",
  ]);
});

test("what has to be in the cluster before is said, with the command", () => {
  expect(planOf().findings.map((finding) => showFinding(finding))).toEqual([
    "info: cni.provider: cilium is installed by its Helm chart 1.19.6, which has to be in the cluster before `pulumi up`; `plumbline render --out DIR` writes its values.\n" +
      "  helm install cilium oci://quay.io/cilium/charts/cilium --version 1.19.6 --namespace kube-system --values DIR/charts/cilium-values.yaml",
  ]);
});

describe("kube-proxy's work is done once", () => {
  test("by Cilium: it finds the API server by its address, and NodePorts are open", () => {
    const plan = planOf({ kubeProxyReplacement: true }, { proxy: { mode: "none", nodePorts: "30000-30999" } });
    expect(valuesOf(plan)).toMatchObject([
      { kubeProxyReplacement: true, k8sServiceHost: "192.168.0.20", k8sServicePort: 6443, nodePort: { range: "30000,30999" } },
    ]);
    expect(between(plan)).toEqual(expect.arrayContaining(["any tcp 30000-30999", "any udp 30000-30999"]));
    expect(grave(plan)).toEqual([]);
    expect(plan.findings.map(({ message }) => message)).toContain(
      "none: Cilium does kube-proxy's work. A DaemonSet of kubeadm's goes on as it is.",
    );
  });

  test("by both", () => {
    expect(grave(planOf({ kubeProxyReplacement: true }, { proxy: { mode: "nftables" } }))).toEqual([
      "proxy.mode: nftables: with cni.cilium.kubeProxyReplacement Cilium translates services' addresses, and kube-proxy would do it too.\n" +
        "  Write proxy.mode: none, or leave cni.cilium.kubeProxyReplacement out.",
    ]);
  });

  test("by nobody", () => {
    expect(grave(planOf({}, { proxy: { mode: "none" } }))).toContain(
      "cni.cilium.kubeProxyReplacement: Nobody translates services' addresses: proxy.mode is none, and Cilium doesn't do kube-proxy's work.\n" +
        "  Write kubeProxyReplacement: true, or another proxy.mode.",
    );
  });
});

test("two firewalls, and configurations that are renamed", () => {
  expect(grave(planOf({ hostFirewall: true, exclusive: true }))).toEqual([
    "warning: cni.cilium.hostFirewall: Two firewalls judge packets to hosts: a policy of Cilium's for hosts can close what the plan opens, SSH too.\n" +
      "  Leave one of them out: hostFirewall: false, or firewall.mode: off.",
    "warning: cni.cilium.exclusive: Cilium renames every other CNI configuration on the hosts to .cilium_bak; nothing renames them back.\n" +
      "  Leave it out: an earlier configuration of somebody else's is refused, or moved away with cni.takeover until destroy.",
  ]);
  expect(grave(planOf({ hostFirewall: true }, { firewall: { mode: "off" } }))).toEqual([]);
});

test("dual stack", () => {
  const stack = stackFile("prod-example");
  const plan = planNetwork({
    ...stack,
    cni: { ...stack.cni, ...stackWith({ cni: { provider: "cilium", cilium: { routing: "native" } } }).cni },
  });
  expect(valuesOf(plan)).toMatchObject([
    {
      ipv4: { enabled: true },
      ipv6: { enabled: true },
      k8s: { requireIPv4PodCIDR: true, requireIPv6PodCIDR: true },
      ipv6NativeRoutingCIDR: "fd00:10:244::/48",
    },
  ]);
  expect(grave(plan)).toEqual([]);
});
