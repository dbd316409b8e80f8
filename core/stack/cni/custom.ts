import { z } from "zod";
import { absolutePath, cidr, comment, ports } from "../values";

/** A file of the user's, by its path from the folder of the stack file. Its text is read where the stack is (core/stack/texts.ts). */
const textFile = () =>
  z.strictObject({
    file: z
      .string()
      .min(1)
      .meta({ examples: ["pods.conflist"] }),
    text: z.string().optional().describe("What the file holds. Default: it is read."),
  });
const pluginName = () => z.string().regex(/^[\w.+-]+$/, "is no name of a plugin: write the name of its program, for example kube-router.");
const overhead = () => z.number().int().min(0).max(1000).default(0);

export const customSection = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, "is no short name: write lower-case letters, digits and '-', for example kube-router.")
      .default("custom")
      .describe("The network's name, for messages and comments of the firewall."),
    conflist: z
      .union([z.string().min(1), textFile(), z.looseObject({ plugins: z.unknown() })])
      .optional()
      .describe(
        `The CNI configuration: its JSON as a text or a mapping, or {file: PATH}. \${POD_CIDR}, \${POD_CIDR_IPV4}, \${POD_CIDR_IPV6}, \${NODE_IP}, \${NODE_NAME} and \${MTU} are filled in for each node. Left out: the network's own pods write it.`,
      ),
    confFile: z
      .string()
      .regex(
        /^[\w@+-][\w.@+-]*\.(conflist|conf|json)$/,
        "is no name that runtimes read: write one that ends in .conflist, for example 10-kuberouter.conflist.",
      )
      .optional()
      .describe("The configuration's name in confDir, whoever writes it. Default: 10-plumbline.conflist; required without conflist."),
    installs: z
      .array(pluginName().meta({ examples: ["antrea"] }))
      .default([])
      .describe("CNI plugins that the network's own pods put on the hosts. All others of conflist have to be there before."),
    flows: z
      .array(
        z
          .strictObject({
            from: z.string().min(1).default("nodes").describe("any, nodes, control-plane, workers, pods, the name of a node, or a CIDR."),
            to: z.string().min(1).default("nodes").describe("nodes, control-plane, workers, pods, or the name of a node."),
            tcp: z.array(ports()).default([]),
            udp: z.array(ports()).default([]),
            protocols: z
              .array(z.enum(["ipip", "gre", "icmp", "sctp", "any"]))
              .default([])
              .describe("Protocols without ports, or with all of them."),
            why: comment().describe("The reason; it becomes the rule's comment."),
          })
          .refine((flow) => flow.tcp.length + flow.udp.length + flow.protocols.length > 0, {
            message: "opens nothing: give ports under tcp or udp, or protocols, for example udp: [6081].",
          }),
      )
      .default([])
      .describe("What the network needs beside pods reaching pods, and nodes reaching pods, which is always open."),
    layers: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .meta({ examples: ["Geneve"] }),
          ipv4: overhead().describe("Bytes of every packet when nodes talk over IPv4."),
          ipv6: overhead().describe("The same over IPv6."),
        }),
      )
      .default([])
      .describe("What tunnels take of a packet."),
    ranges: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .meta({ examples: ["join network"] }),
          cidr: cidr("100.64.0.0/16"),
        }),
      )
      .default([])
      .describe("Addresses that the network uses for itself. Nothing else of the plan may have them."),
    nodeRanges: z
      .boolean()
      .default(true)
      .describe("Pods have addresses of their node's range. false: of cluster.podCIDRs, as the network gives them out."),
    routes: z.boolean().default(false).describe("Every host gets a route to each peer's pod range, as with bridge."),
    masquerade: z
      .enum(["outside", "outside-and-nodes", "none"])
      .default("outside")
      .describe(
        "Where pods' packets have their node's address: outside of the cluster; there and at other nodes (the LAN doesn't carry pod addresses); none: the network sees to it, or routers know pods.",
      ),
    kernel: z
      .string()
      .regex(/^\d+\.\d+$/, "is no version of Linux: write for example 5.6, as a text.")
      .meta({ examples: ["5.6"] })
      .optional()
      .describe("The least version of Linux."),
    modules: z
      .array(z.string().regex(/^[\w-]+$/, "is no name of a kernel module: write for example openvswitch."))
      .default([])
      .describe("Kernel modules that have to be there."),
    files: z
      .array(
        z.strictObject({
          path: absolutePath().meta({ examples: ["/etc/kube-router/peers.conf"] }),
          mode: z
            .string()
            .regex(/^0[0-7]{3}$/, 'is no mode of a file: write for example "0644".')
            .default("0644"),
          content: z
            .union([z.string(), textFile()], "is no content of a file: write a text, or {file: PATH}.")
            .describe("A text, or {file: PATH}; filled in like conflist."),
        }),
      )
      .default([])
      .describe("Files on every host."),
    manifests: z
      .array(
        z.union([
          z.looseObject({ apiVersion: z.string().min(1), kind: z.string().min(1), metadata: z.looseObject({ name: z.string().min(1) }) }),
          textFile(),
        ]),
      )
      .default([])
      .describe(
        "The network's objects, in the order in which they are applied: {file: PATH} for YAML of any number of objects, or an object.",
      ),
  })
  .prefault({});
