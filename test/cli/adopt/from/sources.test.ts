import { adopt, errors, places } from "./adoptFrom";

describe("RKE", () => {
  test("a whole cluster.yml", async () => {
    const adopted = await adopt({
      "cluster.yml": `nodes:
  - address: 203.0.113.10
    internal_address: 192.168.1.10
    hostname_override: CP1
    port: "2222"
    user: ubuntu
    role: [controlplane, etcd]
  - address: w1.example
    internal_address: 192.168.1.11
    hostname_override: w1
    user: ubuntu
    role: worker
    labels: { app: ingress }
  - { address: 192.168.1.12, user: ops, role: [worker] }
cluster_name: my_cluster
kubernetes_version: v1.28.3-rancher1-1
ssh_key_path: /keys/id
services:
  kube-api:
    service_cluster_ip_range: 10.50.0.0/16
    service_node_port_range: 31000-31999
    secrets_encryption_config: { enabled: true }
  kube-controller: { cluster_cidr: 10.51.0.0/16, service_cluster_ip_range: 10.50.0.0/16, extra_args: { node-cidr-mask-size: 25 } }
  kubelet: { cluster_domain: my.local, cluster_dns_server: 10.50.0.10, extra_args: { max-pods: "80" } }
  kubeproxy: { extra_args: { proxy-mode: ipvs } }
network: { plugin: weave, mtu: 1400, options: { weave_password: x } }
ingress: { provider: none }
bastion_host: { address: 198.51.100.9, user: jump, port: "23" }
`,
    });
    expect(adopted.stack).toMatchObject({
      cluster: {
        name: "my-cluster",
        kubernetes: "1.28",
        domain: "my.local",
        podCIDRs: ["10.51.0.0/16"],
        serviceCIDRs: ["10.50.0.0/16"],
        nodeMaskSizes: [25],
        maxPods: 80,
      },
      nodes: [
        { name: "cp1", roles: ["control-plane", "etcd"], address: "192.168.1.10", ssh: { host: "203.0.113.10", port: 2222 } },
        { name: "w1", roles: ["worker"], address: "192.168.1.11", ssh: { host: "w1.example" } },
        { name: "192.168.1.12", roles: ["worker"], address: "192.168.1.12", ssh: { user: "ops" } },
      ],
      ssh: { user: "ubuntu", privateKeyFile: "/keys/id", bastion: { host: "198.51.100.9", port: 23, user: "jump" } },
      cni: { mtu: 1400 },
      proxy: { nodePorts: "31000-31999", mode: "ipvs" },
    });
    expect(places(adopted)).toEqual(
      expect.arrayContaining(["13 nodes[1].labels", "22 services.kube-api.secrets_encryption_config", "26 network.options"]),
    );
  });

  test("its defaults", async () => {
    const adopted = await adopt({ "cluster.yml": "nodes: [{ address: 1.2.3.4, user: ubuntu, role: [controlplane, etcd, worker] }]\n" });
    expect(adopted.stack).toMatchObject({
      cluster: { podCIDRs: ["10.42.0.0/16"], serviceCIDRs: ["10.43.0.0/16"] },
      nodes: [{ name: "1.2.3.4", roles: ["control-plane", "etcd", "worker"], address: "1.2.3.4" }],
      ssh: { user: "ubuntu", privateKeyFile: "~/.ssh/id_rsa" },
    });
    expect(errors(adopted)).toEqual([]);
  });

  test("two service ranges, roles that aren't there, nodes without an address", async () => {
    const adopted = await adopt({
      "cluster.yml": `nodes:
  - { address: a.example, role: [master] }
  - 7
services: { kube-api: { service_cluster_ip_range: 10.1.0.0/16 }, kube-controller: { service_cluster_ip_range: 10.2.0.0/16 } }
ingress: { provider: none }
network: { plugin: flannel2 }
`,
    });
    expect(adopted.stack.nodes).toEqual([]);
    expect(adopted.notCarriedOver.map(({ line, message }) => `${line} ${message}`)).toEqual([
      "4 is 10.2.0.0/16, but kube-api's is 10.1.0.0/16.",
      "6 flannel2 is no pod network that Plumbline knows; the stack takes its default, bridge.",
      "2 master is no role of RKE.",
      "2 a.example is a name, and the stack needs the address of a.example on the cluster's LAN.",
      "3 There is no address of this node on the cluster's LAN.",
    ]);
  });
});

