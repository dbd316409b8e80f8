import { z } from "zod";
import { addressRange, cidr, dnsLabel, dnsName, port, secret } from "./values";

const maskSizes = () =>
  z
    .array(
      z
        .number()
        .int()
        .min(8)
        .max(126)
        .meta({ examples: [24] }),
    )
    .max(2)
    .default([]);

export const clusterSection = z
  .strictObject({
    name: dnsLabel()
      .meta({ examples: ["prod"] })
      .default("kubernetes")
      .describe("Name of the cluster, for messages. kubeadm's default."),
    kubernetes: z
      .string('is no version: write it in quotes, for example "1.34" (without them YAML reads 1.30 as 1.3).')
      .regex(/^1\.(2[4-9]|[3-9]\d)$/, 'is no supported version: write "1.24" or later, in quotes, without the patch level.')
      .meta({ examples: ["1.34"] })
      .default("1.34")
      .describe("Minor version of Kubernetes; gates features and rules."),
    domain: dnsName()
      .meta({ examples: ["cluster.local"] })
      .default("cluster.local")
      .describe("The cluster's DNS domain."),
    kubeconfig: z
      .string()
      .min(1)
      .optional()
      .describe("Path to the kubeconfig, relative to the stack file. Without one, only hosts are provisioned."),
    kubeconfigSecret: secret("cluster.kubeconfigSecret")
      .optional()
      .describe("The kubeconfig's text as a Pulumi secret, instead of `kubeconfig`."),
    apiServerPort: port(6443).default(6443).describe("The port that the API server listens on."),
    podCIDRs: z
      .array(cidr("10.244.0.0/16"))
      .min(1)
      .max(2)
      .default(() => parseAll("10.244.0.0/16"))
      .describe("Addresses of pods, one range per IP family."),
    serviceCIDRs: z
      .array(cidr("10.96.0.0/16"))
      .min(1)
      .max(2)
      .default(() => parseAll("10.96.0.0/12"))
      .describe("Addresses of services, one range per IP family. kubeadm's default."),
    additionalServiceCIDRs: z
      .array(cidr("10.112.0.0/16"))
      .default([])
      .describe(
        "Further addresses of services, a ServiceCIDR object for each: how services grow whose first range is full. Kubernetes 1.33 or later.",
      ),
    nodeMaskSizes: maskSizes().describe(
      "Prefix length of each node's pod range, in the order of podCIDRs. Default 24 for IPv4, 64 for IPv6.",
    ),
    podPools: z
      .array(
        z.strictObject({
          name: dnsLabel().meta({ examples: ["edge"] }),
          podCIDRs: z
            .array(cidr("10.245.0.0/16"))
            .min(1)
            .max(2)
            .describe("One range per IP family. For a family that the pool leaves out, its nodes have a part of cluster.podCIDRs."),
          nodeMaskSizes: maskSizes().describe("Prefix length of each node's pod range, in the order of the pool's podCIDRs."),
        }),
      )
      .default([])
      .describe(
        "Further ranges of pods, for the nodes that name the pool (`podPool`) or pin a part of it: how a cluster grows whose first range is full.",
      ),
    reservedPodCIDRs: z.array(cidr("10.244.240.0/20")).default([]).describe("Parts of the pod ranges that no node gets."),
    maxPods: z
      .number()
      .int()
      .min(1)
      .default(110)
      .describe("The kubelets' maxPods: how many pods a node runs at most. Default: the kubelet's own."),
    mtu: z
      .number()
      .int()
      .min(576)
      .max(65535)
      .default(1500)
      .describe("Bytes of a packet on the nodes' LAN; that of the interface with the node's address."),
    nodeCIDRs: z.array(cidr()).default([]).describe("The networks that the nodes are on. When given, every node's address must be in one."),
    reserved: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .meta({ examples: ["vpn"] }),
          cidr: cidr("10.8.0.0/16"),
        }),
      )
      .default([])
      .describe("Ranges that something else uses (a VPN, a data centre): nothing of the cluster may overlap them."),
    loadBalancerPools: z
      .array(
        z
          .strictObject({
            name: z
              .string()
              .min(1)
              .meta({ examples: ["metallb"] }),
            cidr: cidr("192.168.1.240/28").optional(),
            range: addressRange().optional(),
          })
          .refine(({ cidr: network, range }) => (network === undefined) !== (range === undefined), {
            message: "has no addresses: give it either a cidr or a range, for example range: 192.168.1.240-192.168.1.250.",
          }),
      )
      .default([])
      .describe(
        "Addresses that a load balancer (MetalLB, kube-vip, Cilium) gives to services: they may be on the nodes' LAN, but nobody else's.",
      ),
  })
  .describe("The cluster and its address ranges.");

function parseAll(...texts: string[]) {
  return texts.map((text) => cidr().parse(text));
}
