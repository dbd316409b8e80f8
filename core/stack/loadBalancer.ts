import { z } from "zod";
import { versions } from "../versions";
import { address, port } from "./values";

const asNumber = () =>
  z
    .number()
    .int()
    .min(1)
    .max(4294967295)
    .meta({ examples: [64513] });

const metallb = z
  .strictObject({
    version: z
      .string()
      .regex(/^v\d+\.\d+\.\d+$/, `is no version of MetalLB: write for example ${versions.metallb.version}.`)
      .default(versions.metallb.version)
      .describe("The release that you install before."),
    announce: z
      .enum(["layer2", "bgp"])
      .default("layer2")
      .describe(
        "How others learn where an address is. layer2: one node answers ARP and NDP for it, on the nodes' LAN. bgp: nodes tell their routers.",
      ),
    asNumber: asNumber().default(64512).describe("bgp: the nodes' autonomous system."),
    bgpPeers: z
      .array(z.strictObject({ address: address("10.100.0.1"), asNumber: asNumber(), port: port(179).default(179) }))
      .default([])
      .describe("bgp: the routers that every node tells."),
  })
  .prefault({});

export const loadBalancerSection = z
  .strictObject({
    provider: z
      .enum(["none", "metallb"])
      .default("none")
      .describe(
        "Who gives services of type LoadBalancer their addresses, from cluster.loadBalancerPools. none: nobody, or something that Plumbline doesn't set up.",
      ),
    metallb,
  })
  .describe("Load balancing without a cloud.");