describe("k0s", () => {
  const head = "apiVersion: k0sctl.k0sproject.io/v1beta1\nkind: Cluster\n";

  test("a whole k0sctl.yaml", async () => {
    const adopted = await adopt({
      "k0sctl.yaml": `${head}metadata: { name: k0s-cluster }
spec:
  hosts:
    - role: controller
      ssh: { address: 10.0.0.1, user: root, keyPath: ~/.ssh/id }
    - role: controller
      hostname: c2
      installFlags: [--enable-worker]
      ssh: { address: 10.0.0.2, user: root, keyPath: ~/.ssh/id }
    - role: worker
      hostname: w1
      privateAddress: 192.168.7.2
      ssh: { address: 203.0.113.2, user: admin, port: 2222, keyPath: ~/.ssh/id, bastion: { address: 203.0.113.9, user: jump } }
  k0s:
    version: v1.33.4+k0s.0
    config:
      apiVersion: k0s.k0sproject.io/v1beta1
      kind: ClusterConfig
      spec:
        api: { port: 7443, extraArgs: { service-node-port-range: 30000-30999 } }
        network:
          provider: calico
          calico: { mode: vxlan, mtu: 1450 }
          podCIDR: 10.10.0.0/16
          serviceCIDR: 10.11.0.0/16
          clusterDomain: k0s.local
          kubeProxy: { mode: ipvs }
        controllerManager: { extraArgs: { node-cidr-mask-size: "26" } }
`,
    });
    expect(adopted.stack).toMatchObject({
      cluster: {
        name: "k0s-cluster",
        kubernetes: "1.33",
        domain: "k0s.local",
        podCIDRs: ["10.10.0.0/16"],
        serviceCIDRs: ["10.11.0.0/16"],
        nodeMaskSizes: [26],
        apiServerPort: 7443,
      },
      nodes: [
        { name: "cp1", roles: ["control-plane", "etcd"], address: "10.0.0.1" },
        { name: "c2", roles: ["control-plane", "etcd", "worker"], address: "10.0.0.2" },
        { name: "w1", roles: ["worker"], address: "192.168.7.2", ssh: { host: "203.0.113.2", port: 2222, user: "admin" } },
      ],
      ssh: { user: "root", privateKeyFile: "~/.ssh/id", bastion: { host: "203.0.113.9", user: "jump" } },
      cni: { mtu: 1450 },
      proxy: { mode: "ipvs", nodePorts: "30000-30999" },
    });
    expect(places(adopted)).toContain("6 spec.hosts[0]");
    expect(errors(adopted)).toEqual([]);
  });

  test("its defaults, for both families; a database instead of etcd, no kube-proxy", async () => {
    const adopted = await adopt({
      "k0sctl.yaml": `${head}spec:
  hosts: [{ role: single, hostname: n1, openSSH: { address: 10.0.0.1 } }]
  k0s: { config: { spec: { storage: { type: kine }, network: { dualStack: { enabled: true, IPv6podCIDR: "fd00::/108", IPv6serviceCIDR: "fd01::/108" }, kubeProxy: { disabled: true } } } } }
`,
    });
    expect(adopted.stack).toMatchObject({
      cluster: { podCIDRs: ["10.244.0.0/16", "fd00::/108"], serviceCIDRs: ["10.96.0.0/12", "fd01::/108"], nodeMaskSizes: [24, 117] },
      nodes: [{ name: "n1", roles: ["control-plane", "worker"], address: "10.0.0.1" }],
      cni: { provider: "custom", custom: { name: "kube-router", confFile: "10-kuberouter.conflist" } },
      proxy: { mode: "none" },
    });
    expect(adopted.notCarriedOver.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "kine is no etcd: the controllers get no role etcd.",
        "kube-router is a custom provider here: declare its ranges and flows under cni.custom.",
      ]),
    );
  });

  test("hosts of Terraform's templates", async () => {
    const adopted = await adopt({
      "k0sctl.yaml": `${head}spec:\n  hosts: [{ role: worker, ssh: { address: "\${address}" } }]\n  k0s: { version: "$VERSION" }\n`,
    });
    expect(adopted.stack.nodes).toEqual([]);
    expect(adopted.notCarriedOver.map(({ message }) => message)).toContain("$VERSION doesn't say which minor version it is.");
  });
});

