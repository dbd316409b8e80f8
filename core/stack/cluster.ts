import { z } from "zod";
import { cidr, dnsLabel, dnsName, port, secret } from "./values";

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
    nodeMaskSizes: z
      .array(
        z
          .number()
          .int()
          .min(8)
          .max(126)
          .meta({ examples: [24] }),
      )
      .max(2)
      .default([])
      .describe("Prefix length of each node's pod range, in the order of podCIDRs. Default 24 for IPv4, 64 for IPv6."),
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
  })
  .describe("The cluster and its address ranges.");

function parseAll(...texts: string[]) {
  return texts.map((text) => cidr().parse(text));
}
