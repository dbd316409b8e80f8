import { z } from "zod";
import { hostSection } from "./host";
import { address, cidr, dnsLabel, dnsName, port, secret } from "./values";

export const roles = ["control-plane", "etcd", "worker"] as const;
export type Role = (typeof roles)[number];

const hostKey = () =>
  z
    .string()
    .regex(
      /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( .*)?$/,
      "is no SSH host key: write one line of `ssh-keyscan` without the host, for example ssh-ed25519 AAAA….",
    )
    .meta({ examples: ["ssh-ed25519 AAAA…"] });

export const nodeSection = z.strictObject({
  name: dnsName()
    .describe("The name of the Node object.")
    .meta({ examples: ["w1"] }),
  roles: z.array(z.enum(roles)).min(1).default(["worker"]).describe("What runs on it."),
  address: z
    .union([address().transform((one) => [one]), z.array(address()).min(1).max(2)])
    .describe("The node's address on the cluster's LAN (its InternalIP); a list of two for dual stack."),
  podCIDRs: z
    .array(cidr("10.244.1.0/24"))
    .max(2)
    .default([])
    .describe(
      "Pins the node's pod ranges. Default: computed from the node's address; `plumbline adopt` writes what a running cluster has.",
    ),
  podPool: dnsLabel()
    .meta({ examples: ["edge"] })
    .optional()
    .describe("The pool of cluster.podPools that the node's pod ranges are computed from. Default: cluster.podCIDRs."),
  podMaskSizes: z
    .array(
      z
        .number()
        .int()
        .min(8)
        .max(126)
        .meta({ examples: [23] }),
    )
    .max(2)
    .default([])
    .describe("Prefix length of this node's pod ranges, in the order of podCIDRs. Default: that of the cluster or the pool."),
  maxPods: z.number().int().min(1).optional().describe("This node's kubelet's maxPods. Default: cluster.maxPods."),
  ssh: z
    .strictObject({
      host: z
        .string()
        .min(1)
        .meta({ examples: ["203.0.113.10"] })
        .optional()
        .describe("Where SSH answers, when not at the node's address."),
      port: port().optional().describe("Default: ssh.port."),
      user: z
        .string()
        .min(1)
        .meta({ examples: ["ops"] })
        .optional()
        .describe("Default: ssh.user."),
      hostKey: hostKey().optional().describe("The host's public key. Default: looked up in ssh.knownHosts."),
    })
    .default({}),
  host: hostSection.default({}).describe("This node's own, laid over the section host: lists are added, other values replace."),
});

export const nodesSection = z.array(nodeSection).min(1).describe("The cluster's hosts.");

export const sshSection = z
  .strictObject({
    user: z
      .string()
      .min(1)
      .meta({ examples: ["ops"] })
      .default("root")
      .describe("Login user. Any other than root needs passwordless sudo."),
    port: port(22).default(22),
    knownHosts: z
      .string()
      .min(1)
      .default("~/.ssh/known_hosts")
      .describe("Path to an OpenSSH known_hosts file, relative to the stack file."),
    privateKeyFile: z
      .string()
      .min(1)
      .meta({ examples: ["~/.ssh/id_ed25519"] })
      .optional()
      .describe("Path to the private key, relative to the stack file."),
    privateKey: secret("ssh.privateKey").optional().describe("The private key's text as a Pulumi secret, instead of `privateKeyFile`."),
    agent: z.boolean().default(false).describe("Use the SSH agent at SSH_AUTH_SOCK."),
    bastion: z
      .strictObject({
        host: z
          .string()
          .min(1)
          .meta({ examples: ["203.0.113.10"] }),
        port: port(22).default(22),
        user: z
          .string()
          .min(1)
          .meta({ examples: ["ops"] })
          .optional()
          .describe("Default: ssh.user."),
        hostKey: hostKey().optional().describe("Default: looked up in ssh.knownHosts."),
      })
      .optional()
      .describe("A jump host that every connection goes through."),
  })
  .describe("How to reach the hosts.");
