import { adopt, errors, places } from "./adoptFrom";

const init = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 192.168.10.20
  bindPort: 6443
nodeRegistration:
  name: cp1
  criSocket: unix:///run/containerd/containerd.sock
`;

const cluster = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
clusterName: prod
kubernetesVersion: v1.34.4
networking:
  podSubnet: 10.128.0.0/16
  serviceSubnet: 10.112.0.0/16
  dnsDomain: prod.example
apiServer:
  extraArgs:
    - name: service-node-port-range
      value: 31000-31999
    - name: feature-gates
      value: Some=true
    - name: encryption-provider-config
      value: /etc/kubernetes/enc.yaml
controllerManager:
  extraArgs:
    - name: node-cidr-mask-size
      value: "23"
`;

const others = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDNS: [10.112.0.10]
clusterDomain: prod.example
maxPods: 250
featureGates: { Some: true }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
nodePortAddresses: [primary]
conntrack: { maxPerCore: 0 }
`;

test("a whole configuration", async () => {
  const adopted = await adopt({ "kubeadm.yaml": [init, cluster, others].join("---\n") });
  expect(adopted.stack).toEqual({
    cluster: {
      name: "prod",
      kubernetes: "1.34",
      domain: "prod.example",
      podCIDRs: ["10.128.0.0/16"],
      serviceCIDRs: ["10.112.0.0/16"],
      nodeMaskSizes: [23],
      maxPods: 250,
    },
    nodes: [{ name: "cp1", roles: ["control-plane", "etcd"], address: "192.168.10.20" }],
    ssh: { agent: true },
    proxy: { nodePorts: "31000-31999", mode: "nftables", nodePortAddresses: ["primary"], conntrack: { maxPerCore: 0 } },
  });
  expect(places(adopted)).toEqual([
    "8 nodeRegistration.criSocket",
    "22 apiServer.extraArgs[1]",
    "24 apiServer.extraArgs[2]",
    "36 featureGates",
  ]);
  expect(adopted.notCarriedOver.map(({ message }) => message).slice(1, 3)).toEqual([
    "Feature gates are kubeadm's to set.",
    "Encryption of stored data is not a matter of the network.",
  ]);
  expect(adopted.findings).toEqual([]);
});

test("v1beta3 has arguments as a mapping; a node's addresses are in node-ip; the taint away makes a worker", async () => {
  const { stack } = await adopt({
    "kubeadm.yaml": `apiVersion: kubeadm.k8s.io/v1beta3
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 0.0.0.0, bindPort: 8443 }
nodeRegistration:
  name: CP1.example
  taints: []
  kubeletExtraArgs: { node-ip: "192.168.10.20,fd00:9::20" }
---
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
etcd: { external: { endpoints: [https://10.0.0.5:2379] } }
networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/16,fd00:10:96::/112" }
controllerManager: { extraArgs: { node-cidr-mask-size-ipv4: "25", node-cidr-mask-size-ipv6: "72" } }
`,
  });
  expect(stack).toEqual({
    cluster: {
      podCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"],
      serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"],
      nodeMaskSizes: [25, 72],
      apiServerPort: 8443,
    },
    nodes: [{ name: "cp1.example", roles: ["control-plane", "worker"], address: ["192.168.10.20", "fd00:9::20"] }],
    ssh: { agent: true },
  });
});

test("a folder with a file for every node", async () => {
  const join = (name: string, address: string, rest = "") =>
    `apiVersion: kubeadm.k8s.io/v1beta3\nkind: JoinConfiguration\nnodeRegistration:\n  name: ${name}\n  kubeletExtraArgs: { node-ip: ${address} }\n${rest}`;
  const adopted = await adopt(
    {
      "1-init.yaml": [init, cluster].join("---\n"),
      "2-cp2.yaml": join("cp2", "192.168.10.21", "controlPlane: { localAPIEndpoint: { advertiseAddress: 192.168.10.21 } }\n"),
      "3-w1.yaml": join("w1", "192.168.10.31"),
      "notes.yaml": "just: notes\n",
    },
    ".",
  );
  expect(adopted.stack.nodes).toEqual([
    { name: "cp1", roles: ["control-plane", "etcd"], address: "192.168.10.20" },
    { name: "cp2", roles: ["control-plane", "etcd"], address: "192.168.10.21" },
    { name: "w1", roles: ["worker"], address: "192.168.10.31" },
  ]);
  expect(errors(adopted)).toEqual([]);
});

test("the ConfigMap kubeadm-config: no nodes, and how to add them", async () => {
  const adopted = await adopt({
    "cm.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: kubeadm-config, namespace: kube-system }
data:
  ClusterConfiguration: |
    apiVersion: kubeadm.k8s.io/v1beta4
    kind: ClusterConfiguration
    kubernetesVersion: v1.33.1
    controlPlaneEndpoint: 10.0.0.100:6443
    networking: { podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12, dnsDomain: cluster.local }
`,
  });
  expect(adopted.stack).toMatchObject({ cluster: { kubernetes: "1.33", podCIDRs: ["10.244.0.0/16"] }, nodes: [] });
  expect(adopted.notCarriedOver).toHaveLength(1);
  expect(adopted.notCarriedOver[0]).toMatchObject({
    line: 5,
    path: "controlPlaneEndpoint",
    message: "The file names no nodes (10.0.0.100:6443 may be a load balancer's address), and a stack needs them.",
  });
  expect(adopted.notCarriedOver[0]?.mend).toContain("- { name: cp1, roles: [control-plane, etcd], address: 192.168.10.20 }");
});

