import { z } from "zod";
import { absolutePath, address, dnsName, port, ports } from "./values";

/** A duration as Go writes it, for settings that are passed on to Kubernetes. */
const goDuration = () => z.string().regex(/^(?=.)(\d+h)?(\d+m)?(\d+s)?$/, "is no duration: write 0s, 60s or 1h30m.");

export const cniSection = z
  .strictObject({
    provider: z
      .enum(["bridge", "vxlan"])
      .default("bridge")
      .describe(
        "The pod network. bridge: a Linux bridge per node and a host route per peer. vxlan: the same over a VXLAN tunnel, for LANs that don't carry pod addresses.",
      ),
    confDir: absolutePath().default("/etc/cni/net.d").describe("The directory that the container runtime reads CNI configurations from."),
    bridge: z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z][a-z0-9-]{0,14}$/, "is no interface name: write at most 15 lower-case letters, digits and '-', for example cni0.")
          .default("cni0"),
      })
      .prefault({}),
    vxlan: z
      .strictObject({
        port: port(4789).default(4789).describe("UDP port of the tunnel. Default: IANA's; Linux itself and flannel use 8472."),
        vni: z.number().int().min(1).max(16777215).default(1).describe("Number of the virtual network."),
      })
      .prefault({}),
    mtu: z
      .number()
      .int()
      .min(576)
      .max(65535)
      .meta({ examples: [1450] })
      .optional()
      .describe("Bytes of a pod's packet. Default: computed, cluster.mtu less what the tunnels take."),
    alongside: z
      .enum(["bridge", "vxlan"])
      .optional()
      .describe("While one provider replaces another: the other one, whose tunnels and ports are kept (see `plumbline migrate`)."),
  })
  .describe("The pod network.");

export const proxySection = z
  .strictObject({
    mode: z
      .enum(["iptables", "nftables", "ipvs"])
      .default("iptables")
      .describe("How kube-proxy programs services. nftables needs Kubernetes 1.31 and kernel 5.13."),
    nodePorts: ports().prefault("30000-32767").describe("The API server's --service-node-port-range."),
    nodePortAddresses: z
      .array(
        z
          .string()
          .min(1)
          .meta({ examples: ["10.100.0.0/24"] }),
      )
      .default([])
      .describe("CIDRs of node addresses on which NodePorts answer, or [primary]. Default: kube-proxy's own for the mode."),
    conntrack: z
      .strictObject({
        maxPerCore: z.number().int().min(0).optional(),
        min: z.number().int().min(0).optional(),
        tcpEstablishedTimeout: goDuration().optional(),
        tcpCloseWaitTimeout: goDuration().optional(),
      })
      .optional()
      .describe("KubeProxyConfiguration's conntrack settings; 0 leaves the host's value."),
    ipvs: z.strictObject({ scheduler: z.enum(["rr", "wrr", "lc", "wlc", "sh", "dh", "sed", "nq"]).default("rr") }).prefault({}),
  })
  .describe("kube-proxy.");

export const dnsSection = z
  .strictObject({
    upstream: z
      .array(
        z.union(
          [address("10.0.0.53").transform(String), z.literal("/etc/resolv.conf")],
          "is no resolver: write its address, for example 10.0.0.53, or /etc/resolv.conf.",
        ),
      )
      .min(1)
      .max(15)
      .default(["/etc/resolv.conf"])
      .describe("Where names outside of the cluster are resolved: addresses, or the node's /etc/resolv.conf."),
    zones: z
      .array(z.strictObject({ zone: dnsName(), forward: z.array(address("10.0.0.53")).min(1).max(15) }))
      .default([])
      .describe("Stub domains: zones with resolvers of their own."),
    hosts: z
      .array(z.strictObject({ address: address(), names: z.array(dnsName().meta({ examples: ["registry.example"] })).min(1) }))
      .default([])
      .describe("Fixed names."),
    podRecords: z
      .enum(["disabled", "insecure", "verified"])
      .default("insecure")
      .describe("The kubernetes plugin's `pods` mode. kubeadm's default."),
    ttl: z.number().int().min(0).max(3600).default(30).describe("Seconds, for cluster names."),
    cache: z.number().int().min(0).max(3600).default(30).describe("Seconds at most that an answer is cached; 0: no cache."),
    log: z.boolean().default(false).describe("Log every query."),
    nodeLocal: z.literal(false, "is not available, NodeLocal DNSCache comes in a later version: write false.").default(false),
  })
  .describe("The cluster's DNS (CoreDNS).");

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
