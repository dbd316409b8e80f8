/** A KubeProxyConfiguration's fields, and what is said of them: `severity path` in the order of the file's rules, sorted. */
export interface Case {
  readonly yaml: string;
  readonly findings: readonly string[];
  /** kube-proxy accepts the file, and ends later, when it uses what it read: validation alone doesn't show that. */
  readonly endsLater?: true;
}

const fine = (yaml: string): Case => ({ yaml, findings: [] });
const says = (yaml: string, ...findings: string[]): Case => ({ yaml, findings });
const pods = "clusterCIDR: 10.244.0.0/16";

/** What kubeadm and `kube-proxy --write-config-to` write: every field, most at zero or at its default. */
export const dump = `bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection: {acceptContentTypes: "", burst: 10, contentType: application/vnd.kubernetes.protobuf, kubeconfig: /k, qps: 5}
clusterCIDR: 10.244.0.0/16
configSyncPeriod: 15m0s
conntrack: {maxPerCore: 32768, min: 131072, tcpBeLiberal: false, tcpCloseWaitTimeout: 1h0m0s, tcpEstablishedTimeout: 24h0m0s, udpStreamTimeout: 0s, udpTimeout: 0s}
detectLocal: {bridgeInterface: "", interfaceNamePrefix: ""}
detectLocalMode: ""
enableProfiling: false
healthzBindAddress: ""
hostnameOverride: ""
iptables: {localhostNodePorts: true, masqueradeAll: false, masqueradeBit: 14, minSyncPeriod: 0s, syncPeriod: 0s}
ipvs: {excludeCIDRs: null, minSyncPeriod: 0s, scheduler: "", strictARP: false, syncPeriod: 30s, tcpFinTimeout: 0s, tcpTimeout: 0s, udpTimeout: 0s}
logging: {flushFrequency: 5s, verbosity: 0, options: {json: {infoBufferSize: "0"}, text: {infoBufferSize: "0"}}}
metricsBindAddress: ""
nftables: {masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
nodePortAddresses: null
oomScoreAdj: null
portRange: ""
showHiddenMetricsForVersion: ""
winkernel: {enableDSR: false, forwardHealthCheckVip: false, networkName: "", rootHnsEndpointName: "", sourceVip: ""}
`;

