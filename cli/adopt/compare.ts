import { nodeMaskSize, podCIDRsOf } from "../../core/addresses";
import type { Cidr } from "../../core/cidr";
import type { Finding, Path } from "../../core/finding";
import type { Stack, StackNode } from "../../core/stack/schema";
import { compareDns } from "./compareDns";
import type { Edit } from "./edit";
import type { LiveCluster, LiveNode } from "./live";

/** A value of the stack file that the cluster knows better. */
export interface Change extends Edit {
  /** What the stack says, in words. */
  readonly declared: string;
  readonly live: string;
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** What adopting doesn't mend. */
  readonly findings: readonly Finding[];
}

/** Whether the stack file itself has a value at a path, or it is a default. */
export type Says = (path: Path) => boolean;

/**
 * What a running cluster decides and the stack says otherwise. The cluster wins in everything that Plumbline can't change: ranges, domain, version, the
 * API server's NodePort range, the nodes, their addresses, roles and pod ranges. What Plumbline sets itself, kube-proxy's mode
 * and CoreDNS's settings, is the stack's to say.
 */
export function compareWithCluster(stack: Stack, live: LiveCluster, says: Says): Comparison {
  const { cluster, proxy } = stack;
  const dns = compareDns(stack, live, says);
  const nodes = stack.nodes.map((node, index) => compareNode(stack, node, index, live));
  return {
    changes: [
      ...difference(["cluster", "kubernetes"], [cluster.kubernetes], [live.kubernetes], says),
      ...difference(["cluster", "domain"], [cluster.domain], live.domain && [live.domain], says),
      ...difference(["cluster", "podCIDRs"], cluster.podCIDRs, live.podCIDRs, says),
      ...difference(["cluster", "serviceCIDRs"], cluster.serviceCIDRs, live.serviceCIDRs, says),
      ...addedRanges(stack, live, says),
      ...compareMasks(stack, live),
      ...difference(["proxy", "nodePorts"], [`${proxy.nodePorts.from}-${proxy.nodePorts.to}`], live.nodePorts && [live.nodePorts], says),
      ...(says(["proxy", "mode"]) ? [] : difference(["proxy", "mode"], [proxy.mode], live.proxyMode && [live.proxyMode], says)),
      ...dns.changes,
      ...nodes.flatMap(({ changes }) => changes),
      ...newNodes(stack, live),
    ],
    findings: [...remarks(stack, live, says), ...dns.findings, ...nodes.flatMap(({ findings }) => findings)],
  };
}

/** Ranges of services that the cluster has besides. Those that only the stack has come with `pulumi up`. */
function addedRanges({ cluster }: Stack, live: LiveCluster, says: Says): Change[] {
  const declared = cluster.additionalServiceCIDRs;
  const more = live.additionalServiceCIDRs?.filter((range) => !declared.some((one) => String(one) === String(range))) ?? [];
  const path = ["cluster", "additionalServiceCIDRs"];
  return more.length === 0 ? [] : difference(path, declared.length > 0 ? declared : ["none"], [...declared, ...more], says);
}

/** The keys whose value is a list. */
const lists = ["podCIDRs", "serviceCIDRs", "additionalServiceCIDRs", "roles"];

/** A change, if the cluster says something and says it otherwise. */
function difference(path: Path, declared: readonly unknown[], found: readonly unknown[] | undefined | "", says: Says): Change[] {
  if (!found || found.join() === declared.join()) return [];
  const [value = "", ...more] = found.map(String);
  return [
    {
      path,
      declared: `${declared.join(", ")}${says(path) ? "" : " (default)"}`,
      live: found.join(", "),
      value: more.length > 0 || lists.includes(String(path.at(-1))) ? [value, ...more] : value,
    },
  ];
}

function remarks({ proxy }: Stack, { proxyMode, podCIDRs, nodes }: LiveCluster, says: Says): Finding[] {
  const modes: Finding = {
    severity: "info",
    path: ["proxy", "mode"],
    message: `kube-proxy runs in mode ${proxyMode}; \`pulumi up\` will change it to ${proxy.mode}.`,
    mend: "",
  };
  const noRanges: Finding = {
    severity: "warning",
    path: ["cluster", "podCIDRs"],
    message: "the cluster gives its nodes no pod ranges.",
    mend: "Start kube-controller-manager with --allocate-node-cidrs and --cluster-cidr (kubeadm: networking.podSubnet), and adopt again.",
  };
  return [
    ...(proxy.runs === "daemonset" && proxyMode !== undefined && proxyMode !== proxy.mode && says(["proxy", "mode"]) ? [modes] : []),
    ...(podCIDRs === undefined && nodes.every((node) => node.podCIDRs.length === 0) ? [noRanges] : []),
  ];
}