test("no pod range: kubeadm has no default", async () => {
  const adopted = await adopt({ "k.yaml": `${init}---\napiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n` });
  expect(adopted.stack.cluster).toEqual({ serviceCIDRs: ["10.96.0.0/12"] });
  expect(places(adopted)).toContain("10 networking.podSubnet");
});

test("mistakes of the source are kept, and check finds them", async () => {
  const adopted = await adopt({
    "k.yaml": `${init.replace("192.168.10.20", "10.244.3.20")}---
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
networking: { podSubnet: 10.244.1.0/16, serviceSubnet: 10.96.0.0/8 }
`,
  });
  expect(adopted.stack.cluster).toEqual({ podCIDRs: ["10.244.1.0/16"], serviceCIDRs: ["10.96.0.0/8"] });
  expect(errors(adopted)).toEqual([
    "cluster.podCIDRs[0]: 10.244.1.0/16 has bits set after the prefix.",
    "cluster.serviceCIDRs[0]: 10.96.0.0/8 has bits set after the prefix.",
  ]);
});

test.each([
  ["a number for a range", "networking: { podSubnet: 42 }", ["42"]],
  ["a mapping for a range", "networking: { podSubnet: { a: b } }", undefined],
  ["a list for a range", "networking: { podSubnet: [10.244.0.0/16] }", ["10.244.0.0/16"]],
  ["a text for networking", "networking: none", undefined],
  ["a list for networking", "networking: [a]", undefined],
  ["null everywhere", "networking: null\ncontrollerManager: { extraArgs: null }\napiServer: { extraArgs: [null, 1, {}] }", undefined],
])("%s doesn't stop it", async (_, text, podCIDRs) => {
  const { stack } = await adopt({ "k.yaml": `kind: ClusterConfiguration\napiVersion: kubeadm.k8s.io/v1beta3\n${text}\n` });
  expect(stack.cluster).toEqual({ ...(podCIDRs ? { podCIDRs } : {}), serviceCIDRs: ["10.96.0.0/12"] });
});

test("phases that are left out, and servers that kubelets name", async () => {
  const skips = init.replace("kind: InitConfiguration\n", "kind: InitConfiguration\nskipPhases: [addon/kube-proxy, addon/coredns]\n");
  const of = (clusterDNS: string) =>
    adopt({ "kubeadm.yaml": [skips, cluster, others.slice(0, others.indexOf("---")).replace("10.112.0.10", clusterDNS)].join("---\n") });
  const own = await of("10.112.0.3");
  expect(own.stack).toMatchObject({ proxy: { mode: "none" }, dns: { serviceAddresses: ["10.112.0.3"] } });
  expect(places(own)).toContain("3 skipPhases[1]");
  expect((await of("10.112.0.10")).stack).not.toHaveProperty("dns");
  const cache = await of("169.254.20.10");
  expect(cache.stack).toMatchObject({ firewall: { allow: [{ from: "pods", tcp: [53], udp: [53] }] } });
  expect((await of("10.9.0.53")).notCarriedOver).toContainEqual(
    expect.objectContaining({
      path: "clusterDNS[0]",
      message: "The kubelets tell pods to ask 10.9.0.53, which is no service address of this cluster.",
    }),
  );
});
