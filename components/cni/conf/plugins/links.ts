import { z } from "zod";
import { choice, file, flag, link, mac, mtu, text, unsigned } from "../fields";
import { common, ipam, kind } from "../kind";
import { ipMasqBackend } from "./bridge";

/*
 * The other plugins that make an interface on Linux (plugins/main of containernetworking/plugins v1.9.1).
 */

const master = () => link().describe("The host's interface that this one is made on. Default: the one with the default route.");
const linkInContainer = () => flag().optional().describe("The master is in the pod's namespace.");

/** A veth pair per pod and a route on the host. */
export const ptp = kind({
  type: "ptp",
  role: "interface",
  ipam: "required",
  capabilities: ["ips", "ipRanges"],
  schema: z.object({
    ...common,
    ipMasq: flag().optional().describe("Packets that leave the pods' network get the host's address."),
    ipMasqBackend: ipMasqBackend().optional(),
    mtu: mtu().optional(),
    ipam: ipam().optional(),
  }),
});

/** A VLAN interface of a host's interface, in the pod. */
export const vlan = kind({
  type: "vlan",
  role: "interface",
  ipam: "required",
  capabilities: ["ips", "ipRanges"],
  schema: z.object({
    ...common,
    master: link().optional().describe("The host's interface that carries the VLAN."),
    vlanId: z
      .number()
      .int()
      .refine((value) => value >= 0 && value <= 4094, { message: "is no VLAN ID.", params: { mend: "Write a number from 1 to 4094." } })
      .optional(),
    mtu: mtu().optional().describe("Bytes; at most the master's."),
    linkInContainer: linkInContainer(),
    ipam: ipam().optional(),
  }),
  rules(conf, say, { isWrong }) {
    if (!conf.master && !isWrong("master"))
      say("error", ["master"], "is missing.", 'Write the interface that carries the VLAN, for example "master": "eth0".');
    if (conf.vlanId === undefined && !isWrong("vlanId")) {
      say(
        "warning",
        ["vlanId"],
        "is missing, which means VLAN 0: packets without a VLAN of their own.",
        'Write for example "vlanId": 100.',
      );
    }
  },
});

/** An interface with a MAC address of its own beside a host's interface. */
export const macvlan = kind({
  type: "macvlan",
  role: "interface",
  ipam: "optional",
  capabilities: ["mac", "ips", "ipRanges"],
  schema: z.object({
    ...common,
    master: master().optional(),
    mode: choice(["bridge", "private", "vepa", "passthru", ""]).optional().describe("Default: bridge."),
    mtu: mtu().optional().describe("Bytes; at most the master's."),
    mac: mac().optional(),
    linkInContainer: linkInContainer(),
    bcqueuelen: unsigned().optional().describe("Length of the queue for broadcasts. Default: the kernel's."),
    ipam: ipam().optional(),
  }),
});

/** An interface that shares the MAC address of a host's interface. */
export const ipvlan = kind({
  type: "ipvlan",
  role: "interface",
  ipam: "optional",
  capabilities: ["ips", "ipRanges"],
  schema: z.object({
    ...common,
    master: master().optional(),
    mode: choice(["l2", "l3", "l3s", ""]).optional().describe("Default: l2."),
    mtu: mtu().optional(),
    linkInContainer: linkInContainer(),
    ipam: ipam().optional(),
  }),
  rules(conf, say) {
    if (conf.mode === "l3" || conf.mode === "l3s") {
      const gateways = routesOf(conf.ipam?.routes).some((route) => route.gw);
      if (gateways) {
        say(
          "warning",
          ["ipam", "routes"],
          `has a gateway, but in mode ${conf.mode} the interface has no ARP to find one with.`,
          "Leave gw out of the routes.",
        );
      }
    }
  },
});

const routesOf = (routes: unknown): { gw?: unknown }[] =>
  Array.isArray(routes) ? routes.filter((route): route is { gw?: unknown } => typeof route === "object" && route !== null) : [];

/** A network card of the host's, moved into the pod. */
export const hostDevice = kind({
  type: "host-device",
  role: "interface",
  ipam: "optional",
  capabilities: ["deviceID", "ips", "ipRanges"],
  schema: z.object({
    ...common,
    device: link().optional().describe("Its name, for example eth1."),
    hwaddr: mac().optional().describe("Or its MAC address."),
    kernelpath: file("/sys/devices/pci0000:00/0000:00:1f.6").optional().describe("Or its path in /sys."),
    pciBusID: text().optional().describe("Or its PCI address, for example 0000:00:1f.6."),
    DPDKMode: flag().optional(),
    ipam: ipam().optional(),
  }),
  rules(conf, say, { isWrong }) {
    const names = ["device", "hwaddr", "kernelpath", "pciBusID"] as const;
    if (!conf.capabilities?.deviceID && !names.some((name) => conf[name] || isWrong(name))) {
      say("error", [], "names no device.", 'Write for example "device": "eth1"; or hwaddr, kernelpath or pciBusID.');
    }
  },
});

/** An interface that leads nowhere. */
export const dummy = kind({
  type: "dummy",
  role: "interface",
  ipam: "required",
  capabilities: ["ips", "ipRanges"],
  schema: z.object({ ...common, ipam: ipam().optional() }),
});

/** A TAP device, for virtual machines in pods. */
export const tap = kind({
  type: "tap",
  role: "interface",
  ipam: "optional",
  capabilities: ["mac", "ips", "ipRanges"],
  schema: z.object({
    ...common,
    multiQueue: flag().optional(),
    mtu: mtu().optional(),
    mac: mac().optional(),
    owner: unsigned().optional().describe("User ID that may open the device."),
    group: unsigned().optional().describe("Group ID that may open the device."),
    selinuxContext: text().optional(),
    bridge: link().optional().describe("Bridge in the pod that the device becomes a port of."),
    ipam: ipam().optional(),
  }),
});

/** Sets the pod's `lo` up. Container runtimes do that by themselves. */
export const loopback = kind({
  type: "loopback",
  role: "interface",
  ipam: "ignored",
  schema: z.object({ ...common, ipam: ipam().optional() }),
});
