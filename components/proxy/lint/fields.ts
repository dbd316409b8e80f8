/** A type of the KubeProxyConfiguration that is no section; the value says what a reader gets. */
interface Scalars {
  readonly string: string;
  readonly bool: boolean;
  /** Whole numbers; `optional` of defaults.go: 0 is a value, absent is none. */
  readonly int32: number;
  readonly uint32: number;
  readonly float32: number;
  /** A text as Go's time.ParseDuration reads it; in seconds. null is refused. */
  readonly duration: number;
  /** The same; null is as if it weren't there. */
  readonly optionalDuration: number;
  /** The same, or a whole number of nanoseconds. */
  readonly durationOrNumber: number;
  /** A resource.Quantity: `1Mi`, 512. */
  readonly quantity: string;
  readonly strings: readonly string[];
  readonly bools: Readonly<Record<string, boolean>>;
}
export type ScalarType = keyof Scalars;

export interface ScalarField {
  readonly type: ScalarType;
  /** The first version that knows the field; absent: all that are supported (1.24). */
  readonly since?: string;
}
export interface SectionField {
  readonly fields: Fields;
  readonly since?: string;
}
export interface ItemsField {
  readonly items: Fields;
  readonly since?: string;
}
export type Field = ScalarField | SectionField | ItemsField;
export type Fields = Readonly<Record<string, Field>>;

/** What the decoder makes of fields: all optional, each of its type. */
export type Decoded<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends { readonly type: infer T extends ScalarType }
    ? Scalars[T]
    : F[K] extends { readonly fields: infer G extends Fields }
      ? Decoded<G>
      : F[K] extends { readonly items: infer G extends Fields }
        ? readonly Decoded<G>[]
        : never;
};

const string = { type: "string" } as const;
const bool = { type: "bool" } as const;
const int32 = { type: "int32" } as const;
const duration = { type: "duration" } as const;
const strings = { type: "strings" } as const;

const outputOptions = { fields: { splitStream: bool, infoBufferSize: { type: "quantity" } } } as const;

/**
 * Every field of a KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), compared over the releases 1.24 to 1.36.
 * Source: config/v1alpha1/types.go of k8s.io/kube-proxy, logs/api/v1 and config/v1alpha1 of k8s.io/component-base.
 */
export const fields = {
  apiVersion: string,
  kind: string,
  featureGates: { type: "bools" },
  clientConnection: {
    fields: { kubeconfig: string, acceptContentTypes: string, contentType: string, qps: { type: "float32" }, burst: int32 },
  },
  logging: {
    since: "1.28",
    fields: {
      format: string,
      flushFrequency: { type: "durationOrNumber" },
      verbosity: { type: "uint32" },
      vmodule: { items: { filePattern: string, verbosity: { type: "uint32" } } },
      options: { fields: { text: outputOptions, json: outputOptions } },
    },
  },
  hostnameOverride: string,
  bindAddress: string,
  healthzBindAddress: string,
  metricsBindAddress: string,
  bindAddressHardFail: bool,
  enableProfiling: bool,
  showHiddenMetricsForVersion: string,
  mode: string,
  iptables: {
    fields: {
      masqueradeBit: int32,
      masqueradeAll: bool,
      localhostNodePorts: { type: "bool", since: "1.26" },
      syncPeriod: duration,
      minSyncPeriod: duration,
    },
  },
  ipvs: {
    fields: {
      syncPeriod: duration,
      minSyncPeriod: duration,
      scheduler: string,
      excludeCIDRs: strings,
      strictARP: bool,
      tcpTimeout: duration,
      tcpFinTimeout: duration,
      udpTimeout: duration,
    },
  },
  nftables: {
    since: "1.29",
    fields: { masqueradeBit: int32, masqueradeAll: bool, syncPeriod: duration, minSyncPeriod: duration },
  },
  winkernel: {
    fields: { networkName: string, sourceVip: string, enableDSR: bool, rootHnsEndpointName: string, forwardHealthCheckVip: bool },
  },
  detectLocalMode: string,
  detectLocal: { fields: { bridgeInterface: string, interfaceNamePrefix: string } },
  clusterCIDR: string,
  nodePortAddresses: strings,
  oomScoreAdj: int32,
  conntrack: {
    fields: {
      maxPerCore: int32,
      min: int32,
      tcpEstablishedTimeout: { type: "optionalDuration" },
      tcpCloseWaitTimeout: { type: "optionalDuration" },
      tcpBeLiberal: { type: "bool", since: "1.29" },
      udpTimeout: { type: "duration", since: "1.29" },
      udpStreamTimeout: { type: "duration", since: "1.29" },
    },
  },
  configSyncPeriod: duration,
  portRange: string,
  windowsRunAsService: { type: "bool", since: "1.31" },
} as const satisfies Fields;

/** What kube-proxy reads of a file. */
export type Configuration = Decoded<typeof fields>;

/** Where fields are that people look for elsewhere: flags, internal names, other components' files. */
export const foreign: ReadonlyMap<string, string> = new Map([
  ["clusterCIDRs", "Write clusterCIDR, a text: one range, or two of different families joined by a comma."],
  ["podCIDR", "Write clusterCIDR."],
  ["podCIDRs", "Write clusterCIDR, a text with a comma between the ranges."],
  ["podSubnet", "That is kubeadm's ClusterConfiguration (networking.podSubnet). Write clusterCIDR here."],
  ["networking", "That is kubeadm's ClusterConfiguration. Write clusterCIDR here for the pods' range."],
  ["serviceSubnet", "That is kubeadm's ClusterConfiguration (networking.serviceSubnet); kube-proxy doesn't need it. Remove it."],
  ["serviceCIDR", "kube-proxy doesn't need the services' range. Remove it."],
  ["serviceClusterIPRange", "kube-proxy doesn't need the services' range. Remove it."],
  ["clusterDNS", "That is the KubeletConfiguration's. Move it there."],
  ["clusterDomain", "That is the KubeletConfiguration's. Move it there."],
  ["cgroupDriver", "That is the KubeletConfiguration's. Move it there."],
  ["resolvConf", "That is the KubeletConfiguration's. Move it there."],
  ["proxyMode", "Write mode."],
  ["proxy-mode", "Write mode."],
  ["metricsPort", "Write metricsBindAddress, for example 127.0.0.1:10249."],
  ["healthzPort", "Write healthzBindAddress, for example 0.0.0.0:10256."],
  ["nodePortRange", "The range is the API server's: --service-node-port-range. Remove it here."],
  ["serviceNodePortRange", "The range is the API server's: --service-node-port-range. Remove it here."],
  ["resourceContainer", "It was removed in Kubernetes 1.16 and did nothing before. Remove it."],
  ["maxPerCorePercent", "Write conntrack.maxPerCore, a number of connections."],
  ["max", "Write conntrack.maxPerCore and conntrack.min."],
  ["master", "Name the API server in the file of clientConnection.kubeconfig."],
  ["podBridgeInterface", "Write detectLocal.bridgeInterface."],
  ["podInterfaceNamePrefix", "Write detectLocal.interfaceNamePrefix."],
  ["v", "Write logging.verbosity."],
  ["metadata", "A KubeProxyConfiguration has no name. Remove it."],
  ["spec", "A KubeProxyConfiguration has no spec: write its fields at the top."],
]);

/** The version that removed a field, by its path. */
export const removed: ReadonlyMap<string, string> = new Map([["udpIdleTimeout", "1.26"]]);
