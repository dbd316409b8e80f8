import { targets } from "../../components/firewall/nftables";
import { showPorts } from "../../core/flow";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { count, heading, table } from "../output";
import { type FlowSummary, masqueradeOf, type NodeDetails, type NodeSummary, type PlanSummary, routesOf } from "./summary";

/** Of more nodes than this, one stands for all where nodes are alike. */
const few = 8;
/** Of more nodes than this in a group, the first ones are named. */
const fewNames = 6;

/** The plan for people. */
export function showPlan(plan: Plan, summary: PlanSummary): string {
  const { cluster } = summary;
  const { stack } = plan;
  return [
    `Cluster ${heading(cluster.name)}: Kubernetes ${cluster.kubernetes}, domain ${cluster.domain}, pod network ${stack.cni.provider}, kube-proxy ${stack.proxy.mode}, firewall ${stack.firewall.mode}`,
    section("Nodes", nodeTable(summary.nodes)),
    section("Ranges", rangeTable(summary)),
    section("Open ports", openPorts(plan, summary)),
    section(
      "Routes",
      perNode(plan, ["to", "by"], (node) => routesOf(plan, node).map(routeRow)),
    ),
    section(
      "Masquerading",
      perNode(plan, ["from", "why"], (node) => masqueradeOf(plan, node).map(({ from, why }) => [String(from), why])),
    ),
    section("MTU", mtu(summary)),
    section("Capacity", capacity(summary)),
    section("Order of the rollout", rollout(summary)),
  ].join("\n\n");
}

/** One node in full. */
export function showNode(node: NodeDetails): string {
  return [
    nodeTable([node]),
    section("Open ports", `${flowTable(node.openPorts)}\n${always}`),
    section("Routes", table(["to", "by"], node.routes.map(routeRow))),
    section(
      "Masquerading",
      table(
        ["from", "why"],
        node.masquerade.map(({ from, why }) => [from, why]),
      ),
    ),
  ].join("\n\n");
}

const section = (title: string, text: string) => `${heading(title)}\n${text}`;

function nodeTable(nodes: readonly NodeSummary[]): string {
  return table(
    ["node", "roles", "address", "pod CIDRs", ""],
    nodes.map(({ name, roles, addresses, podCIDRs, source }) => [
      name,
      roles.join(", "),
      addresses.join(", "),
      podCIDRs.join(", "),
      source,
    ]),
  );
}

function rangeTable({ ranges, services }: PlanSummary): string {
  return table(
    ["for", "range"],
    [
      ...ranges.map(({ what, cidr }) => [what, cidr]),
      ["service kubernetes", services.kubernetes ?? ""],
      ["cluster DNS", services.dns.join(", ")],
    ],
  );
}

const always = "Besides, on every node: replies, the host to itself, ICMP and neighbour discovery, DHCP. Everything else is dropped.";

/** What each group of nodes with the same open ports lets in, then what may reach pods. */
function openPorts({ stack, nodes, flows }: Plan, summary: PlanSummary): string {
  if (stack.firewall.mode === "off") return "The firewall is off: every port is open.";
  const groups = new Map<string, { nodes: PlannedNode[]; open: FlowSummary[] }>();
  for (const node of nodes) {
    const open = summary.flows.filter((_, index) => flowTargets(index, node));
    const key = open.map((flow) => summary.flows.indexOf(flow)).join();
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { nodes: [node], open });
  }
  const toPods = summary.flows.filter((_, index) => flows[index]?.to.kind === "pods");
  return [
    ...[...groups.values()].map((group) => `${names(group.nodes)}:\n${flowTable(group.open)}`),
    `pods:\n${flowTable(toPods)}`,
    always,
  ].join("\n\n");

  function flowTargets(index: number, node: PlannedNode): boolean {
    const flow = flows[index];
    return flow !== undefined && targets(flow.to, node);
  }
}

function flowTable(flows: readonly FlowSummary[]): string {
  return table(
    ["protocol", "ports", "from", "why", "part"],
    flows.map(({ protocol, ports, published, from, why, part }) => [
      protocol,
      `${showPorts(ports.length > 0 ? ports : undefined)}${published ? " (to pods)" : ""}`,
      from,
      why,
      part,
    ]),
  );
}

/** `cp1, w1 and 4998 more` */
function names(nodes: readonly { readonly name: string }[]): string {
  const shown = nodes.slice(0, nodes.length > fewNames ? fewNames - 1 : fewNames).map(({ name }) => name);
  return shown.length < nodes.length ? `${shown.join(", ")} and ${nodes.length - shown.length} more` : shown.join(", ");
}

/** The rows of every node; where there are many nodes, the beginning of the first one's. */
function perNode({ nodes }: Plan, head: readonly string[], rows: (node: PlannedNode) => (readonly string[])[]): string {
  const all = nodes.slice(0, nodes.length > few ? 1 : few).flatMap((node) => rows(node).map((row) => [node.name, ...row]));
  const shown = nodes.length > few ? all.slice(0, few) : all;
  const text = table(["node", ...head], shown);
  const more = shown.length < all.length ? `and ${all.length - shown.length} more; ` : "";
  return nodes.length > few ? `${text}\n${more}the other ${nodes.length - 1} nodes likewise, see --node NAME` : text;
}

const routeRow = ({ destination, via }: { readonly destination: string; readonly via?: string }) => [
  destination,
  via ? `via ${via}` : "blackhole: addresses that no node has",
];

function mtu({ mtu: { link, layers, pods } }: PlanSummary): string {
  const taken = layers.map(({ name, bytes }) => ` - ${bytes} (${name})`).join("");
  return `${link} bytes on the nodes' LAN${taken || ", nothing added on the way"}: ${pods} bytes for pods`;
}

function capacity({ capacity, fullest }: PlanSummary): string {
  const share = (used: number, total: number) => (used > total ? `too small by ${used - total}` : `${Math.round((100 * used) / total)}%`);
  const rows = capacity.map(({ what, used, total, usedAtTwice }) => [
    what,
    `${used}`,
    amount(total),
    share(used, total),
    share(usedAtTwice, total),
  ]);
  const forecast =
    fullest.now === fullest.atTwice ? "now and with twice as many nodes" : `now; with twice as many nodes: ${fullest.atTwice}`;
  return `${table(["of", "used", "there are", "now", "at twice the nodes"], rows)}\nRuns out first: ${fullest.now}, ${forecast}.`;
}

const amount = (total: number) => (total < 1e9 ? `${total}` : `2^${Math.round(Math.log2(total))}`);

function rollout({ waves }: PlanSummary): string {
  const all = waves.map(
    (wave, index) =>
      `${index + 1}. ${names(wave.map((name) => ({ name })))}${wave.length > fewNames ? ` (${count(wave.length, "node")})` : ""}`,
  );
  return `${all.join("\n")}\nA wave starts when every host of the one before has confirmed.`;
}
