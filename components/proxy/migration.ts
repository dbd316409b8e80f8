import type { Context } from "../../core/plan";

export type ProxyMode = Context["stack"]["proxy"]["mode"];

/** One thing that services do otherwise in the new mode, on this cluster. */
export interface ModeDifference {
  /** What it is about: "NodePort addresses", "open connections". */
  readonly topic: string;
  readonly before: string;
  readonly after: string;
  /** What to do about it; absent where nothing has to be done. */
  readonly action?: string;
}

export interface ModeChange {
  /** none: the same mode. rolling: node by node, and open connections go on. disruptive: connections through services break on each node in turn. */
  readonly kind: "none" | "rolling" | "disruptive";
  readonly differences: readonly ModeDifference[];
}

interface Change {
  readonly from: ProxyMode;
  readonly to: ProxyMode;
  readonly context: Context;
}

type Rule = (change: Change) => ModeDifference | undefined;

/**
 * What a change of kube-proxy's mode means for a cluster. Pure.
 * @param context the stack that is to be: its settings are those after the change.
 */
export function proxyModeChange(from: ProxyMode, to: ProxyMode, context: Context): ModeChange {
  if (from === to) return { kind: "none", differences: [] };
  const change = { from, to, context };
  return {
    // Translations by iptables and nftables are in the kernel's connection tracking and outlive the rules; those of IPVS go with its tables.
    kind: from === "ipvs" || from === "none" || to === "none" ? "disruptive" : "rolling",
    differences: rules.flatMap((rule) => rule(change) ?? []),
  };
}

const usesIptables = (mode: ProxyMode) => mode === "iptables" || mode === "ipvs";

/** Source: platformApplyDefaults in cmd/kube-proxy/app/server_linux.go: only nftables takes primary where nothing is written. */
const nodePortAddresses: Rule = ({ from, to, context: { stack } }) => {
  if (stack.proxy.nodePortAddresses.length > 0 || (from !== "nftables" && to !== "nftables") || from === "none" || to === "none")
    return undefined;
  const everywhere = "NodePorts, and health check NodePorts, answer on every address of a node";
  const primary = "NodePorts, and health check NodePorts, answer on a node's primary addresses only";
  return to === "nftables"
    ? {
        topic: "NodePort addresses",
        before: everywhere,
        after: primary,
        action: 'To keep it as it was, write proxy.nodePortAddresses: [0.0.0.0/0, "::/0"].',
      }
    : {
        topic: "NodePort addresses",
        before: primary,
        after: everywhere,
        action: "To keep it as it was, write proxy.nodePortAddresses: [primary].",
      };
};

/** Source: docs of KubeProxyIPTablesConfiguration.localhostNodePorts. IPv4 only. */
const localhost: Rule = ({ from, to, context: { stack } }) => {
  const { iptables = {}, nodePortAddresses: addresses } = stack.proxy;
  const answers = (mode: ProxyMode) => mode === "iptables";
  if (answers(from) === answers(to) || to === "none" || from === "none") return undefined;
  const isOff =
    iptables.localhostNodePorts === false || (addresses.length > 0 && !addresses.some((text) => /^(127\.|0\.0\.0\.0\/0)/.test(text)));
  if (isOff || !stack.cluster.podCIDRs.some(({ family }) => family === 4)) return undefined;
  const [yes, no] = ["NodePorts answer on 127.0.0.1 of a node", "NodePorts don't answer on 127.0.0.1 of a node"];
  return answers(from)
    ? {
        topic: "NodePorts on localhost",
        before: yes,
        after: no,
        action: "Have programs of the node use the node's address, or the service's.",
      }
    : {
        topic: "NodePorts on localhost",
        before: no,
        after: yes,
        action: "If nobody asks for that, write proxy.iptables.localhostNodePorts: false.",
      };
};

/** Source: kubernetes.io, "Virtual IPs and Service Proxies", on migrating from iptables to nftables mode. */
const hostFirewall: Rule = ({ from, to, context: { stack } }) => {
  if (from !== "iptables" || to !== "nftables") return undefined;
  return {
    topic: "the hosts' firewalls",
    before: "kube-proxy adds rules of its own that let NodePorts in",
    after: "a firewall of the host has to let NodePorts in",
    ...(stack.firewall.mode === "off"
      ? { action: `Let ${stack.proxy.nodePorts.from}-${stack.proxy.nodePorts.to} in, where the hosts have a firewall.` }
      : {}),
  };
};