/** The live node of a declared one: by name, else by address (a host name that the stack has in another form). */
function liveNodeOf(node: StackNode, { nodes }: LiveCluster): LiveNode | undefined {
  const addresses = node.address.map(String);
  return (
    nodes.find(({ name }) => name === node.name) ??
    nodes.find((live) => live.addresses.some((address) => addresses.includes(String(address))))
  );
}

function compareNode(stack: Stack, node: StackNode, index: number, live: LiveCluster): Comparison {
  const found = liveNodeOf(node, live);
  const always = () => true;
  if (!found) {
    const mend = `It has ${live.nodes.map(({ name }) => name).join(", ") || "none"}. Let the host join, or take it out of the stack.`;
    return {
      changes: [],
      findings: [{ severity: "warning", path: ["nodes", index], message: `the cluster has no node ${node.name}.`, mend }],
    };
  }
  // A kubelet without --node-ip reports one family only: what it doesn't report stays.
  const unreported = node.address.filter((address) => !found.addresses.some(({ family }) => family === address.family));
  const moved = found.addresses.some((address) => !node.address.map(String).includes(String(address)));
  const pins = podCIDRsOf(stack, node);
  const pinned = found.podCIDRs.length === 0 || found.podCIDRs.join() === node.podCIDRs.join();
  return {
    changes: [
      ...difference(["nodes", index, "name"], [node.name], [found.name], always),
      ...difference(["nodes", index, "address"], node.address, moved ? [...found.addresses, ...unreported] : undefined, always),
      ...difference(["nodes", index, "roles"], [...node.roles].sort(), [...found.roles].sort(), always),
      ...(pinned
        ? []
        : [
            {
              path: ["nodes", index, "podCIDRs"],
              declared: node.podCIDRs.length > 0 ? node.podCIDRs.join(", ") : `${pins.join(", ") || "none"} (computed)`,
              live: found.podCIDRs.join(", "),
              value: found.podCIDRs.map(String),
            },
          ]),
    ],
    findings: [],
  };
}

/** Nodes that the stack doesn't have yet, after those that it has. */
function newNodes({ nodes }: Stack, live: LiveCluster): Change[] {
  const known = new Set(nodes.map((node) => liveNodeOf(node, live)));
  return live.nodes
    .filter((node) => !known.has(node) && node.addresses.length > 0)
    .map(({ name, roles, addresses, podCIDRs }, position) => {
      const [one = "", ...more] = addresses.map(String);
      const pins = podCIDRs.map(String);
      return {
        path: ["nodes", nodes.length + position],
        declared: "",
        live: `${name} (${roles.join(", ")}) at ${addresses.join(", ")}${pins.length > 0 ? `, pods ${pins.join(", ")}` : ""}`,
        value: { name, roles, address: more.length === 0 ? one : [one, ...more], ...(pins.length > 0 ? { podCIDRs: pins } : {}) },
      };
    });
}

/** kube-controller-manager's node mask sizes, as the nodes' ranges show them. */
function compareMasks(stack: Stack, { podCIDRs, nodes }: LiveCluster): Change[] {
  const ranges: readonly Cidr[] = podCIDRs ?? stack.cluster.podCIDRs;
  const given = nodes.flatMap((node) => node.podCIDRs);
  const declared = ranges.map((range) => {
    const index = stack.cluster.podCIDRs.findIndex(({ family }) => family === range.family);
    return index >= 0 ? nodeMaskSize(stack, index) : range.family === 4 ? 24 : 64;
  });
  const masks = ranges.map((range, index) => given.find((cidr) => range.contains(cidr))?.prefix ?? declared[index] ?? 24);
  if (masks.join() === declared.join()) return [];
  return [{ path: ["cluster", "nodeMaskSizes"], declared: declared.join(", "), live: masks.join(", "), value: masks }];
}
