import { z } from "zod";
import { versions } from "../../versions";
import { address } from "../values";

export const calicoSection = z
  .strictObject({
    version: z
      .string()
      .regex(/^v\d+\.\d+\.\d+$/, `is no version of Calico: write for example ${versions.calico.version}.`)
      .default(versions.calico.version)
      .describe(`The release whose operator you install before; Kubernetes ${versions.calico.kubernetes}.`),
    encapsulation: z
      .enum(["VXLAN", "VXLANCrossSubnet", "IPIP", "IPIPCrossSubnet", "None"])
      .default("VXLAN")
      .describe(
        "How packets get to other nodes' pods. CrossSubnet: only between nodes of different subnets. None: the nodes' LAN carries pod addresses, by BGP.",
      ),
    blockSizes: z
      .array(z.number().int())
      .max(2)
      .default([])
      .describe("Prefix length of the blocks that nodes take from each of cluster.podCIDRs. Default: 26 for IPv4, 122 for IPv6."),
    natOutgoing: z
      .boolean()
      .default(true)
      .describe("Pods leave the cluster with the node's address. false: routers outside of the cluster know pods' addresses."),
    wireguard: z.boolean().default(false).describe("Encrypt packets between nodes. Needs kernel 5.6."),
    asNumber: z.number().int().min(1).max(4294967295).default(64512).describe("The nodes' BGP autonomous system."),
    bgpPeers: z
      .array(
        z.strictObject({
          address: address("10.100.0.1"),
          asNumber: z
            .number()
            .int()
            .min(1)
            .max(4294967295)
            .meta({ examples: [64513] }),
        }),
      )
      .default([])
      .describe("Routers that every node tells its pods' addresses by BGP."),
  })
  .prefault({});
