import { z } from "zod";
import { versions } from "../versions";
import { calicoSection } from "./cni/calico";
import { ciliumSection } from "./cni/cilium";
import { customSection } from "./cni/custom";
import { absolutePath, address, dnsName, port } from "./values";

/** Pod networks on Plumbline's own bridges. */
const transits = ["bridge", "vxlan", "flannel"] as const;
const providers = [...transits, "calico", "cilium", "custom", "weave"] as const;

export const cniSection = z
  .strictObject({
    provider: z
      .enum(providers)
      .default("bridge")
      .describe(
        "The pod network. bridge: a Linux bridge per node and a host route per peer. vxlan: the same over a VXLAN tunnel, for LANs that don't carry pod addresses. flannel: the same bridges, connected by flanneld. calico: Calico by Tigera's operator. cilium: Cilium by its Helm chart. custom: your own CNI configuration, with what it needs declared. weave: refused, it is archived.",
      ),
    confDir: absolutePath().default("/etc/cni/net.d").describe("The directory that the container runtime reads CNI configurations from."),
    bridge: z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z][a-z0-9-]{0,14}$/, "is no interface name: write at most 15 lower-case letters, digits and '-', for example cni0.")
          .default("cni0"),
        gateways: z
          .array(address("10.100.0.1"))
          .default([])
          .describe(
            "Routers between cluster.nodeCIDRs, by their address in each: the way to nodes of the others. They have to know the nodes' pod ranges too.",
          ),
      })
      .prefault({}),
    vxlan: z
      .strictObject({
        port: port(4789).default(4789).describe("UDP port of the tunnel. Default: IANA's; Linux itself and flannel use 8472."),
        vni: z.number().int().min(1).max(16777215).default(1).describe("Number of the virtual network."),
      })
      .prefault({}),
    flannel: z
      .strictObject({
        backend: z
          .enum(["vxlan", "host-gw", "wireguard", "udp"])
          .default("vxlan")
          .describe(
            "host-gw: routes, for nodes on one LAN that carries pod addresses. wireguard: encrypted, needs kernel 5.6. udp: for debugging.",
          ),
        port: port(8472)
          .optional()
          .describe("UDP port of the tunnel. Default: 8472 (vxlan), 51820 and for IPv6 51821 (wireguard), 8285 (udp)."),
        vni: z.number().int().min(1).max(16777215).default(1).describe("vxlan: number of the virtual network."),
        directRouting: z.boolean().default(false).describe("vxlan: nodes of one LAN reach each other's pods by routes."),
        image: z.string().min(1).default(`ghcr.io/flannel-io/flannel:${versions.flannel.version}`),
      })
      .prefault({}),
    calico: calicoSection,
    cilium: ciliumSection,
    custom: customSection,
    mtu: z
      .number()
      .int()
      .min(576)
      .max(65535)
      .meta({ examples: [1450] })
      .optional()
      .describe("Bytes of a pod's packet. Default: computed, cluster.mtu less what the tunnels take."),
    takeover: z
      .boolean()
      .default(false)
      .describe(
        "Move CNI configurations away that a host's runtime would take instead of ours; destroy moves them back. Else they are refused.",
      ),
    alongside: z
      .enum(transits)
      .optional()
      .describe("While one provider replaces another: the other one, whose tunnels and ports are kept (see docs/cni.md)."),
  })
  .describe("The pod network.");

export const verifySection = z
  .strictObject({
    image: z
      .string()
      .min(1)
      .default("registry.k8s.io/e2e-test-images/agnhost:2.53")
      .describe("Image of the probe pods; compatible with agnhost."),
    outsideName: dnsName().optional().describe("A name outside of the cluster that pods must be able to resolve."),
    outside: z
      .strictObject({
        name: dnsName()
          .describe("For messages.")
          .meta({ examples: ["client"] }),
        address: z
          .string()
          .min(1)
          .meta({ examples: ["10.100.0.9"] }),
        user: z.string().min(1).optional(),
      })
      .optional()
      .describe("A host outside of the cluster that plays the client; reached like a node, through `ssh`."),
  })
  .describe("How `plumbline verify` proves the network.");
