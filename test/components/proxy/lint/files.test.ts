import { lintProxyConfiguration } from "../../../../components/proxy/lint/lint";
import { showPath } from "../../../../core/finding";
import { file } from "./cases";

const at = (minor: number) => ({ major: 1, minor });
const short = (text: string, minor = 34) =>
  lintProxyConfiguration(text, at(minor)).map(({ severity, path, line, column }) =>
    `${severity} ${line}:${column} ${showPath(path)}`.trim(),
  );

const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: |-
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    clusterCIDR: 10.244.0.0/16
    bindAddress: 10.100.0.20
    iptables:
      masqueradeBit: 77
  kubeconfig.conf: |-
    apiVersion: v1
    kind: Config
`;

test("findings in a ConfigMap are at the file's own lines", () => {
  expect(short(configMap)).toEqual(["error 11:7 data.config.conf.iptables.masqueradeBit", "warning 9:5 data.config.conf.bindAddress"]);
});

test("a ConfigMap that names its text otherwise, in JSON", () => {
  const text = JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    data: { "config.yaml": file("mode: userspace\nclusterCIDR: 10.244.0.0/16"), other: "kind: Other" },
  });
  expect(short(text)).toEqual([`error 1:${text.indexOf('"apiVersion: kubeproxy') + 1} data.config.yaml.mode`]);
});

test("JSON indented with tabs", () => {
  const text = JSON.stringify(
    { apiVersion: "kubeproxy.config.k8s.io/v1alpha1", kind: "KubeProxyConfiguration", scheduler: "rr", clusterCIDR: "fd00::/64" },
    undefined,
    "\t",
  );
  expect(short(text)).toEqual(["warning 4:2 scheduler"]);
});

test.each<[string, string, string[]]>([
  [
    "YAML's mapping on one line",
    "{apiVersion: kubeproxy.config.k8s.io/v1alpha1, kind: KubeProxyConfiguration, clusterCIDR: 10.0.0.0/8}",
    ["error 1:2"],
  ],
  [
    "a comma at the end",
    '{"apiVersion": "kubeproxy.config.k8s.io/v1alpha1",\n"kind": "KubeProxyConfiguration", "clusterCIDR": "10.0.0.0/8",}',
    ["error 2:63"],
  ],
  [
    "the same behind a comment",
    "# x\n{apiVersion: kubeproxy.config.k8s.io/v1alpha1, kind: KubeProxyConfiguration, clusterCIDR: 10.0.0.0/8}",
    [],
  ],
])("what starts like JSON has to be JSON: %s", (_, text, findings) => {
  expect(short(text)).toEqual(findings);
});

test("a byte order mark before the text", () => {
  expect(short(`\uFEFF${file("clusterCIDR: 10.244.0.0/16\nmode: userspace")}`)).toEqual(["error 4:1 mode"]);
});

test("other documents of kubeadm's file are passed over", () => {
  const text = `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n---\n${file("mode: userspace\nclusterCIDR: 10.244.0.0/16")}`;
  expect(lintProxyConfiguration(text, at(34))).toEqual([
    {
      severity: "info",
      path: ["kind"],
      message: "is a ClusterConfiguration, which isn't judged here.",
      mend: "None is needed.",
      line: 2,
      column: 1,
    },
    {
      severity: "error",
      path: ["mode"],
      message: "userspace was removed in Kubernetes 1.26; kube-proxy 1.34 refuses it.",
      mend: "Write iptables or nftables.",
      line: 6,
      column: 1,
    },
  ]);
});

test("two KubeProxyConfigurations", () => {
  const one = file("clusterCIDR: 10.244.0.0/16");
  expect(short(`${one}---\n${one}`)).toEqual(["warning 6:1 kind"]);
});

test.each<[string, string, string[]]>([
  ["nothing", "", ["error 1:1"]],
  ["a comment", "# nothing\n", ["error 1:1"]],
  ["another object", "apiVersion: v1\nkind: Service\n", ["info 2:1 kind", "error 1:1"]],
  ["a ConfigMap of something else", "apiVersion: v1\nkind: ConfigMap\ndata: {Corefile: x}\n", ["info 1:1", "error 1:1"]],
  ["a list", "- a\n", ["error 1:1"]],
  ["broken YAML", "kind: [\n", ["error 2:1"]],
  ["no kind", "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nclusterCIDR: 10.244.0.0/16\n", ["error 1:1 kind"]],
  ["no apiVersion", "kind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n", ["error 1:1 apiVersion"]],
  ["neither", "clusterCIDR: 10.244.0.0/16\n", ["error 1:1 apiVersion", "error 1:1 kind"]],
  [
    "another version",
    "apiVersion: kubeproxy.config.k8s.io/v1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n",
    ["error 1:1 apiVersion"],
  ],
  [
    "a kind in small letters",
    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: kubeproxyconfiguration\nclusterCIDR: 10.244.0.0/16\n",
    ["error 2:1 kind"],
  ],
  ["a kind that is a number", "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: 3\nclusterCIDR: 10.244.0.0/16\n", ["error 2:1 kind"]],
])("%s", (_, text, findings) => {
  expect(short(text)).toEqual(findings);
});

describe("versions", () => {
  const pods = "clusterCIDR: 10.244.0.0/16";
  test.each<[string, string, number, string[]]>([
    ["userspace was deprecated", "mode: userspace", 25, ["warning mode"]],
    ["userspace is gone", "mode: userspace", 26, ["error mode"]],
    ["there was no nftables", "mode: nftables", 28, ["error mode"]],
    ["nftables was alpha", "mode: nftables", 30, ["error mode"]],
    ["nftables was alpha, switched on", "mode: nftables\nfeatureGates: {NFTablesProxyMode: true}", 30, []],
    ["nftables was beta", "mode: nftables", 31, []],
    ["nftables was beta, switched off", "mode: nftables\nfeatureGates: {NFTablesProxyMode: false}", 32, ["error mode"]],
    ["ipvs is fine still", "mode: ipvs", 34, ["info mode"]],
    ["ipvs is deprecated", "mode: ipvs", 35, ["warning mode"]],
    ["primary wasn't known", "nodePortAddresses: [primary]", 30, ["error nodePortAddresses[0]"]],
    ["primary is known", "nodePortAddresses: [primary]", 31, []],
    ["a field was removed", "udpIdleTimeout: 250ms", 26, ["warning udpIdleTimeout"]],
    ["a field is new", "conntrack: {tcpBeLiberal: true}", 28, ["warning conntrack.tcpBeLiberal"]],
    ["the field is known", "conntrack: {tcpBeLiberal: true}", 29, []],
    ["logging is new", "logging: {format: json}", 27, ["warning logging"]],
    ["a gate is new", "featureGates: {HostnameOverride: true}", 33, ["error featureGates.HostnameOverride"]],
    ["a gate was there then", "featureGates: {ServiceTopology: true}", 21, []],
    ["hidden metrics of the version before", 'showHiddenMetricsForVersion: "1.29"', 30, []],
  ])("%s", (_, yaml, minor, findings) => {
    const found = lintProxyConfiguration(file(`${yaml}\n${pods}`), at(minor));
    expect(found.map(({ severity, path }) => `${severity} ${showPath(path)}`)).toEqual(findings);
  });
});

test.each<[string, string, string]>([
  ["Mode: ipvs", "is no field of a KubeProxyConfiguration: kube-proxy logs that and ignores it.", "Names are case-sensitive: write mode."],
  ["scheduler: rr", "is not a field of this place: kube-proxy logs that and ignores it.", "Move it: write ipvs.scheduler."],
  [
    "masqueradeAll: true",
    "is not a field of this place: kube-proxy logs that and ignores it.",
    "Move it: write iptables.masqueradeAll or nftables.masqueradeAll.",
  ],
  ["iptabels: {}", "is no field of a KubeProxyConfiguration: kube-proxy logs that and ignores it.", "Did you mean iptables?"],
  [
    "podSubnet: 10.0.0.0/8",
    "is no field of a KubeProxyConfiguration: kube-proxy logs that and ignores it.",
    "That is kubeadm's ClusterConfiguration (networking.podSubnet). Write clusterCIDR here.",
  ],
  ["udpIdleTimeout: 1s", "was removed in Kubernetes 1.26; kube-proxy ignores it.", "Remove it."],
  [
    "iptables: {syncPeriod: 30}",
    "is 30, not a duration: kube-proxy refuses the file.",
    "Write a number with its unit, as Go does: 30s, 1m30s, 24h, 0s.",
  ],
  ["hostnameOverride: [a, b]", "is a list, not a text: kube-proxy refuses the file.", 'Write one text: "a,b".'],
  [
    "nodePortAddresses: [10.100.0.20]",
    '"10.100.0.20" is no range of addresses: kube-proxy refuses the file.',
    "Write 10.100.0.20/32 for this address alone.",
  ],
  [
    'metricsBindAddress: "localhost:10249"',
    '"localhost:10249" has "localhost" for an address: kube-proxy refuses the file.',
    "Write an address and a port, for example 127.0.0.1:10249. Names aren't looked up.",
  ],
  [
    "iptables: {minSyncPeriod: 1m}",
    "30s between full writes (syncPeriod) is less than 60s at least between two (minSyncPeriod): kube-proxy refuses the file.",
    "Write a minSyncPeriod of at most syncPeriod.",
  ],
  ["ipvs: {strictARP: true}", "does nothing in the mode iptables.", "Remove it, or write mode: ipvs."],
  [
    "featureGates: {NFTablesProxyMode: false}",
    "can't be false since Kubernetes 1.33; kube-proxy refuses the file.",
    "Remove it: it is true anyway.",
  ],
])("%s is explained, with its mend", (yaml, message, mend) => {
  expect(lintProxyConfiguration(file(`${yaml}\nclusterCIDR: 10.244.0.0/16`), at(34))).toEqual([expect.objectContaining({ message, mend })]);
});
