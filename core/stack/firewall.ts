import { z } from "zod";
import { cidr, comment, duration, ports } from "./values";

export const firewallSection = z
  .strictObject({
    mode: z.enum(["enforce", "off"]).default("enforce").describe("enforce: whatever no flow declares is dropped. off: no filtering."),
    backend: z.enum(["auto", "nftables"]).default("auto").describe("What filters on the hosts."),
    admin: z.array(cidr("10.9.0.0/24")).default([]).describe("Who may reach SSH and the API server. Default: everybody."),
    allow: z
      .array(
        z
          .strictObject({
            from: z
              .string()
              .min(1)
              .describe("any, nodes, control-plane, workers, pods, the name of a node, or a CIDR.")
              .meta({ examples: ["10.9.0.0/16"] }),
            to: z.string().min(1).default("nodes").describe("nodes, control-plane, workers, pods, or the name of a node."),
            tcp: z.array(ports()).default([]),
            udp: z.array(ports()).default([]),
            vrrp: z.boolean().default(false).describe("VRRP, with which keepalived's hosts agree on who has an address."),
            why: comment().describe("The reason; it becomes the rule's comment."),
          })
          .refine((rule) => rule.tcp.length + rule.udp.length > 0 || rule.vrrp, {
            message: "opens nothing: give ports under tcp or udp, for example tcp: [9100].",
          }),
      )
      .default([])
      .describe("Traffic beyond what the cluster itself needs."),
  })
  .describe("The host firewall. Its rules are computed from what the cluster needs; nobody lists ports.");

export const rolloutSection = z
  .strictObject({
    canary: z.number().int().min(0).default(1).describe("How many nodes are changed first, alone."),
    batch: z
      .string()
      .regex(/^([1-9]\d?|100)%$|^[1-9]\d*$/, "is no batch size: write a number of nodes or a share such as 25%.")
      .or(z.number().int().min(1).transform(String))
      .default("25%")
      .describe("How many nodes are changed at a time after that."),
    confirmTimeout: duration().prefault("60s").describe("A host goes back by itself when no confirmation arrives in this time."),
  })
  .describe("In which order hosts are changed.");
