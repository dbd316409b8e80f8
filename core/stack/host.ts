import { z } from "zod";
import { linkSection } from "./hostLinks";
import { hostsSection, resolverSection } from "./hostNames";
import { address, cidr, destination, dnsLabel, linkName, port, ports } from "./values";

/** A number of a routing table that is free: 253 to 255 are the kernel's `default`, `main` and `local`. */
const table = (words = "255") =>
  z
    .number()
    .int()
    .min(1)
    .max(4294967295)
    .refine(
      (number) => number < 253 || number > 255,
      `is one of the kernel's own tables, 253 default, 254 main and 255 local: write ${words}.`,
    )
    .meta({ examples: [100] });

export const routeSection = z
  .strictObject({
    to: destination().describe("The destination: a range, or default (of the gateway's family)."),
    via: address("192.168.1.1").optional().describe("The gateway."),
    dev: linkName().optional().describe("The interface. Default: that through which the gateway is reached."),
    metric: z
      .number()
      .int()
      .min(1)
      .max(4294967295)
      .meta({ examples: [100] })
      .optional()
      .describe(
        "Of several routes to one destination the one with the lowest metric is taken. Default: Linux's, 0 for IPv4 and 1024 for IPv6.",
      ),
    table: table("another number, or leave it out for main").optional().describe("The routing table. Default: main."),
    source: address("192.168.1.20").optional().describe("The source address of the host's own packets."),
    onlink: z.boolean().optional().describe("Take the gateway to be on the interface, whatever addresses that has."),
    blackhole: z.boolean().optional().describe("Drop what goes there, instead of sending it on."),
  })
  .refine(({ via, dev, blackhole }) => via !== undefined || dev !== undefined || blackhole, {
    message: "is no route: write a gateway (via: 192.168.1.1), an interface (dev: eth1) or blackhole: true.",
  });

export const ruleSection = z
  .strictObject({
    priority: z
      .number()
      .int()
      .min(1)
      .max(32765)
      .meta({ examples: [1000] })
      .describe("Rules are asked from the lowest to the highest; the kernel's own are 0 (local), 32766 (main) and 32767 (default)."),
    from: cidr("10.1.0.0/24").optional().describe("Source addresses."),
    to: cidr("10.20.0.0/16").optional().describe("Destinations."),
    iif: linkName().optional().describe("The interface that a packet came in by; lo: the host's own packets."),
    fwmark: z
      .union(
        [
          z.number().int().min(0).max(4294967295),
          z
            .string()
            .regex(/^(0x[0-9a-f]{1,8}|\d{1,9})(\/0x[0-9a-f]{1,8})?$/i, "is no mark: write a number or, with a mask, for example 0x1/0xff."),
        ],
        "is no mark: write a number or, with a mask, for example 0x1/0xff.",
      )
      .transform(String)
      .optional()
      .describe("The packet's mark, with a mask if there is one."),
    table: z
      .union(
        [z.literal("main"), table("main for the usual one, or another number")],
        "is no routing table: write main, or a number such as 100.",
      )
      .describe("The table that routes these packets: a number, or main."),
  })
  .refine((rule) => ["from", "to", "iif", "fwmark"].some((key) => rule[key as keyof typeof rule] !== undefined), {
    message: "names no packets: write from, to, iif or fwmark; for all of them from: 0.0.0.0/0.",
  });

export const namespaceSection = z.strictObject({
  name: dnsLabel().meta({ examples: ["red"] }),
  routes: z
    .array(z.strictObject({ to: destination().describe("A range, or default."), via: address("10.1.0.1") }))
    .optional()
    .describe("Its routes."),
});

const out = () => linkName().optional().describe("Only what leaves by this interface.");

export const natSection = z.strictObject({
  masquerade: z
    .array(
      z.strictObject({
        from: cidr("10.1.0.0/24").describe("Source addresses."),
        out: out(),
        notTo: z.array(cidr("10.9.0.0/16")).optional().describe("Destinations that see the packets as they are, besides `from` itself."),
      }),
    )
    .optional()
    .describe("Hides addresses behind the host's own."),
  snat: z
    .array(
      z.strictObject({
        from: cidr("10.1.0.0/24").describe("Source addresses."),
        out: out(),
        to: address("192.168.1.20").describe("The address that they get."),
      }),
    )
    .optional()
    .describe("The same with a fixed address."),
  forwards: z
    .array(
      z.strictObject({
        port: ports().describe("The host's port, or a range of ports."),
        protocol: z.enum(["tcp", "udp"]).default("tcp"),
        to: address("10.1.0.2").describe("Where the packets go."),
        toPort: port(80).optional().describe("The port there. Default: the same."),
        from: z.array(cidr("10.9.0.0/16")).optional().describe("Who may use it. Default: everybody."),
      }),
    )
    .optional()
    .describe("Ports of the host that lead to another address."),
});

const notASysctlValue = "is no value of a kernel setting: write a number or a text, for example 1.";

/**
 * Network settings of the hosts themselves, below the cluster's. All optional: `nodes[].host` has the same keys and is laid over the section,
 * see `hostSettings`.
 */
export const hostSection = z
  .strictObject({
    sysctls: z
      .record(
        z.string(),
        z
          .union([z.number().int(), z.string().regex(/^[\x21-\x7e]+([ \t]+[\x21-\x7e]+)*$/, notASysctlValue)], notASysctlValue)
          .transform(String),
      )
      .meta({ examples: [{ "net.ipv4.conf.all.rp_filter": 2 }] })
      .optional()
      .describe("Kernel settings of the network, by their names as sysctl has them: net.ipv4.conf.all.rp_filter: 2."),
    routes: z.array(routeSection).optional().describe("Static routes and default gateways."),
    links: z.array(linkSection).optional().describe("Interfaces that Plumbline makes."),
    namespaces: z.array(namespaceSection).optional().describe("Network namespaces that Plumbline makes."),
    nat: natSection.optional().describe("Address translation, in Plumbline's own nftables table."),
    rules: z.array(ruleSection).optional().describe("Policy routing: which packets another table than main routes."),
    hosts: hostsSection.optional(),
    resolver: resolverSection.optional(),
  })
  .describe(
    "Network settings of the hosts themselves. nodes[].host has the same keys: lists are added, other values and the resolver replace.",
  );

export type HostSettings = z.output<typeof hostSection>;
export type StaticRoute = z.output<typeof routeSection>;
export type RoutingRule = z.output<typeof ruleSection>;
export type Namespace = z.output<typeof namespaceSection>;