/** IPVS needs every service address on an interface of the node, kube-ipvs0. */
const localAddresses: Rule = ({ from, to }) => {
  if ((from === "ipvs") === (to === "ipvs")) return undefined;
  const local =
    "every service address is an address of every node: it answers ping, and programs of the node that listen everywhere answer on it too";
  const translated = "service addresses exist in rules only: they don't answer ping, and only their ports do anything";
  return from === "ipvs"
    ? { topic: "service addresses", before: local, after: translated }
    : { topic: "service addresses", before: translated, after: local, action: "Bind programs of the nodes to their own addresses." };
};

const arp: Rule = ({ from, to, context: { stack } }) => {
  if ((from === "ipvs") === (to === "ipvs")) return undefined;
  if (from === "ipvs")
    return {
      topic: "ARP",
      before: "load balancers on the LAN need strictARP",
      after: "strictARP isn't needed; the sysctls that it set stay until a reboot",
    };
  if (stack.proxy.ipvs.strictARP) return undefined;
  const action = "With MetalLB or kube-vip on the LAN, write proxy.ipvs.strictARP: true.";
  return {
    topic: "ARP",
    before: "nodes answer for their own addresses only",
    after: "nodes answer for the addresses of load balancers too",
    action,
  };
};

const balancing: Rule = ({ from, to, context: { stack } }) => {
  if ((from === "ipvs") === (to === "ipvs") || from === "none" || to === "none") return undefined;
  const random = "a backend is chosen at random";
  const scheduled =
    from === "ipvs" ? "a backend is chosen by IPVS's scheduler" : `a backend is chosen by IPVS's scheduler ${stack.proxy.ipvs.scheduler}`;
  return { topic: "the choice of a backend", before: from === "ipvs" ? scheduled : random, after: from === "ipvs" ? random : scheduled };
};

const connections: Rule = ({ from, to }) => {
  const before = "connections through services are open";
  if (to === "none")
    return { topic: "open connections", before, after: "whatever takes over may cut them", action: "Follow the guide of what takes over." };
  if (from === "ipvs" || from === "none")
    return {
      topic: "open connections",
      before,
      after: "they break on each node when its turn comes",
      action: "Choose a quiet hour, and drain what can't connect again.",
    };
  return { topic: "open connections", before, after: "they go on; new ones wait for a second or two while kube-proxy starts" };
};

const affinity: Rule = ({ to }) =>
  to === "none"
    ? undefined
    : {
        topic: "session affinity",
        before: "clients of services with sessionAffinity: ClientIP have a backend",
        after: "each client gets one anew with its next connection",
      };

/**
 * Source: platformCleanup in cmd/kube-proxy/app/server_linux.go of 1.34. A start in nftables mode removes what iptables and ipvs left, a start in one of
 * these what nftables left. `--cleanup` removes the rules of all modes.
 */
const leftovers: Rule = ({ from, to, context: { stack } }) => {
  if (from === "none") return undefined;
  const before = `each node has the rules of ${from}`;
  const stay = "they stay beside the new ones";
  if (to === "none")
    return {
      topic: "left-over rules",
      before,
      after: stay,
      action: "Run `kube-proxy --cleanup` on each node, with its kube-proxy stopped.",
    };
  if (usesIptables(from) === usesIptables(to)) {
    const action =
      Number(stack.cluster.kubernetes.split(".")[1]) < 31
        ? "Restart the nodes one after the other, or run `kube-proxy --cleanup` on each, with its kube-proxy stopped."
        : `Go by way of nftables, which cleans up at each start: write proxy.mode: nftables, apply it, then write ${to}.`;
    return { topic: "left-over rules", before, after: stay, action };
  }
  return { topic: "left-over rules", before, after: "kube-proxy removes them when it starts; what it can't remove it logs and leaves" };
};

const preconditions: Rule = ({ from, to }) => {
  const needs = {
    nftables: "kernel 5.13 or later",
    ipvs: "the kernel's modules ip_vs and nf_conntrack, and ipset",
    iptables: "the kernel's iptables modules",
    none: undefined,
  }[to];
  return needs
    ? {
        topic: "the hosts",
        before: from === "none" ? "kube-proxy needs nothing" : `they fit the mode ${from}`,
        after: `kube-proxy ends with an error on a host without ${needs}`,
        action: `Look first that every host has ${needs}.`,
      }
    : undefined;
};

const deprecation: Rule = ({ to }) =>
  to === "ipvs"
    ? {
        topic: "the future",
        before: "the mode is maintained",
        after: "ipvs is deprecated since Kubernetes 1.35",
        action: "Prefer nftables.",
      }
    : undefined;

const rules: readonly Rule[] = [
  preconditions,
  connections,
  affinity,
  nodePortAddresses,
  localhost,
  hostFirewall,
  localAddresses,
  arp,
  balancing,
  leftovers,
  deprecation,
];
