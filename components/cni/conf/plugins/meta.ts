import { z } from "zod";
import { choice, flag, mac, mtu, text, texts, unsigned } from "../fields";
import { common, kind, type Loose } from "../kind";
import type { Say } from "../say";

/*
 * The plugins that work on what an earlier one made (plugins/meta of containernetworking/plugins v1.9.1): none of them can be the first of a chain.
 */

/** HostPorts. */
export const portmap = kind({
  type: "portmap",
  role: "meta",
  capabilities: ["portMappings"],
  needs: ["portMappings"],
  schema: z.object({
    ...common,
    backend: choice(["iptables", "nftables"]).optional().describe("Default: iptables, or nftables where that is all there is."),
    snat: flag().optional().describe("Pods reach their own hostPorts. Default: true."),
    masqAll: flag().optional().describe("Every packet to a hostPort gets the host's address as its source."),
    markMasqBit: z
      .number()
      .int()
      .optional()
      .describe("Bit of the packet mark that asks for masquerading, 0 to 31. Default: 13; Kubernetes uses 14."),
    externalSetMarkChain: text()
      .optional()
      .describe("iptables: a chain of somebody else's that sets the mark, for example KUBE-MARK-MASQ."),
    conditionsV4: texts().optional().describe("Words of an iptables or nftables rule that packets have to match."),
    conditionsV6: texts().optional(),
  }),
  rules(conf, say) {
    const { markMasqBit, externalSetMarkChain } = conf;
    if (markMasqBit !== undefined && externalSetMarkChain !== undefined) {
      say("error", ["externalSetMarkChain"], "and markMasqBit exclude each other: the plugin refuses both.", "Leave one of them out.");
    }
    if (markMasqBit !== undefined && (markMasqBit < 0 || markMasqBit > 31)) {
      say("error", ["markMasqBit"], `found ${markMasqBit}, and a packet mark has 32 bits.`, "Write a bit from 0 to 31; 13 is the default.");
    }
    const backend = conf.backend ?? "iptables";
    const wrong = (key: string, found: string) =>
      say("error", [key], `is for ${found}, and the backend is ${backend}.`, `Write "backend": "${found}", or leave ${key} out.`);
    if (externalSetMarkChain !== undefined && backend === "nftables") wrong("externalSetMarkChain", "iptables");
    for (const key of ["conditionsV4", "conditionsV6"] as const) {
      const first = conf[key]?.[0];
      const found = first ? (/^[-!]/.test(first) ? "iptables" : "nftables") : backend;
      // Without a backend the plugin takes nftables where there are no iptables.
      if (found !== backend && (conf.backend || found === "nftables")) wrong(key, found);
      if (conf[key]?.some((word) => word && /^-\S+ /.test(word))) {
        say(
          "error",
          [key],
          "has several words of a rule in one text: iptables gets them as one word and refuses the rule.",
          'Write each word as a text of its own, for example ["-d", "10.0.0.0/8"].',
        );
      }
    }
  },
});

const bits = () => z.number().int().min(0);

/** A limit on what a pod receives and sends. */
export const bandwidth = kind({
  type: "bandwidth",
  role: "meta",
  since: "0.3.0",
  capabilities: ["bandwidth"],
  schema: z.object({
    ...common,
    ingressRate: bits().optional().describe("Bits per second to the pod."),
    ingressBurst: bits().optional().describe("Bits that may come at once."),
    egressRate: bits().optional().describe("Bits per second from the pod."),
    egressBurst: bits().optional().describe("Bits that may go at once."),
  }),
  rules(conf, say, { isWrong }) {
    for (const way of ["ingress", "egress"] as const) {
      if (!isWrong(`${way}Rate`) && !isWrong(`${way}Burst`)) rateAndBurst(way, conf, say);
    }
    const limits = ["ingressRate", "ingressBurst", "egressRate", "egressBurst"] as const;
    if (!limits.some((key) => conf[key] || isWrong(key)) && !isWrong("capabilities") && !conf.capabilities?.bandwidth) {
      say(
        "warning",
        [],
        "limits nothing: it has no rates, and pods' annotations don't reach it.",
        'Write "capabilities": {"bandwidth": true}.',
      );
    }
  },
});

/** The plugin's limit: 4 GiB. */
const mostBurst = (2 ** 32 - 1) * 8;

