import { z } from "zod";
import { choice, flag, link, mtu } from "../fields";
import { common, ipam, kind } from "../kind";

/** How outgoing packets are masqueraded. v1.9.1 takes iptables where it is there, else nftables. */
export const ipMasqBackend = () => choice(["iptables", "nftables"]);

const vlanId = () =>
  z
    .number()
    .int()
    .refine((value) => value >= 1 && value <= 4094, {
      message: "is no VLAN ID.",
      params: { mend: "Write a number from 1 to 4094." },
    });

/** Pods on a Linux bridge of the host's, by a veth pair each (plugins/main/bridge of containernetworking/plugins v1.9.1). */
export const bridge = kind({
  type: "bridge",
  role: "interface",
  ipam: "optional",
  capabilities: ["mac", "ips", "ipRanges"],
  schema: z.object({
    ...common,
    bridge: link()
      .refine((name) => name !== "", { message: "is no name for a bridge.", params: { mend: "Leave bridge out for cni0." } })
      .optional()
      .describe("Name of the bridge; made if it isn't there. Default: cni0."),
    isGateway: flag().optional().describe("The bridge gets the gateway's address."),
    isDefaultGateway: flag().optional().describe("The same, and pods get a default route to it."),
    forceAddress: flag().optional().describe("An address that the bridge has already is replaced."),
    ipMasq: flag().optional().describe("Packets that leave the pods' network get the host's address."),
    ipMasqBackend: ipMasqBackend().optional(),
    mtu: mtu().optional().describe("Bytes; 0 or none: the kernel's."),
    hairpinMode: flag().optional().describe("A pod reaches itself through a service of its own."),
    promiscMode: flag().optional().describe("The bridge takes every packet. Not together with hairpinMode."),
    vlan: z
      .number()
      .int()
      .refine((value) => value >= 0 && value <= 4094, {
        message: "is no VLAN ID.",
        params: { mend: "Write a number from 1 to 4094; or leave vlan out." },
      })
      .optional()
      .describe("VLAN that the pods' ports are in."),
    vlanTrunk: z
      .array(z.object({ id: vlanId().optional(), minID: vlanId().optional(), maxID: vlanId().optional() }))
      .optional()
      .describe("VLANs that the pods see tagged: an id, or a range of them."),
    preserveDefaultVlan: flag().optional().describe("The port stays in the default VLAN of the bridge too."),
    macspoofchk: flag().optional().describe("Packets with another source MAC address are dropped; by nft."),
    enabledad: flag().optional().describe("IPv6 duplicate address detection."),
    disableContainerInterface: flag().optional().describe("The pod's end stays down. Not together with ipam."),
    portIsolation: flag().optional().describe("Pods don't reach each other over the bridge."),
    ipam: ipam().optional(),
  }),
  rules(conf, say) {
    if (conf.hairpinMode && conf.promiscMode) {
      say(
        "error",
        ["promiscMode"],
        "and hairpinMode exclude each other: the plugin refuses both.",
        "Leave promiscMode out; hairpinMode is what services need.",
      );
    }
    if (conf.disableContainerInterface && conf.ipam?.type) {
      say(
        "error",
        ["disableContainerInterface"],
        "leaves the pod's interface down, so the plugin refuses ipam beside it.",
        "Leave out disableContainerInterface or ipam.",
      );
    }
    if (conf.ipMasq && !conf.isGateway && !conf.isDefaultGateway && conf.ipam?.type) {
      say(
        "warning",
        ["ipMasq"],
        "masquerades what is routed by this host, but the bridge is no gateway of the pods.",
        'Write "isGateway": true.',
      );
    }
    if (conf.ipMasqBackend && !conf.ipMasq) {
      say("warning", ["ipMasqBackend"], "has no effect without ipMasq.", 'Write "ipMasq": true, or leave ipMasqBackend out.');
    }
    conf.vlanTrunk?.forEach((trunk, index) => {
      if (!trunk) return;
      const { minID, maxID } = trunk;
      const path = ["vlanTrunk", index];
      if ((minID === undefined) !== (maxID === undefined)) {
        say("error", path, `has ${minID === undefined ? "maxID" : "minID"} alone.`, "Write minID and maxID, or one VLAN as id.");
      } else if (minID !== undefined && maxID !== undefined && maxID < minID) {
        say("error", path, `begins at ${minID} and ends at ${maxID}.`, "Write the smaller number as minID.");
      }
    });
  },
});
