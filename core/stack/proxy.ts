import { z } from "zod";
import { Address, AddressError } from "../cidr";
import { absolutePath, cidr, ports } from "./values";

/** A duration as Go writes it, for settings that are passed on to Kubernetes. */
const goDuration = () => z.string().regex(/^(?=.)(\d+h)?(\d+m)?(\d+s)?$/, "is no duration: write 0s, 60s or 1h30m.");

function isSocketAddress(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65535) return false;
  try {
    return Address.parse(host).family === (bracketed === undefined ? 4 : 6);
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}

/** Where a server listens. */
const socketAddress = (example: string) =>
  z
    .string()
    .refine(isSocketAddress, `is no address with a port: write for example ${example}.`)
    .meta({ examples: [example] });

const limit = () => z.number().int().min(0).max(2147483647);
const timeout = () => goDuration().optional();
const masqueradeBit = z
  .number()
  .int()
  .min(0)
  .max(31)
  .optional()
  .describe("The bit of a packet's mark that asks for masquerading. Default 14.");
const masqueradeAll = z.boolean().optional().describe("Masquerade everything that is sent to a service's address. Default false.");
const syncPeriod = goDuration().optional().describe("How often all rules are written anew. Default 30s.");
const minSyncPeriod = goDuration().optional().describe("The least time between two writes. Default 1s; ipvs: 0s.");

export const proxySection = z
  .strictObject({
    mode: z
      .enum(["iptables", "nftables", "ipvs", "none"])
      .default("iptables")
      .describe(
        "How kube-proxy programs services. nftables needs Kubernetes 1.31 and kernel 5.13. none: something else does, kube-proxy is left alone.",
      ),
    runs: z
      .enum(["daemonset", "host"])
      .default("daemonset")
      .describe("daemonset: in pods, as kubeadm sets it up. host: as a systemd service of every node, kube-proxy.service."),
    host: z
      .strictObject({
        binary: absolutePath().default("/usr/local/bin/kube-proxy").describe("The program on every node, which you install."),
        kubeconfig: absolutePath()
          .default("/etc/kubernetes/kube-proxy.conf")
          .describe("How it reaches the API server, as the user system:kube-proxy; a file on every node, which you make."),
      })
      .prefault({})
      .describe("With runs: host."),
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
    externalIPs: z
      .array(cidr("192.168.1.200/32"))
      .default([])
      .describe("Addresses that services have as externalIPs; the firewall lets them in. Pools of load balancers are let in anyway."),
    healthCheckers: z
      .array(cidr("192.168.1.5/32"))
      .default([])
      .describe(
        "Load balancers outside of the cluster: they may ask for a node's health (10256) and for a service's pods (healthCheckNodePort).",
      ),
    detectLocalMode: z
      .enum(["ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"])
      .default("ClusterCIDR")
      .describe("How traffic of pods is told from traffic of the outside: by cluster.podCIDRs, the node's own pod range, or interfaces."),
    detectLocal: z
      .strictObject({
        bridgeInterface: z.string().min(1).max(15).optional().describe("With BridgeInterface: the pods' bridge, for example cni0."),
        interfaceNamePrefix: z
          .string()
          .min(1)
          .max(14)
          .optional()
          .describe("With InterfaceNamePrefix: how the names of pods' interfaces begin, for example veth."),
      })
      .optional(),
    conntrack: z
      .strictObject({
        maxPerCore: limit().optional().describe("Connections per processor. Default 32768."),
        min: limit().optional().describe("Connections at least. Default 131072."),
        tcpEstablishedTimeout: timeout().describe("Default 24h."),
        tcpCloseWaitTimeout: timeout().describe("Default 1h."),
        tcpBeLiberal: z.boolean().optional().describe("Let packets outside of the TCP window pass. Default false."),
        udpTimeout: timeout().describe("Default 0s."),
        udpStreamTimeout: timeout().describe("Default 0s."),
      })
      .optional()
      .describe("The kernel's connection tracking; 0 leaves the host's value."),
    iptables: z
      .strictObject({
        masqueradeAll,
        masqueradeBit,
        localhostNodePorts: z.boolean().optional().describe("NodePorts answer on 127.0.0.1 too. Default true."),
        syncPeriod,
        minSyncPeriod,
      })
      .optional()
      .describe("Of the mode iptables; masqueradeAll and masqueradeBit of ipvs too."),
    nftables: z.strictObject({ masqueradeAll, masqueradeBit, syncPeriod, minSyncPeriod }).optional().describe("Of the mode nftables."),
    ipvs: z
      .strictObject({
        scheduler: z.enum(["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "mh"]).default("rr"),
        strictARP: z.boolean().optional().describe("Don't answer ARP for service addresses; MetalLB in L2 mode needs it. Default false."),
        excludeCIDRs: z
          .array(z.string().min(1))
          .optional()
          .describe("Virtual servers in these ranges are somebody else's and are left alone."),
        tcpTimeout: timeout(),
        tcpFinTimeout: timeout(),
        udpTimeout: timeout(),
        syncPeriod,
        minSyncPeriod,
      })
      .prefault({})
      .describe("Of the mode ipvs; timeouts of 0s leave the host's value."),
    metrics: z
      .strictObject({
        bindAddress: socketAddress("127.0.0.1:10249").optional().describe("Default: port 10249 of loopback."),
        profiling: z.boolean().optional().describe("Offer Go's profiles there. Default false."),
      })
      .optional(),
    healthz: z
      .strictObject({ bindAddress: socketAddress("0.0.0.0:10256").optional().describe("Default: port 10256 of all addresses.") })
      .optional()
      .describe("Where load balancers ask whether a node takes traffic."),
    bindAddressHardFail: z.boolean().optional().describe("End when metrics or healthz can't listen. Default false."),
    configSyncPeriod: goDuration().optional().describe("How often services are read anew from the API server. Default 15m."),
    clientConnection: z
      .strictObject({ qps: z.number().min(1).optional(), burst: limit().optional() })
      .optional()
      .describe("Requests to the API server: per second (default 5), and at once (default 10)."),
    oomScoreAdj: z.number().int().min(-1000).max(1000).optional().describe("Default -999."),
    logging: z
      .strictObject({ format: z.enum(["text", "json"]).optional(), verbosity: z.number().int().min(0).max(10).optional() })
      .optional(),
    featureGates: z.object({}).catchall(z.boolean()).optional(),
  })
  .describe("kube-proxy.");
