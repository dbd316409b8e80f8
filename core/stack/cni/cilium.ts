import { z } from "zod";
import { versions } from "../../versions";

export const ciliumSection = z
  .strictObject({
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, `is no version of Cilium's chart: write for example ${versions.cilium.version}.`)
      .default(versions.cilium.version)
      .describe("The chart's version that you install."),
    routing: z
      .enum(["vxlan", "geneve", "native"])
      .default("vxlan")
      .describe("How packets get to other nodes' pods. native: routes, for nodes on one LAN that carries pod addresses."),
    kubeProxyReplacement: z.boolean().default(false).describe("Cilium does kube-proxy's work. Needs proxy.mode: none."),
    wireguard: z.boolean().default(false).describe("Encrypt packets between nodes."),
    hubble: z.boolean().default(true).describe("Let Hubble's relay ask the nodes about their traffic."),
    hostFirewall: z.boolean().default(false).describe("Cilium's policies judge packets to hosts too, beside Plumbline's firewall."),
    exclusive: z.boolean().default(false).describe("Cilium renames all other CNI configurations on the hosts."),
  })
  .prefault({});
