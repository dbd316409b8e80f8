import fc from "fast-check";
import { planNetwork } from "../../../components/plan";
import { kubeProxyConfiguration } from "../../../components/proxy/configuration";
import { lintProxyConfiguration } from "../../../components/proxy/lint/lint";
import { showFinding, showPath } from "../../../core/finding";
import { parseStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";
import { smallest, stackFile, stackWith } from "../../support/stacks";

type Proxy = NonNullable<StackInput["proxy"]>;
const findingsOf = (proxy: Proxy) => planNetwork(stackWith({ proxy })).findings;

test.each(["lab", "prod-example"])("the proxy of the stack %s has no finding", (name) => {
  expect(planNetwork(stackFile(name)).findings.filter(({ path }) => path[0] === "proxy")).toEqual([]);
});

test.each<[string, Proxy, string[]]>([
  ["the defaults", {}, []],
  ["nftables with settings of its own", { mode: "nftables", nftables: { masqueradeAll: true } }, []],
  ["settings of another mode", { mode: "nftables", iptables: { masqueradeAll: true } }, ["warning proxy.iptables.masqueradeAll"]],
  ["ipvs' settings in another mode", { ipvs: { strictARP: true } }, ["warning proxy.ipvs.strictARP"]],
  ["ipvs' settings in ipvs", { mode: "ipvs", ipvs: { scheduler: "lc", strictARP: true } }, []],
  ["an interface that isn't asked for", { detectLocal: { bridgeInterface: "cni0" } }, ["warning proxy.detectLocal.bridgeInterface"]],
  ["local traffic by the bridge", { detectLocalMode: "BridgeInterface", detectLocal: { bridgeInterface: "cni0" } }, []],
  ["a gate that nobody knows", { featureGates: { Bogus: true } }, ["error proxy.featureGates.Bogus"]],
  ["profiles for everybody", { metrics: { bindAddress: "0.0.0.0:10249", profiling: true } }, ["warning proxy.metrics.profiling"]],
  ["health on the kubelet's port", { healthz: { bindAddress: "0.0.0.0:10250" } }, ["warning proxy.healthz.bindAddress"]],
  ["NodePorts in the pods' range", { nodePortAddresses: ["10.244.1.0/24"] }, ["warning proxy.nodePortAddresses[0]"]],
])("%s", (_, proxy, expected) => {
  expect(findingsOf(proxy).map(({ severity, path }) => `${severity} ${showPath(path)}`)).toEqual(expected);
});

test("without kube-proxy, nothing is said of services but their range, and what goes on is said", () => {
  const plan = planNetwork(stackWith({ proxy: { mode: "none" } }));
  const part = plan.parts.find(({ name }) => name === "proxy");
  expect({ flows: part?.flows?.() ?? [], manifests: part?.manifests?.() ?? [], ranges: part?.ranges?.().map(({ what }) => what) }).toEqual({
    flows: [],
    manifests: [],
    ranges: ["services"],
  });
  expect(plan.findings.map((finding) => showFinding(finding))).toEqual([
    [
      "warning: proxy.mode: none: Plumbline neither sets kube-proxy up nor takes it away, and opens no NodePorts. A DaemonSet of kubeadm's goes on as it is.",
      "  Have the services' part of the pod network run first; then delete the DaemonSet kube-proxy and run `kube-proxy --cleanup` on each node.",
    ].join("\n"),
  ]);
});

test.each<[Proxy, string[]]>([
  [{ mode: "iptables" }, []],
  [{ mode: "nftables" }, ["kernel-version 5.13"]],
  [{ mode: "ipvs", ipvs: { scheduler: "lc" } }, ["kernel-module ip_vs", "kernel-module ip_vs_lc"]],
  [{ mode: "none" }, []],
])("what a host needs for %p", (proxy, expected) => {
  const plan = planNetwork(stackWith({ proxy }));
  const [node] = plan.nodes;
  const items = node ? plan.hostItems(node) : [];
  const needs = items.flatMap((item) =>
    item.kind === "require" && item.what.startsWith("kernel-") && "value" in item ? [`${item.what} ${item.value}`] : [],
  );
  expect(needs).toEqual(expected);
});

const duration = fc.constantFrom("0s", "1s", "10s", "1m30s", "2h");
const optional = { requiredKeys: [] };
const masquerading = {
  masqueradeAll: fc.boolean(),
  masqueradeBit: fc.integer({ min: 0, max: 31 }),
  syncPeriod: duration,
  minSyncPeriod: duration,
};
const proxies = fc.record(
  {
    mode: fc.constantFrom("iptables" as const, "nftables" as const, "ipvs" as const),
    nodePortAddresses: fc.constantFrom(["primary"], ["10.100.0.0/24"], []),
    detectLocalMode: fc.constantFrom(
      "ClusterCIDR" as const,
      "NodeCIDR" as const,
      "BridgeInterface" as const,
      "InterfaceNamePrefix" as const,
    ),
    detectLocal: fc.record({ bridgeInterface: fc.constant("cni0"), interfaceNamePrefix: fc.constant("veth") }, optional),
    conntrack: fc.record(
      { maxPerCore: fc.nat(), min: fc.nat(), tcpBeLiberal: fc.boolean(), udpTimeout: duration, tcpEstablishedTimeout: duration },
      optional,
    ),
    iptables: fc.record({ ...masquerading, localhostNodePorts: fc.boolean() }, optional),
    nftables: fc.record(masquerading, optional),
    ipvs: fc.record(
      {
        scheduler: fc.constantFrom("rr" as const, "mh" as const),
        strictARP: fc.boolean(),
        tcpTimeout: duration,
        syncPeriod: duration,
        minSyncPeriod: duration,
      },
      optional,
    ),
    metrics: fc.record(
      { bindAddress: fc.constantFrom("127.0.0.1:10249", "[::]:10249", "0.0.0.0:9100"), profiling: fc.boolean() },
      optional,
    ),
    bindAddressHardFail: fc.boolean(),
    configSyncPeriod: duration,
    oomScoreAdj: fc.integer({ min: -1000, max: 1000 }),
    logging: fc.record({ format: fc.constantFrom("text" as const, "json" as const), verbosity: fc.integer({ min: 0, max: 10 }) }, optional),
  },
  optional,
);

test("what the stack's own check lets pass, kube-proxy doesn't refuse", () => {
  fc.assert(
    fc.property(proxies, (proxy) => {
      const { stack } = parseStack({ ...smallest, proxy });
      if (!stack) return;
      const findings = lintProxyConfiguration(kubeProxyConfiguration(planNetwork(stack)), { major: 1, minor: 34 });
      expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(findings.filter(({ message }) => message.includes("no field"))).toEqual([]);
    }),
  );
});

test("NodePorts among the ports that Linux gives away are reserved; a control plane's API server has to have the same range", () => {
  const items = (nodePorts: string, name: string) => {
    const plan = planNetwork(stackWith({ proxy: { nodePorts } }));
    const node = plan.nodes.find((one) => one.name === name);
    const own = plan.parts.find((part) => part.name === "proxy");
    return node ? own?.host?.(node) : undefined;
  };
  expect(items("30000-32767", "w1")).toEqual([]);
  expect(items("30000-33000", "w1")).toEqual([{ kind: "sysctl", key: "net.ipv4.ip_local_reserved_ports", value: "+32768-33000" }]);
  expect(items("30000-32767", "cp1")).toEqual([{ kind: "require", what: "node-ports", value: "30000-32767" }]);
});