describe("KubeOne", () => {
  const head = "apiVersion: kubeone.k8c.io/v1beta2\nkind: KubeOneCluster\n";

  test("a whole manifest", async () => {
    const adopted = await adopt({
      "kubeone.yaml": `${head}name: demo
versions: { kubernetes: 1.30.4 }
clusterNetwork:
  podSubnet: 10.245.0.0/16
  serviceSubnet: 10.97.0.0/16
  serviceDomainName: demo.local
  nodePortRange: 30000-31000
  nodeCIDRMaskSizeIPv4: 25
  kubeProxy: { ipvs: { scheduler: wrr } }
  cni: { canal: { mtu: 1400 } }
controlPlane:
  hosts:
    - { publicAddress: 203.0.113.4, privateAddress: 172.18.0.1, sshUsername: ubuntu, sshPort: 22, sshPrivateKeyFile: /keys/id, bastion: 203.0.113.9, bastionUser: jump, hostname: cp-1, isLeader: true }
    - { publicAddress: 203.0.113.5, privateAddress: 172.18.0.2, sshUsername: ubuntu, sshPrivateKeyFile: /keys/id, bastion: 203.0.113.8, hostname: cp-2, taints: [] }
staticWorkers:
  hosts:
    - { publicAddress: 172.18.0.3, sshUsername: ubuntu, sshPrivateKeyFile: /keys/id, hostname: w-1 }
dynamicWorkers: [{ name: pool }]
features: { encryptionProviders: { enable: true }, nodeLocalDNS: { deploy: false } }
`,
    });
    expect(adopted.stack).not.toHaveProperty("firewall");
    expect(adopted.stack).toMatchObject({
      cluster: {
        name: "demo",
        kubernetes: "1.30",
        domain: "demo.local",
        podCIDRs: ["10.245.0.0/16"],
        serviceCIDRs: ["10.97.0.0/16"],
        nodeMaskSizes: [25],
      },
      nodes: [
        { name: "cp-1", roles: ["control-plane", "etcd"], address: "172.18.0.1", ssh: { host: "203.0.113.4" } },
        { name: "cp-2", roles: ["control-plane", "etcd", "worker"], address: "172.18.0.2", ssh: { host: "203.0.113.5" } },
        { name: "w-1", roles: ["worker"], address: "172.18.0.3" },
      ],
      ssh: { user: "ubuntu", privateKeyFile: "/keys/id", bastion: { host: "203.0.113.9", user: "jump" } },
      cni: { mtu: 1400 },
      proxy: { nodePorts: "30000-31000", mode: "ipvs", ipvs: { scheduler: "wrr" } },
    });
    expect(places(adopted)).toEqual(
      expect.arrayContaining(["16 controlPlane.hosts[1].bastion", "20 dynamicWorkers", "21 features.encryptionProviders"]),
    );
    expect(errors(adopted)).toEqual([]);
  });

  test("its defaults, by family, and no hosts", async () => {
    const of = async (family: string) =>
      (await adopt({ "k.yaml": `${head}versions: { kubernetes: 1.31.0 }\nclusterNetwork: { ipFamily: ${family} }\n` })).stack.cluster;
    expect(await of("IPv4")).toMatchObject({ podCIDRs: ["10.244.0.0/16"], serviceCIDRs: ["10.96.0.0/12"] });
    expect(await of("IPv6")).toMatchObject({ podCIDRs: ["fd01::/48"], serviceCIDRs: ["fd02::/120"] });
    expect(await of("IPv4+IPv6")).toMatchObject({ podCIDRs: ["10.244.0.0/16", "fd01::/48"], serviceCIDRs: ["10.96.0.0/12", "fd02::/120"] });
    const adopted = await adopt({ "k.yaml": `${head}versions: { kubernetes: 1.31.0 }\n` });
    expect(places(adopted)).toContain("1 controlPlane.hosts");
    // NodeLocal DNSCache is KubeOne's default.
    expect(adopted.stack.firewall).toEqual({ allow: [{ from: "pods", tcp: [53], udp: [53], why: "NodeLocal DNSCache" }] });
  });
});