function rateAndBurst(way: "ingress" | "egress", conf: Loose<z.output<typeof bandwidth.schema>>, say: Say): void {
  const [rateKey, burstKey] = [`${way}Rate`, `${way}Burst`] as const;
  const rate = conf[rateKey] ?? 0;
  const burst = conf[burstKey] ?? 0;
  if (rate > 0 && burst === 0)
    say("error", [rateKey], `needs ${burstKey} beside it: the plugin refuses one alone.`, `Write for example "${burstKey}": ${rate}.`);
  if (burst > 0 && rate === 0)
    say("error", [burstKey], `needs ${rateKey} beside it: the plugin refuses one alone.`, `Write for example "${rateKey}": ${burst}.`);
  if (burst >= mostBurst)
    say("error", [burstKey], `found ${burst} bits; the plugin takes less than 4 GiB.`, `Write less than ${mostBurst}.`);
  if (rate > 0 && rate < 8)
    say(
      "error",
      [rateKey],
      `found ${rate} bits per second, which is less than a byte.`,
      "Write bits per second, for example 10000000 for 10 Mbit/s.",
    );
}

/** Settings of the pod's interface. */
export const tuning = kind({
  type: "tuning",
  role: "meta",
  capabilities: ["mac"],
  schema: z.object({
    ...common,
    dataDir: text().optional().describe("Where the former settings are kept. Default: /run/cni/tuning."),
    sysctl: z.record(z.string(), text()).optional().describe("Settings below net. of the pod, as texts; IFNAME stands for the interface."),
    mac: mac().optional(),
    promisc: flag().optional(),
    mtu: mtu().optional(),
    txQLen: z.number().int().min(0).optional().describe("Length of the transmit queue, in packets."),
    allmulti: flag().optional(),
  }),
  rules(conf, say) {
    for (const [key, value] of Object.entries(conf.sysctl ?? {})) {
      if (value === undefined) continue;
      const file = key.replaceAll(".", "/").replace(/^\/+/, "");
      if (!/^net\/./.test(file) || file.split("/").includes("")) {
        say(
          "error",
          ["sysctl", key],
          "is no setting of a network namespace: the plugin refuses what isn't below net.",
          "Write for example net.core.somaxconn; other settings belong into the pod's securityContext.",
        );
      }
    }
  },
});

/** Lets the pods' packets through the host's firewall. */
export const firewall = kind({
  type: "firewall",
  role: "meta",
  since: "0.4.0",
  schema: z.object({
    ...common,
    backend: text().optional().describe("iptables or firewalld. Default: firewalld where it runs."),
    iptablesAdminChainName: text().optional().describe("Chain for rules of the administrator's. Default: CNI-ADMIN."),
    firewalldZone: text().optional().describe("Default: trusted."),
    ingressPolicy: choice(["open", "same-bridge", "isolated", ""]).optional().describe("Who reaches the pods. Default: open."),
  }),
  rules(conf, say) {
    const { backend } = conf;
    if (backend && backend !== "iptables" && backend !== "firewalld") {
      say(
        "warning",
        ["backend"],
        `found ${JSON.stringify(backend)}, which the plugin doesn't know and takes for no backend at all.`,
        'Write "iptables" or "firewalld".',
      );
    }
    if (conf.firewalldZone && backend === "iptables") {
      say("warning", ["firewalldZone"], "has no effect with the iptables backend.", "Leave it out.");
    }
    const chain = conf.iptablesAdminChainName ?? "";
    if (chain.length > 28 || /\s/.test(chain)) {
      say(
        "error",
        ["iptablesAdminChainName"],
        "is no name that iptables takes for a chain.",
        "Write at most 28 characters without spaces.",
      );
    }
  },
});

/** Source based routing: a pod with several interfaces answers on the one that it was asked on. */
export const sbr = kind({
  type: "sbr",
  role: "meta",
  schema: z.object({
    ...common,
    table: z.number().int().min(0).optional().describe("Routing table to use. Default: the first free one from 100."),
  }),
});

/** Puts the pod's interface into a VRF. */
export const vrf = kind({
  type: "vrf",
  role: "meta",
  since: "0.3.1",
  schema: z.object({
    ...common,
    vrfname: text().optional().describe("Name of the VRF in the pod; made if it isn't there."),
    table: unsigned().optional().describe("Its routing table. Default: a free one."),
  }),
  rules(conf, say, { isWrong }) {
    if (isWrong("vrfname")) return;
    if (!conf.vrfname) say("error", ["vrfname"], "is missing.", 'Write for example "vrfname": "blue".');
    else if (conf.vrfname.length > 15 || /[/:\s]/.test(conf.vrfname)) {
      say("error", ["vrfname"], "is no name for an interface.", "Write at most 15 characters, without spaces, slashes and colons.");
    }
  },
});
