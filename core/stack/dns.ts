import { z } from "zod";
import { Resolver } from "../resolver";
import { address, dnsName, duration, parsed } from "./values";

const nodesResolvConf = "/etc/resolv.conf";

const resolver = () =>
  z
    .string()
    .meta({ examples: ["10.0.0.53"] })
    .transform(parsed(Resolver.parse));

/** How resolvers are asked: one manner for all of a list, as in CoreDNS's `forward`. */
const forwarding = {
  tlsServerName: dnsName()
    .meta({ examples: ["dns.quad9.net"] })
    .optional()
    .describe("The name in the certificate of the resolvers that are written tls://ADDRESS."),
  policy: z
    .enum(["random", "round_robin", "sequential"])
    .default("random")
    .describe("Which of several resolvers is asked. CoreDNS's default."),
  healthCheck: duration().optional().describe("How often a resolver that failed is tried again. Default: CoreDNS's, half a second."),
};

const seconds = () => z.number().int().min(0).max(3600);

/** Text that stands in a Corefile as it is. */
const verbatim = (what: string) => z.string().regex(/\S/, `is empty: write ${what}, or remove it.`).optional();

const rewrite = z.strictObject({
  match: z
    .enum(["exact", "prefix", "suffix", "substring", "regex"])
    .default("exact")
    .describe("Which part of a name `from` is. A suffix begins with a dot, or it is also found within a label."),
  from: z
    .string()
    .regex(/^[^\s"{}#]+$/, "is no text for a rule: write it without spaces, quotes, braces and #.")
    .meta({ examples: ["shop.example"] })
    .describe("What is asked for. regex: in Go's syntax (RE2), against the whole name with the dot at its end."),
  to: z
    .string()
    .regex(/^(?:[-\w.]|\{\d+\})+$/, "is no name: write letters, digits, '-', '_', '.', and {1} for a group of a regex.")
    .meta({ examples: ["shop.default.svc.cluster.local"] })
    .describe("What is looked up instead; {1} is the first group of a regex."),
  answer: z
    .enum(["auto", "none"])
    .default("auto")
    .describe("auto: the answer carries the name that was asked for, which clients insist on. none: the name that was looked up."),
});

export const dnsSection = z
  .strictObject({
    upstream: z
      .array(
        z.union(
          [resolver(), z.literal(nodesResolvConf)],
          "is no resolver: write its address, for example 10.0.0.53 or tls://9.9.9.9, or /etc/resolv.conf.",
        ),
      )
      .min(1)
      .max(15)
      .default([nodesResolvConf])
      .describe("Where names outside of the cluster are resolved: addresses, or the node's /etc/resolv.conf."),
    zones: z
      .array(
        z.strictObject({
          zone: dnsName(),
          forward: z.array(resolver()).min(1).max(15),
          ...forwarding,
          cache: seconds().optional().describe("As dns.cache, for this zone. Default: the same."),
        }),
      )
      .default([])
      .describe("Stub domains: zones with resolvers of their own."),
    hosts: z
      .array(z.strictObject({ address: address(), names: z.array(dnsName().meta({ examples: ["registry.example"] })).min(1) }))
      .default([])
      .describe("Fixed names."),
    ...forwarding,
    rewrites: z.array(rewrite).default([]).describe("Names that are looked up as others; the first that matches counts."),
    podRecords: z
      .enum(["disabled", "insecure", "verified"])
      .default("insecure")
      .describe("The kubernetes plugin's `pods` mode. kubeadm's default."),
    autopath: z
      .boolean()
      .default(false)
      .describe(
        "Answer a pod's search path in one go instead of up to five queries. Needs podRecords: verified, which takes memory for every pod.",
      ),
    ttl: seconds().default(30).describe("Seconds, for cluster names."),
    cache: seconds().default(30).describe("Seconds at most that an answer is cached; 0: no cache."),
    log: z.boolean().default(false).describe("Log every query."),
    extra: verbatim("lines of plugins").describe("Lines of plugins that are put into the server block `.` as they are."),
    blocks: verbatim("server blocks").describe("Server blocks that are put behind the others as they are."),
    replicas: z
      .union([z.number().int().min(1).max(100), z.literal("auto")], "is no number of pods: write a number, or auto.")
      .optional()
      .describe("Pods of CoreDNS. auto: one for every 16 nodes, and at least two. Default: as many as there are; kubeadm starts two."),
    spread: z
      .enum(["nodes", "zones"])
      .optional()
      .describe(
        "Over what the pods are spread, as far as possible: nodes, or zones (the nodes' label topology.kubernetes.io/zone). Default: as it is; kubeadm prefers different nodes.",
      ),
    disruptionBudget: z
      .boolean()
      .default(false)
      .describe(
        "A PodDisruptionBudget: draining nodes takes one pod of CoreDNS at a time. Not where another budget has these pods already.",
      ),
    trial: z
      .boolean()
      .default(true)
      .describe(
        "Try a changed Corefile in a pod of its own before it is applied, and ask CoreDNS once it is: what it answers before, it has to answer after, or the former Corefile comes back. Takes some seconds, and verify.image. false: only pods that don't get ready bring it back.",
      ),
    image: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Image of CoreDNS for NodeLocal DNSCache; the cluster's own stays. Default: what kubeadm installs with cluster.kubernetes.",
      ),
    overwrite: z
      .boolean()
      .default(false)
      .describe(
        "Replace a Corefile that was changed by hand in the cluster, instead of refusing. `plumbline adopt` takes such changes into the stack.",
      ),
    service: z
      .string()
      .regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "is no name of a Service: write lower-case letters, digits and -.")
      .default("kube-dns")
      .describe("The Service of kube-system in front of CoreDNS, as whoever set the cluster up named it. kubespray's is coredns."),
    serviceAddresses: z
      .array(address("10.96.0.10"))
      .max(2)
      .default([])
      .describe("Its addresses. Default: the tenth of each of cluster.serviceCIDRs, as kubeadm has it. kubespray's is the third."),
    nodeLocal: z.boolean().default(false).describe("NodeLocal DNSCache: a cache on every node, which pods ask first."),
    nodeLocalAddresses: z
      .array(address("169.254.20.10"))
      .max(2)
      .default([])
      .describe("Where it answers. Default: 169.254.20.10, or fd00:a9fe:140a::53 where the services' first family is IPv6."),
    kubelet: z
      .enum(["manage", "check"])
      .default("manage")
      .describe(
        "manage: a kubelet that gives pods another DNS server than the cluster's gets a drop-in and a restart, node by node. check: that is refused. Before Kubernetes 1.30 always check.",
      ),
    acknowledgeDomainChange: z
      .boolean()
      .default(false)
      .describe(
        "Let the kubelets of a running cluster get another cluster.domain. Pods that run have the old one: make them anew afterwards.",
      ),
  })
  .describe("The cluster's DNS (CoreDNS).");
