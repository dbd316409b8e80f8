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

const version = (program: string, pinned: string) =>
  z
    .string()
    .regex(/^v\d+\.\d+\.\d+$/, `is no version of ${program}: write for example ${pinned}.`)
    .default(pinned);

const announcing = {
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
};

const metallb = z
  .strictObject({ version: version("MetalLB", versions.metallb.version).describe("The release that you install before."), ...announcing })
  .prefault({});

const kubeVip = z
  .strictObject({
    version: version("kube-vip", versions["kube-vip"].version).describe("What announces the addresses."),
    cloudProvider: version("kube-vip's cloud provider", versions["kube-vip-cloud-provider"].version).describe(
      "What gives services addresses.",
    ),
    ...announcing,
    interface: z
      .string()
      .regex(/^[^\s/:]{1,15}$/, "is no name of an interface.")
      .optional()
      .describe("layer2: where a node takes the addresses. Default: the interface that has an address of the same network."),
  })
  .prefault({});

export const loadBalancerSection = z
  .strictObject({
    provider: z
      .enum(["none", "metallb", "kube-vip"])
      .default("none")
      .describe(
        "Who gives services of type LoadBalancer their addresses, from cluster.loadBalancerPools. none: nobody, or something that Plumbline doesn't set up.",
      ),
    metallb,
    kubeVip,
  })
  .describe("Load balancing without a cloud.");
