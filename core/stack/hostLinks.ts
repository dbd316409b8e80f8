import { z } from "zod";
import { address, dnsLabel, interfaceAddress, linkName, port } from "./values";

/** Up to three kinds of address lists use it. */
const addresses = () => z.array(interfaceAddress()).optional().describe("Addresses with the prefix length of their network: 10.1.0.1/24.");

/** Tunnels of Open vSwitch's own, with its names for them. */
export const ovsTunnels = { "ovs-vxlan": "vxlan", "ovs-geneve": "geneve", "ovs-gre": "gre" } as const;
export const ovsTunnelTypes = ["ovs-vxlan", "ovs-geneve", "ovs-gre"] as const satisfies readonly (keyof typeof ovsTunnels)[];
const linuxTypes = ["bridge", "veth", "vlan", "vxlan", "macvlan", "dummy"] as const;
const ovsTypes = ["ovs-bridge", "ovs-internal", ...ovsTunnelTypes] as const;
const linkTypes = [...linuxTypes, ...ovsTypes] as const;

export type LinkType = (typeof linkTypes)[number];
/** `a veth`, `an ovs-bridge` */
export const withArticle = (type: LinkType) => `${isOvs(type) ? "an" : "a"} ${type}`;
/** What Linux makes itself. */
export type LinuxLinkType = (typeof linuxTypes)[number];
export const isOvsTunnel = (type: LinkType): type is keyof typeof ovsTunnels => type in ovsTunnels;
/** Whether Open vSwitch makes it. */
export const isOvs = (type: LinkType): type is (typeof ovsTypes)[number] => type.startsWith("ovs-");
/** Keys that a type of link can't do without. */
const needs: readonly (readonly ["peer" | "parent" | "id" | "remote", readonly LinkType[]])[] = [
  ["peer", ["veth"]],
  ["parent", ["vlan", "macvlan"]],
  ["id", ["vlan", "vxlan"]],
  ["remote", ovsTunnelTypes],
];

const vlan = () =>
  z
    .number()
    .int()
    .min(1)
    .max(4094)
    .meta({ examples: [10] });

/** A name, or a name with its VLANs. */
const bridgePort = () =>
  z
    .union(
      [
        linkName(),
        z.strictObject({
          name: linkName(),
          tag: vlan().optional().describe("ovs-bridge: an access port of this VLAN; its frames are untagged on the port."),
          trunks: z
            .array(vlan())
            .min(1)
            .optional()
            .describe("ovs-bridge: the VLANs that the port carries, tagged. Without tag and trunks it carries all."),
        }),
      ],
      "is no port: write an interface's name, or {name: eth1, tag: 10}.",
    )
    .transform((port): BridgePort => (typeof port === "string" ? { name: port } : port));

/** An interface that is a port of a bridge, with the VLANs that an Open vSwitch port has. */
export interface BridgePort {
  readonly name: string;
  readonly tag?: number | undefined;
  readonly trunks?: readonly number[] | undefined;
}

export const linkSection = z
  .strictObject({
    name: linkName(),
    type: z
      .enum(linkTypes)
      .describe(
        "bridge: a switch in the host. veth: a cable with two ends. vlan: one VLAN of an interface. vxlan: a tunnel. macvlan: a second card on an interface. dummy: an interface that leads nowhere. ovs-bridge: a switch of Open vSwitch's. ovs-internal: the host's own interface on one. ovs-vxlan, ovs-geneve, ovs-gre: a tunnel that is a port of one.",
      ),
    addresses: addresses(),
    mtu: z
      .number()
      .int()
      .min(68)
      .max(65535)
      .meta({ examples: [1500] })
      .optional()
      .describe("Bytes of a packet. Default: Linux's, for vxlan computed from cluster.mtu."),
    ports: z.array(bridgePort()).optional().describe("bridge, ovs-bridge: the interfaces that it joins."),
    datapath: z
      .enum(["system", "netdev"])
      .optional()
      .describe("ovs-bridge: who forwards. system: the kernel's module openvswitch. netdev: the program ovs-vswitchd. Default: system."),
    peer: z
      .strictObject({
        name: linkName(),
        namespace: dnsLabel()
          .optional()
          .describe("The network namespace that this end is in, one of host.namespaces. Default: the host's."),
        addresses: addresses(),
      })
      .optional()
      .describe("veth: the other end."),
    parent: linkName().optional().describe("vlan, macvlan: the interface that it is on. vxlan: the one that packets leave by."),
    id: z
      .number()
      .int()
      .min(1)
      .max(16777215)
      .meta({ examples: [100] })
      .optional()
      .describe("vlan: its number, 1 to 4094. vxlan and Open vSwitch's tunnels: the number of the virtual network, 1 to 16777215."),
    local: address("192.168.1.20").optional().describe("Tunnels: the own end."),
    remote: address("192.168.1.30").optional().describe("Tunnels: the other end."),
    port: port(4789).optional().describe("vxlan, ovs-vxlan, ovs-geneve: UDP port. Default: 4789, for ovs-geneve 6081."),
    mode: z.enum(["bridge", "private", "vepa", "passthru"]).optional().describe("macvlan: default bridge."),
  })
  .superRefine((link, context) => {
    for (const [key, types] of needs)
      if (types.includes(link.type) && link[key] === undefined)
        context.addIssue({ code: "custom", path: [key], message: `${withArticle(link.type)} can't do without it: write ${key}.` });
  });

export type HostLink = z.output<typeof linkSection>;
