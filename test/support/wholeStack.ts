import type { Path } from "../../core/finding";

/** A stack that uses every key, with values that are all right. */
export const whole = {
  cluster: {
    name: "prod",
    kubernetes: "1.34",
    domain: "k8s.corp.example",
    kubeconfig: "kubeconfig",
    apiServerPort: 8443,
    podCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"],
    serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"],
    additionalServiceCIDRs: ["10.112.0.0/16", "fd00:10:112::/112"],
    nodeMaskSizes: [24, 64],
    podPools: [{ name: "edge", podCIDRs: ["10.245.0.0/16", "fd00:10:245::/56"], nodeMaskSizes: [24, 64] }],
    reservedPodCIDRs: ["10.244.240.0/20"],
    maxPods: 200,
    mtu: 9000,
    nodeCIDRs: ["10.100.0.0/24", "fd00:100::/64"],
    reserved: [{ name: "vpn", cidr: "10.8.0.0/16" }],
    loadBalancerPools: [
      { name: "metallb", range: "198.51.100.10-198.51.100.20" },
      { name: "anycast", cidr: "fd00:55::/112" },
    ],
  },
  nodes: [
    {
      name: "cp1",
      roles: ["control-plane", "etcd"],
      address: ["10.100.0.20", "fd00:100::20"],
      podCIDRs: ["10.244.0.0/24", "fd00:10:244::/64"],
      podPool: "edge",
      podMaskSizes: [24, 64],
      maxPods: 250,
      ssh: { host: "cp1.example", port: 2222, user: "ops", hostKey: "ssh-ed25519 AAAA" },
      host: { sysctls: { "net.ipv4.conf.all.log_martians": "1" } },
    },
    { name: "w1", roles: ["worker"], address: ["10.100.0.21", "fd00:100::21"] },
  ],
  ssh: {
    user: "ops",
    port: 2222,
    knownHosts: "known_hosts",
    privateKeyFile: "id",
    agent: false,
    bastion: { host: "jump.example", port: 22, user: "jump", hostKey: "ssh-ed25519 AAAA" },
  },
  firewall: {
    mode: "enforce",
    backend: "nftables",
    admin: ["10.8.0.0/16"],
    allow: [
      { from: "10.9.0.0/16", to: "workers", tcp: [9100, "9200-9300"], udp: [514], why: "node exporter" },
      { from: "w1", to: "cp1", tcp: [8404], why: "statistics" },
      { from: "control-plane", to: "control-plane", vrrp: true, why: "keepalived" },
    ],
  },
  cni: {
    provider: "bridge",
    confDir: "/etc/cni/net.d",
    bridge: { name: "cni0", gateways: ["10.100.0.1"] },
    vxlan: { port: 8472, vni: 7 },
    flannel: { backend: "wireguard", port: 51820, vni: 3, directRouting: true, image: "flannel:1" },
    calico: {
      version: "v3.31.4",
      encapsulation: "VXLANCrossSubnet",
      blockSizes: [25, 120],
      natOutgoing: false,
      wireguard: true,
      asNumber: 64600,
      bgpPeers: [{ address: "10.100.0.1", asNumber: 64513 }],
    },
    cilium: {
      version: "1.19.6",
      routing: "native",
      kubeProxyReplacement: true,
      wireguard: true,
      hubble: false,
      hostFirewall: true,
      exclusive: true,
    },
    custom: {
      name: "kube-router",
      conflist: { file: "pods.conflist", text: '{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "ptp"}]}' },
      confFile: "10-kuberouter.conflist",
      installs: ["kube-router"],
      flows: [{ from: "nodes", to: "nodes", tcp: [179], udp: [6081], protocols: ["ipip"], why: "BGP" }],
      layers: [{ name: "IPIP", ipv4: 20, ipv6: 40 }],
      ranges: [{ name: "join", cidr: "100.64.0.0/16" }],
      nodeRanges: true,
      routes: false,
      masquerade: "outside-and-nodes",
      kernel: "5.10",
      modules: ["openvswitch"],
      files: [{ path: "/etc/kube-router/peers", mode: "0600", content: "peers\n" }],
      manifests: [{ file: "kube-router.yaml", text: "" }],
    },
    mtu: 8950,
    takeover: true,
    alongside: "vxlan",
  },
  proxy: {
    mode: "ipvs",
    runs: "daemonset",
    host: { binary: "/usr/local/bin/kube-proxy", kubeconfig: "/etc/kubernetes/kube-proxy.conf" },
    nodePorts: "30000-32767",
    nodePortAddresses: ["10.100.0.0/24"],
    externalIPs: ["192.168.7.0/28"],
    healthCheckers: ["10.8.0.5/32"],
    detectLocalMode: "NodeCIDR",
    detectLocal: {},
    conntrack: {
      maxPerCore: 0,
      min: 0,
      tcpEstablishedTimeout: "0s",
      tcpCloseWaitTimeout: "1h30m0s",
      tcpBeLiberal: true,
      udpTimeout: "30s",
      udpStreamTimeout: "3m0s",
    },
    iptables: { masqueradeAll: true, masqueradeBit: 15, localhostNodePorts: false, syncPeriod: "30s", minSyncPeriod: "1s" },
    nftables: { masqueradeAll: true, masqueradeBit: 15, syncPeriod: "30s", minSyncPeriod: "1s" },
    ipvs: {
      scheduler: "lc",
      strictARP: true,
      excludeCIDRs: ["10.96.128.0/24"],
      tcpTimeout: "15m0s",
      tcpFinTimeout: "2m0s",
      udpTimeout: "5m0s",
      syncPeriod: "15s",
      minSyncPeriod: "2s",
    },
    metrics: { bindAddress: "0.0.0.0:10249", profiling: false },
    healthz: { bindAddress: "[::]:10256" },
    bindAddressHardFail: true,
    configSyncPeriod: "10m0s",
    clientConnection: { qps: 20, burst: 40 },
    oomScoreAdj: -998,
    logging: { format: "json", verbosity: 2 },
    featureGates: { ContextualLogging: true },
  },
  loadBalancer: {
    provider: "metallb",
    metallb: {
      version: "v0.15.2",
      announce: "bgp",
      asNumber: 64512,
      bgpPeers: [{ address: "10.100.0.1", asNumber: 64513, port: 1790 }],
    },
    kubeVip: { version: "v1.0.1", cloudProvider: "v0.0.11", announce: "layer2", asNumber: 64514, bgpPeers: [], interface: "eth1" },
  },
  dns: {
    upstream: ["tls://10.0.0.53"],
    zones: [
      {
        zone: "corp.example",
        forward: ["tls://10.0.0.54", "tls://[fd00::54]:8853"],
        tlsServerName: "dns.corp.example",
        policy: "sequential",
        healthCheck: "5s",
        cache: 0,
      },
      { zone: "10.in-addr.arpa", forward: ["10.0.0.54:5353"] },
    ],
    hosts: [{ address: "10.0.0.7", names: ["registry.example", "git.corp.example"] }],
    tlsServerName: "dns.example",
    policy: "round_robin",
    healthCheck: "1m",
    rewrites: [{ match: "suffix", from: ".shop.example", to: ".shop.svc.k8s.corp.example", answer: "auto" }],
    podRecords: "verified",
    autopath: true,
    ttl: 5,
    cache: 60,
    log: true,
    extra: "bufsize 1232\n",
    blocks: "lab.example:53 {\n    whoami\n}\n",
    replicas: 3,
    spread: "zones",
    disruptionBudget: true,
    trial: false,
    image: "coredns:1",
    overwrite: true,
    service: "coredns",
    serviceAddresses: ["10.96.0.10", "fd00:10:96::a"],
    nodeLocal: true,
    nodeLocalAddresses: ["169.254.20.11", "fd00:53::1"],
    kubelet: "manage",
    acknowledgeDomainChange: true,
  },
  ingress: {
    controllers: [{ name: "traefik", class: "web", expose: "nodePort", nodePorts: { http: 30081, https: 30444 }, image: "traefik:v3.6.2" }],
    rules: [
      {
        name: "shop",
        namespace: "shop",
        host: "*.shop.example",
        class: "web",
        paths: [{ path: "/a", pathType: "Exact", service: "shop", port: "http" }],
        defaultBackend: { service: "shop", port: 8080 },
        annotations: { "traefik.ingress.kubernetes.io/router.priority": "42" },
        redirectToHttps: true,
        tlsSecret: "shop-tls",
      },
      {
        name: "new",
        namespace: "shop",
        host: "new.example",
        class: "web",
        paths: [{ path: "/old", pathType: "Prefix", service: "shop", port: 8080, rewrite: "/new" }],
        annotations: {},
        redirectToHttps: false,
        tls: { certificateFile: "new.crt", keyFile: "new.key", certificate: "CERTIFICATE", publicKey: "PUBLIC KEY" },
      },
    ],
    gatewayAPI: true,
    gateways: [
      {
        name: "web",
        namespace: "edge",
        gatewayClassName: "web",
        listeners: [
          {
            name: "https",
            port: 443,
            protocol: "HTTPS",
            hostname: "*.shop.example",
            tls: { mode: "Terminate", certificateRefs: [{ name: "shop-tls", namespace: "shop" }] },
            allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { "shop.example/routes": "yes" } } } },
          },
          { name: "own", port: 443, protocol: "TLS", hostname: "bank.example", tls: { mode: "Passthrough" } },
          {
            name: "new",
            port: 443,
            protocol: "HTTPS",
            hostname: "new.shop.example",
            tls: {
              mode: "Terminate",
              files: { certificateFile: "new.crt", keyFile: "new.key", certificate: "CERTIFICATE", publicKey: "PUBLIC KEY" },
            },
          },
        ],
      },
    ],
    httpRoutes: [
      {
        name: "shop",
        namespace: "shop",
        parentRefs: [{ name: "web", namespace: "edge", sectionName: "https", port: 443 }],
        hostnames: ["www.shop.example"],
        rules: [
          {
            matches: [
              {
                path: { type: "PathPrefix", value: "/api" },
                headers: [{ type: "Exact", name: "X-Version", value: "2" }],
                queryParams: [{ type: "RegularExpression", name: "q", value: "a.*" }],
                method: "GET",
              },
            ],
            filters: [
              {
                type: "RequestHeaderModifier",
                requestHeaderModifier: { set: [{ name: "X-A", value: "1" }], add: [{ name: "X-B", value: "2" }], remove: ["X-C"] },
              },
              { type: "ResponseHeaderModifier", responseHeaderModifier: { remove: ["Server"] } },
              {
                type: "URLRewrite",
                urlRewrite: { hostname: "api.internal", path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } },
              },
              { type: "RequestMirror", requestMirror: { backendRef: { name: "audit", namespace: "shop", port: 80 }, percent: 5 } },
            ],
            backendRefs: [{ name: "api", namespace: "shop", port: 8080, weight: 3 }],
            timeouts: { request: "30s", backendRequest: "10s" },
          },
          {
            filters: [
              {
                type: "RequestRedirect",
                requestRedirect: {
                  scheme: "https",
                  hostname: "shop.example",
                  port: 8443,
                  path: { type: "ReplaceFullPath", replaceFullPath: "/" },
                  statusCode: 308,
                },
              },
            ],
          },
        ],
      },
    ],
    tlsRoutes: [
      {
        name: "bank",
        namespace: "edge",
        parentRefs: [{ name: "web", sectionName: "own" }],
        hostnames: ["bank.example"],
        rules: [{ backendRefs: [{ name: "bank", port: 443 }] }],
      },
    ],
    referenceGrants: [
      {
        name: "edge",
        namespace: "shop",
        from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "edge" }],
        to: [{ group: "", kind: "Secret", name: "shop-tls" }],
      },
    ],
    sample: { host: "hello.example", image: "agnhost" },
  },
  host: {
    sysctls: { "net.ipv4.conf.all.rp_filter": 2 },
    routes: [
      { to: "10.20.0.0/16", via: "10.100.0.1", dev: "eth0", metric: 50, table: 100, source: "10.100.0.20", onlink: true },
      { to: "10.30.0.0/16", blackhole: true },
    ],
    links: [
      { name: "br1", type: "bridge", addresses: ["10.1.0.1/24"], mtu: 1400, ports: ["eth1", "v-red"] },
      { name: "v-red", type: "veth", peer: { name: "eth0", namespace: "red", addresses: ["10.1.0.2/24", "fd00:1::2/64"] } },
      { name: "vlan100", type: "vlan", parent: "eth1", id: 100 },
      { name: "vx0", type: "vxlan", parent: "eth0", id: 42, local: "10.100.0.20", remote: "10.100.0.21", port: 4790 },
      { name: "mv0", type: "macvlan", parent: "eth1", mode: "private" },
    ],
    namespaces: [{ name: "red", routes: [{ to: "10.9.0.0/16", via: "10.1.0.1" }] }],
    nat: {
      masquerade: [{ from: "10.1.0.0/24", out: "eth0", notTo: ["10.9.0.0/16"] }],
      snat: [{ from: "fd00:1::/64", out: "eth0", to: "fd00:100::20" }],
      forwards: [
        { port: 8080, protocol: "tcp", to: "10.1.0.2", toPort: 80, from: ["10.9.0.0/16"] },
        { port: "5000-5010", protocol: "udp", to: "fd00:1::2" },
      ],
    },
    rules: [{ priority: 1000, from: "10.1.0.0/24", to: "10.20.0.0/16", iif: "eth0", fwmark: "0x1/0xff", table: 100 }],
    hosts: { nodes: true, entries: [{ address: "10.0.0.7", names: ["registry.example", "registry"] }] },
    resolver: { nameservers: ["10.0.0.53", "fd00::53"], search: ["corp.example"], options: ["timeout:2", "rotate"] },
  },
  rollout: { canary: 2, batch: "50%", confirmTimeout: "2m" },
  verify: { image: "agnhost", outsideName: "www.example", outside: { name: "client", address: "10.100.0.9", user: "ops" } },
};

/** Every place in a value, the value itself first. */
function places(value: unknown, path: Path = []): Path[] {
  const below =
    Array.isArray(value) || (value !== null && typeof value === "object")
      ? Object.entries(value).flatMap(([key, item]) => places(item, [...path, Array.isArray(value) ? Number(key) : key]))
      : [];
  return [path, ...below];
}

/** A copy with another value, or without one, at a place. */
export function withValue(
  root: unknown,
  [step, ...rest]: Path,
  change: (parent: Record<string | number, unknown>, step: string | number) => void,
): unknown {
  const copy = (Array.isArray(root) ? [...root] : { ...(root as object) }) as Record<string | number, unknown>;
  if (step === undefined) return copy;
  if (rest.length === 0) change(copy, step);
  else copy[step] = withValue(copy[step], rest, change);
  return copy;
}

/** Every place of that stack. */
export const everywhere = places(whole).filter((path) => path.length > 0);
