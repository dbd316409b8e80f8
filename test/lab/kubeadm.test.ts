import { parseAllDocuments } from "yaml";
import { initConfiguration, joinConfiguration } from "../../lab/kubeadm";
import { labHosts, numberedLab } from "../../lab/topology";

const [cp1, w1] = labHosts(numberedLab(0), { kind: "cluster" });
if (!cp1 || !w1) throw new Error("the cluster has no hosts");
const token = "abcdef.0123456789abcdef";
const read = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);

test("a cluster without IPv4 has IPv6 ranges, and its API server's address in brackets", () => {
  const [plane, worker] = labHosts(numberedLab(0), { kind: "cluster", families: "ipv6-only" });
  if (!plane || !worker) throw new Error("the cluster has no hosts");
  expect(read(initConfiguration(plane, token))).toMatchObject([
    { localAPIEndpoint: { advertiseAddress: "fd00:10:100::20" } },
    { networking: { podSubnet: "fd00:10:244::/56", serviceSubnet: "fd00:10:96::/112" } },
    {},
    {},
  ]);
  expect(read(joinConfiguration(worker, plane, { token, caCertHash: "sha256:00ff" }))).toMatchObject([
    { discovery: { bootstrapToken: { apiServerEndpoint: "[fd00:10:100::20]:6443" } } },
  ]);
});

test("kubeadm init gets the lab's ranges and images, and otherwise kubeadm's defaults", () => {
  const nodeRegistration = { criSocket: "unix:///run/containerd/containerd.sock", imagePullPolicy: "IfNotPresent" };
  expect(read(initConfiguration(cp1, token))).toEqual([
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      bootstrapTokens: [{ token }],
      localAPIEndpoint: { advertiseAddress: "10.100.0.20" },
      nodeRegistration: { name: "cp1", ...nodeRegistration },
    },
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      clusterName: "lab",
      kubernetesVersion: "v1.34.4",
      imageRepository: "lab.local",
      networking: { podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/16" },
    },
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      cgroupDriver: "cgroupfs",
      enforceNodeAllocatable: [],
      failSwapOn: false,
      evictionHard: { "memory.available": "10Mi", "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%" },
      imageGCHighThresholdPercent: 100,
    },
    {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      // No mode: kubeadm's default. Only what a host of the lab may not set.
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    },
  ]);
  expect(read(joinConfiguration(w1, cp1, { token, caCertHash: "sha256:00ff" }))).toEqual([
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "JoinConfiguration",
      discovery: { bootstrapToken: { apiServerEndpoint: "10.100.0.20:6443", token, caCertHashes: ["sha256:00ff"] } },
      nodeRegistration: { name: "w1", ...nodeRegistration },
    },
  ]);
});
