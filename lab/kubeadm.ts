import { isIPv6 } from "node:net";
import { stringify } from "yaml";
import { imageRepository } from "./images";
import { kubernetesVersion } from "./programs";
import { type LabHost, podSubnet, podSubnet6, serviceSubnet, serviceSubnet6 } from "./topology";

/** Where kubeadm's input is on a node. */
export const kubeadmFile = "/etc/kubeadm/config.yaml";

/** A node of a dual-stack cluster has to be told its addresses: the kubelet takes one of the default route's family otherwise. */
function registration({ name, address, ipv6 }: LabHost) {
  const nodeAddresses = [{ name: "node-ip", value: `${address},${ipv6?.address}` }];
  return {
    name,
    criSocket: "unix:///run/containerd/containerd.sock",
    imagePullPolicy: "IfNotPresent",
    ...(ipv6 ? { kubeletExtraArgs: nodeAddresses } : {}),
  };
}

/** What lets a node into the cluster. */
export interface JoinSecret {
  /** `abcdef.0123456789abcdef` */
  readonly token: string;
  /** `sha256:` and the digest of the cluster CA's public key. */
  readonly caCertHash: string;
}

/**
 * The configuration for `kubeadm init`: kubeadm's defaults with the lab's ranges and images, and what the lab's hosts, which share this machine's
 * kernel, can't do as a machine of their own would.
 */
export function initConfiguration(controlPlane: LabHost, token: string): string {
  return documents([
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      bootstrapTokens: [{ token }],
      localAPIEndpoint: { advertiseAddress: controlPlane.address },
      nodeRegistration: registration(controlPlane),
    },
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      clusterName: "lab",
      kubernetesVersion,
      imageRepository,
      networking: networking(controlPlane),
    },
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      cgroupDriver: "cgroupfs",
      enforceNodeAllocatable: [],
      failSwapOn: false,
      // All hosts see this machine's one disk: none may evict pods or delete images because it is rather full.
      evictionHard: { "memory.available": "10Mi", "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%" },
      imageGCHighThresholdPercent: 100,
    },
    {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      // A host may not change these settings of the kernel's; 0 leaves them alone.
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    },
  ]);
}

function networking({ address, ipv6 }: LabHost) {
  if (ipv6) return { podSubnet: `${podSubnet},${podSubnet6}`, serviceSubnet: `${serviceSubnet},${serviceSubnet6}` };
  return isIPv6(address) ? { podSubnet: podSubnet6, serviceSubnet: serviceSubnet6 } : { podSubnet, serviceSubnet };
}

/** The configuration for `kubeadm join`. */
export function joinConfiguration(worker: LabHost, controlPlane: LabHost, secret: JoinSecret): string {
  const { address } = controlPlane;
  const apiServerEndpoint = `${isIPv6(address) ? `[${address}]` : address}:6443`;
  return documents([
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "JoinConfiguration",
      discovery: { bootstrapToken: { apiServerEndpoint, token: secret.token, caCertHashes: [secret.caCertHash] } },
      nodeRegistration: registration(worker),
    },
  ]);
}

function documents(values: readonly object[]): string {
  return values.map((value) => stringify(value)).join("---\n");
}