export const cases: Readonly<Record<string, Case>> = {
  // Files.
  "nothing but pods' range": fine(pods),
  "kubeadm's, iptables": fine(`${dump}mode: ""`),
  "kubeadm's, nftables": fine(`${dump}mode: nftables`),
  "kubeadm's, ipvs": says(`${dump}mode: ipvs`, "info mode"),
  "nothing at all": says("", "info clusterCIDR"),
  "a key twice": says(`mode: iptables\nmode: nftables\n${pods}`, "warning mode"),
  // Modes.
  "the mode userspace": says(`mode: userspace\n${pods}`, "error mode"),
  "a mode in capitals": says(`mode: IPTables\n${pods}`, "error mode"),
  "a mode of another tool": says(`mode: ebpf\n${pods}`, "error mode"),
  "a mode that JavaScript knows": says(`mode: constructor\n${pods}`, "error mode"),
  "Windows' mode": says(`mode: kernelspace\n${pods}`, "error mode"),
  "the empty mode": fine(`mode: ""\n${pods}`),
  "a mode that is a number": says(`mode: 1\nipvs: {strictARP: true}\n${pods}`, "error mode"),
  "a mode that YAML takes for true": says(`mode: on\n${pods}`, "error mode"),
  // Fields.
  "an unknown field": says(`modes: iptables\n${pods}`, "warning modes"),
  "a field in other letters": says(`Mode: ipvs\n${pods}`, "warning Mode"),
  "a field of a section at the top": says(`scheduler: rr\n${pods}`, "warning scheduler"),
  "conntrack's field at the top": says(`maxPerCore: 0\n${pods}`, "warning maxPerCore"),
  "a field of another section": says(`iptables: {strictARP: true}\n${pods}`, "warning iptables.strictARP"),
  "kubeadm's field": says(`podSubnet: 10.0.0.0/8\n${pods}`, "warning podSubnet"),
  "the kubelet's field": says(`clusterDNS: [10.96.0.10]\n${pods}`, "warning clusterDNS"),
  "the internal type's field": says("clusterCIDRs: [10.244.0.0/16]", "info clusterCIDR", "warning clusterCIDRs"),
  "a removed field": says(`udpIdleTimeout: 250ms\n${pods}`, "warning udpIdleTimeout"),
  metadata: says(`metadata: {name: x}\n${pods}`, "warning metadata"),
  // Types.
  "a duration without a unit": says(`iptables: {syncPeriod: 30}\n${pods}`, "error iptables.syncPeriod"),
  "a text without a unit": says(`iptables: {syncPeriod: "30"}\n${pods}`, "error iptables.syncPeriod"),
  "an empty duration": says(`iptables: {syncPeriod: null}\n${pods}`, "error iptables.syncPeriod"),
  "an empty duration that may be": fine(`conntrack: {tcpEstablishedTimeout: null}\n${pods}`),
  "an odd duration": fine(`conntrack: {udpTimeout: "+1.5h.5m"}\n${pods}`),
  "a duration of more than 292 years": says(`conntrack: {udpTimeout: 9999999h}\n${pods}`, "error conntrack.udpTimeout"),
  "a number in quotes": says(`conntrack: {min: "5"}\n${pods}`, "error conntrack.min"),
  "a number that is too large": says(`conntrack: {min: 99999999999}\n${pods}`, "error conntrack.min"),
  "half a number": says(`conntrack: {min: 1.5}\n${pods}`, "error conntrack.min"),
  "a whole number as 5.0": fine(`conntrack: {min: 5.0}\n${pods}`),
  "a truth in quotes": says(`iptables: {masqueradeAll: "true"}\n${pods}`, "error iptables.masqueradeAll"),
  "a truth as yes": fine(`iptables: {masqueradeAll: yes}\n${pods}`),
  "a text where a list is wanted": says(`nodePortAddresses: 10.0.0.0/8\n${pods}`, "error nodePortAddresses"),
  "a list where a text is wanted": says("clusterCIDR: [10.244.0.0/16]", "error clusterCIDR"),
  "a list where a section is wanted": says(`iptables: []\n${pods}`, "error iptables"),
  "an empty section": fine(`iptables:\nlogging: null\n${pods}`),
  "a number where a text is wanted": says(`hostnameOverride: 10\n${pods}`, "error hostnameOverride"),
  "queries per second": fine(`clientConnection: {qps: 5.5, burst: 10}\n${pods}`),
  // Settings of other modes.
  "ipvs' settings in the mode iptables": says(
    `mode: iptables\nipvs: {scheduler: rr, strictARP: true, excludeCIDRs: [], tcpTimeout: 0s, udpTimeout: 5s}\n${pods}`,
    "warning ipvs.scheduler",
    "warning ipvs.strictARP",
    "warning ipvs.udpTimeout",
  ),
  "ipvs' settings in the mode ipvs": says(
    `mode: ipvs\nipvs: {scheduler: wlc, strictARP: true, excludeCIDRs: [10.1.0.0/16], tcpTimeout: 0s, udpTimeout: 5s}\n${pods}`,
    "info mode",
  ),
  "masqueradeAll of iptables in the mode nftables": says(
    `mode: nftables\niptables: {masqueradeAll: true}\n${pods}`,
    "warning iptables.masqueradeAll",
  ),
  "masqueradeAll of both": fine(`mode: nftables\niptables: {masqueradeAll: true}\nnftables: {masqueradeAll: true}\n${pods}`),
  "masqueradeAll of iptables in the mode ipvs": says(`mode: ipvs\niptables: {masqueradeAll: true}\n${pods}`, "info mode"),
  "masqueradeAll of nftables by default": says(`nftables: {masqueradeAll: true}\n${pods}`, "warning nftables.masqueradeAll"),
  "the bit of another mode": says(`mode: nftables\niptables: {masqueradeBit: 15}\n${pods}`, "warning iptables.masqueradeBit"),
  "the period of another mode": says(`mode: ipvs\niptables: {syncPeriod: 10s}\n${pods}`, "info mode", "warning iptables.syncPeriod"),
  "the same period in both": says(`mode: ipvs\niptables: {syncPeriod: 10s}\nipvs: {syncPeriod: 10s}\n${pods}`, "info mode"),
  "the least period of another mode": says(`mode: iptables\nnftables: {minSyncPeriod: 5s}\n${pods}`, "warning nftables.minSyncPeriod"),
  "NodePorts on localhost in the mode nftables": says(
    `mode: nftables\niptables: {localhostNodePorts: true}\n${pods}`,
    "warning iptables.localhostNodePorts",
  ),
  "no NodePorts on localhost in the mode nftables": fine(`mode: nftables\niptables: {localhostNodePorts: false}\n${pods}`),
  "NodePorts on localhost, left out by their addresses": says(
    `iptables: {localhostNodePorts: true}\nnodePortAddresses: [10.100.0.0/24]\n${pods}`,
    "warning iptables.localhostNodePorts",
  ),
  "NodePorts on localhost, with their addresses": fine(
    `iptables: {localhostNodePorts: true}\nnodePortAddresses: [10.100.0.0/24, 127.0.0.0/8]\n${pods}`,
  ),
  "Windows' settings on Linux": says(`mode: iptables\nwinkernel: {enableDSR: true}\n${pods}`, "warning winkernel"),
  "a port range": says(`portRange: 30000-32767\n${pods}`, "warning portRange"),
  "a least number of connections without any": says(`conntrack: {maxPerCore: 0, min: 1000}\n${pods}`, "warning conntrack.min"),
  "no limit of connections": fine(`conntrack: {maxPerCore: 0, min: 0}\n${pods}`),
  // Values.
  "less than least": says(`iptables: {syncPeriod: 500ms}\n${pods}`, "error iptables.syncPeriod"),
  "least above the default": says(`iptables: {minSyncPeriod: 1m}\n${pods}`, "error iptables.minSyncPeriod"),
  "ipvs has no least": says(`mode: ipvs\nipvs: {syncPeriod: 500ms}\n${pods}`, "info mode"),
  "a negative period": says(`iptables: {syncPeriod: -5s}\n${pods}`, "error iptables.syncPeriod"),
  "a negative least period": says(`iptables: {minSyncPeriod: -5s}\n${pods}`, "error iptables.minSyncPeriod"),
  "a negative period of the API": says(`configSyncPeriod: -5s\n${pods}`, "error configSyncPeriod"),
  "a bit too high": says(`iptables: {masqueradeBit: 32}\n${pods}`, "error iptables.masqueradeBit"),
  "the highest bit": fine(`iptables: {masqueradeBit: 31}\n${pods}`),
  "a bit too high for nftables": says(`mode: nftables\nnftables: {masqueradeBit: -1}\n${pods}`, "error nftables.masqueradeBit"),
  "a bit too high that isn't read": says(`nftables: {masqueradeBit: 32}\n${pods}`, "warning nftables.masqueradeBit"),
  "an OOM score too low": says(`oomScoreAdj: -1001\n${pods}`, "error oomScoreAdj"),
  "the lowest OOM score": fine(`oomScoreAdj: -1000\n${pods}`),
  "negative conntrack": says(
    `conntrack: {maxPerCore: -1, min: -1, tcpEstablishedTimeout: -1s, tcpCloseWaitTimeout: -1s, udpTimeout: -1s, udpStreamTimeout: -1s}\n${pods}`,
    "error conntrack.maxPerCore",
    "error conntrack.min",
    "error conntrack.tcpCloseWaitTimeout",
    "error conntrack.tcpEstablishedTimeout",
    "error conntrack.udpStreamTimeout",
    "error conntrack.udpTimeout",
  ),
  "all of conntrack": fine(
    `conntrack: {maxPerCore: 65536, min: 262144, tcpEstablishedTimeout: 2h, tcpCloseWaitTimeout: 1m, tcpBeLiberal: true, udpTimeout: 30s, udpStreamTimeout: 300s}\n${pods}`,
  ),
  "a timeout of less than a second": says(`conntrack: {udpTimeout: 500ms}\n${pods}`, "warning conntrack.udpTimeout"),
  "a negative timeout of ipvs": says(`mode: ipvs\nipvs: {tcpFinTimeout: -5s}\n${pods}`, "error ipvs.tcpFinTimeout", "info mode"),
  "a scheduler that the kernel lacks": {
    ...says(`mode: ipvs\nipvs: {scheduler: round-robin}\n${pods}`, "error ipvs.scheduler", "info mode"),
    endsLater: true,
  },
  "a negative burst": says(`clientConnection: {burst: -1}\n${pods}`, "error clientConnection.burst"),
  "hidden metrics of the version before": fine(`showHiddenMetricsForVersion: "1.33"\n${pods}`),
  "hidden metrics of the own version": says(`showHiddenMetricsForVersion: "1.34"\n${pods}`, "error showHiddenMetricsForVersion"),
  // Feature gates.
  "an unknown gate": says(`featureGates: {Bogus: true}\n${pods}`, "error featureGates.Bogus"),
  "a removed gate": says(`featureGates: {SupportIPVSProxyMode: true}\n${pods}`, "error featureGates.SupportIPVSProxyMode"),
  "a locked gate": says(`featureGates: {NFTablesProxyMode: false}\n${pods}`, "error featureGates.NFTablesProxyMode"),
  "a locked gate as it is": fine(`featureGates: {NFTablesProxyMode: true}\n${pods}`),
  "a gate that may be changed": fine(`featureGates: {PreferSameTrafficDistribution: false}\n${pods}`),
  "an empty gate": says(`featureGates: {NFTablesProxyMode: null}\n${pods}`, "error featureGates.NFTablesProxyMode"),
  "a gate in quotes": says(`featureGates: {ContextualLogging: "true"}\n${pods}`, "error featureGates"),
  "all unfinished gates": says(`featureGates: {AllAlpha: true}\n${pods}`, "warning featureGates.AllAlpha"),
  // Logging.
  "logging as JSON": fine(`logging: {format: json, verbosity: 2, flushFrequency: 5}\n${pods}`),
  "an unknown format": says(`logging: {format: xml}\n${pods}`, "error logging.format"),
  "a negative flush": says(`logging: {flushFrequency: -5s}\n${pods}`, "error logging.flushFrequency"),
  "negative verbosity": says(`logging: {verbosity: -1}\n${pods}`, "error logging.verbosity"),
  "verbosity too high": says(`logging: {verbosity: 3000000000}\n${pods}`, "error logging.verbosity"),
  vmodule: fine(`logging: {vmodule: [{filePattern: proxier, verbosity: 5}]}\n${pods}`),
  "vmodule with JSON": says(`logging: {format: json, vmodule: [{filePattern: proxier, verbosity: 5}]}\n${pods}`, "error logging.vmodule"),
  "vmodule with flags' syntax": says(`logging: {vmodule: [{filePattern: proxier=5}]}\n${pods}`, "error logging.vmodule[0]"),
  "vmodule without a pattern": says(`logging: {vmodule: [{verbosity: 5}]}\n${pods}`, "error logging.vmodule[0]"),
  "vmodule with an unknown field": says(`logging: {vmodule: [{filePattern: a, level: 5}]}\n${pods}`, "warning logging.vmodule[0].level"),
  "an unfinished option of logging": says(
    `logging: {options: {json: {infoBufferSize: 1Mi}}}\n${pods}`,
    "error logging.options.json.infoBufferSize",
  ),
  "an unfinished option of logging, with its gate": fine(
    `featureGates: {LoggingAlphaOptions: true}\nlogging: {options: {json: {infoBufferSize: 1Mi}}}\n${pods}`,
  ),
  "an option of logging that only its flag sets": says(
    `featureGates: {LoggingAlphaOptions: true}\nlogging: {options: {text: {splitStream: true}}}\n${pods}`,
    "warning logging.options.text.splitStream",
  ),
  "a buffer without a size": says(
    `logging: {options: {json: {infoBufferSize: big}}}\n${pods}`,
    "error logging.options.json.infoBufferSize",
  ),
  // Local traffic.
  "local traffic by a bridge": fine("detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}"),
  "a bridge without a name": says("detectLocalMode: BridgeInterface", "error detectLocal.bridgeInterface"),
  "a bridge with a name too long": {
    ...says("detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: a-very-long-bridge}", "error detectLocal.bridgeInterface"),
    endsLater: true,
  },
  "local traffic by names": fine("detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: cali}"),
  "names without a prefix": says("detectLocalMode: InterfaceNamePrefix", "error detectLocal.interfaceNamePrefix"),
  "a prefix with a wildcard": says(
    "detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: cali+}",
    "warning detectLocal.interfaceNamePrefix",
  ),
  "a bridge that isn't asked for": says(`detectLocal: {bridgeInterface: cni0}\n${pods}`, "warning detectLocal.bridgeInterface"),
  "the prefix of another mode": says(
    "detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0, interfaceNamePrefix: cali}",
    "warning detectLocal.interfaceNamePrefix",
  ),
  "local traffic by the node's range": fine("detectLocalMode: NodeCIDR"),
  "the node's range and another": says(`detectLocalMode: NodeCIDR\n${pods}`, "warning clusterCIDR"),
  "the node's range and nonsense": says("detectLocalMode: NodeCIDR\nclusterCIDR: junk", "warning clusterCIDR"),
  "local traffic in other letters": says(`detectLocalMode: clusterCIDR\n${pods}`, "error detectLocalMode"),
  "local traffic by no range": says("detectLocalMode: ClusterCIDR", "warning clusterCIDR"),
  // The pods' range.
  "two families": fine("clusterCIDR: 10.244.0.0/16,fd00:10:244::/56"),
  "two families and a space": says('clusterCIDR: "10.244.0.0/16, fd00:10:244::/56"', "error clusterCIDR"),
  "one family twice": says("clusterCIDR: 10.244.0.0/16,10.245.0.0/16", "error clusterCIDR"),
  "overlapping ranges": says("clusterCIDR: 10.0.0.0/8,10.244.0.0/16", "error clusterCIDR"),
  "three ranges": says("clusterCIDR: 10.0.0.0/16,10.1.0.0/16,fd00::/64", "error clusterCIDR"),
  "a comma at the end": says('clusterCIDR: "10.244.0.0/16,"', "error clusterCIDR"),
  "an address for a range": says("clusterCIDR: 10.244.0.0", "error clusterCIDR"),
  "bits after the prefix": says("clusterCIDR: 10.244.1.0/16", "info clusterCIDR"),
  "every address": says("clusterCIDR: 0.0.0.0/0", "warning clusterCIDR"),
  "leading zeros": fine("clusterCIDR: 010.244.000.0/16"),
  IPv6: fine('bindAddress: "::"\nclusterCIDR: fd00:10:244::/56'),
  "IPv6 pods, IPv4 node": says("bindAddress: 0.0.0.0\nclusterCIDR: fd00:10:244::/56", "warning clusterCIDR"),
  // NodePorts.
  "NodePorts on the nodes' network": fine(`nodePortAddresses: [10.100.0.0/24]\n${pods}`),
  "NodePorts on the primary address": fine(`nodePortAddresses: [primary]\n${pods}`),
  "primary and a range": says(`nodePortAddresses: [10.100.0.0/24, primary]\n${pods}`, "error nodePortAddresses[1]"),
  "primary in capitals": says(`nodePortAddresses: [Primary]\n${pods}`, "error nodePortAddresses[0]"),
  "an address of a node": says(`nodePortAddresses: [10.100.0.20]\n${pods}`, "error nodePortAddresses[0]"),
  "an empty entry": says(`nodePortAddresses: [null]\n${pods}`, "error nodePortAddresses[0]"),
  "a node's address with the network's prefix": says(`nodePortAddresses: [10.100.0.20/24]\n${pods}`, "info nodePortAddresses[0]"),
  "a range in another": says(`nodePortAddresses: [10.100.0.0/16, 10.100.7.0/24]\n${pods}`, "warning nodePortAddresses[1]"),
  "a range twice": says(`nodePortAddresses: [10.100.0.0/16, 10.100.0.0/16]\n${pods}`, "warning nodePortAddresses[1]"),
  "NodePorts in the pods' range": says(`nodePortAddresses: [10.244.7.0/24]\n${pods}`, "warning nodePortAddresses[0]"),
  "NodePorts around the pods' range": fine(`nodePortAddresses: [10.0.0.0/8]\n${pods}`),
  "NodePorts everywhere": fine('nodePortAddresses: [0.0.0.0/0, "::/0"]\nclusterCIDR: 10.244.0.0/16,fd00::/56'),
  "NodePorts of one family of two": says(
    "nodePortAddresses: [10.100.0.0/24]\nclusterCIDR: 10.244.0.0/16,fd00::/56",
    "warning nodePortAddresses",
  ),
  "NodePorts on loopback, nftables": says(`mode: nftables\nnodePortAddresses: [127.0.0.0/8]\n${pods}`, "warning nodePortAddresses[0]"),
  "an excluded range that is none": says(
    `mode: ipvs\nipvs: {excludeCIDRs: [10.1.0.0]}\n${pods}`,
    "error ipvs.excludeCIDRs[0]",
    "info mode",
  ),
  // Addresses.
  "a host name for the address": says(`bindAddress: localhost\n${pods}`, "error bindAddress"),
  "an address with a port": says(`bindAddress: "0.0.0.0:10249"\n${pods}`, "error bindAddress"),
  "an address with a zone": says(`bindAddress: "fe80::1%eth0"\n${pods}`, "error bindAddress"),
  "metrics for everybody": fine(`metricsBindAddress: 0.0.0.0:10249\n${pods}`),
  "metrics on an address alone": fine(`metricsBindAddress: 0.0.0.0\n${pods}`),
  "metrics without an address": says(`metricsBindAddress: ":10249"\n${pods}`, "error metricsBindAddress"),
  "metrics by name": says(`metricsBindAddress: "localhost:10249"\n${pods}`, "error metricsBindAddress"),
  "health on port 0": says(`healthzBindAddress: "0.0.0.0:0"\n${pods}`, "error healthzBindAddress"),
  "health on port 65536": says(`healthzBindAddress: "0.0.0.0:65536"\n${pods}`, "error healthzBindAddress"),
  "health on IPv6": fine(`healthzBindAddress: "[::]:10256"\n${pods}`),
  "health on IPv6 without brackets": fine(`healthzBindAddress: "::"\n${pods}`),
  "both servers on one port": says(
    `healthzBindAddress: 0.0.0.0:10256\nmetricsBindAddress: 127.0.0.1:10256\n${pods}`,
    "warning metricsBindAddress",
  ),
  "both servers on one port, which is fatal": {
    ...says(
      `healthzBindAddress: 0.0.0.0:10256\nmetricsBindAddress: 127.0.0.1:10256\nbindAddressHardFail: true\n${pods}`,
      "error metricsBindAddress",
    ),
    endsLater: true,
  },
  "both servers on one port of two addresses": fine(`healthzBindAddress: 10.100.0.20:10256\nmetricsBindAddress: 127.0.0.1:10256\n${pods}`),
  "the kubelet's port": says(`healthzBindAddress: 0.0.0.0:10250\n${pods}`, "warning healthzBindAddress"),
  "a NodePort's port": says(`metricsBindAddress: 127.0.0.1:30249\n${pods}`, "warning metricsBindAddress"),
  "profiles for everybody": says(`enableProfiling: true\nmetricsBindAddress: 0.0.0.0:10249\n${pods}`, "warning enableProfiling"),
  "profiles for the host": fine(`enableProfiling: true\n${pods}`),
};

const header = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
/** A whole file of a case's fields. */
export const file = (yaml: string): string => `${header}${yaml}\n`;
