import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { ingressClass } from "../../core/stack/check/ingress";
import { agreementChecks } from "./agreement";
import type { Check, Checks, Probe, SkippedCheck } from "./check";
import { doorsFromOutside, doorsFromPod } from "./doorChecks";
import { entrancesOf } from "./entrance";
import { ingressChecks } from "./ingressChecks";
import { loadBalancerFamily, loadBalancerFromOutside } from "./loadBalancerCheck";
import { fullSizePackets } from "./mtuChecks";
import { nameChecks } from "./nameChecks";
import { localPolicy, nodePortsFromOutside, nodePortsOnOtherAddresses } from "./nodePortChecks";
import type { Client } from "./outsideChecks";
import { pathTypesCheck } from "./pathChecks";
import { onNode, podConnects, podToApiService, podToPod } from "./podChecks";
import { chooseNodes, choosePairs } from "./sample";
import { affinity, podToService, podToServiceByUdp } from "./serviceChecks";

/**
 * What has to be tried to prove a plan. Pure: the same plan gives the same checks.
 * @param client the host of `verify.outside` with its address; without one, what needs it is skipped.
 * @param unreachable why nobody can log in at a node; "" when somebody can.
 */
export function planChecks(plan: Plan, client?: Client, unreachable: (node: string) => string = () => ""): Checks {
  const nodes = chooseNodes(plan.nodes);
  const probes = nodes.map(({ name }): Probe => ({ name: `probe-${plan.nodes.findIndex((node) => node.name === name) + 1}`, node: name }));
  const backendNode = nodes.find(({ roles }) => roles.includes("worker")) ?? nodes[0];
  const backend: Probe = { name: "backend", node: backendNode?.name ?? "" };
  const backends: Checks["backends"] = [backend, { ...backend, name: "backend-2" }];
  const loadBalancer = client && loadBalancerFamily(plan, client);
  const checks = [
    ...agreementChecks(plan),
    ...podNetwork(plan, probes, backend),
    ...fullSize(plan, probes, unreachable),
    ...services(plan, probes, backends),
    ...nameChecks(plan, probes),
    ...fromOutside(plan, probes, backends, client),
    ...(client && loadBalancer ? [loadBalancerFromOutside(plan, client, backend)] : []),
    ...closedSide(plan, probes, client),
  ];
  const ingressClasses = client
    ? entrances(plan, client, nodes).flatMap(([controller, own]) => (own.length > 0 ? [ingressClass(controller).name] : []))
    : [];
  return { probes, backends, loadBalancer, ingressClasses, checks };
}

const skipped = (name: string, from: string, to: string, reason: string): SkippedCheck => ({
  kind: "skipped",
  name,
  from,
  to,
  expected: "",
  reason,
});

const familiesOf = ({ stack }: Plan) => stack.cluster.podCIDRs.map(({ family }) => family);

function podNetwork(plan: Plan, probes: readonly Probe[], backend: Probe): Check[] {
  const pairs = choosePairs(probes);
  const all = plan.nodes.length * (plan.nodes.length - 1);
  return familiesOf(plan).flatMap((family) => [
    ...probes.filter(({ node }) => node === backend.node).map((probe) => podToPod(plan, probe, backend, family, "pod to pod, same node")),
    ...pairs.map(([from, to]) => podToPod(plan, from, to, family, "pod to pod, other node")),
    ...(plan.nodes.length === 1 ? [skipped("pod to pod, other node", "pods", "pods", "the cluster has one node")] : []),
    ...(pairs.length < all
      ? [skipped("pod to pod, other node", "pods", "pods", `${pairs.length} of ${all} ordered pairs of nodes are tried, all others aren't`)]
      : []),
  ]);
}

function fullSize(plan: Plan, probes: readonly Probe[], unreachable: (node: string) => string): Check[] {
  const pairs = choosePairs(probes);
  return familiesOf(plan).flatMap((family) =>
    probes.flatMap((from): Check[] => {
      const peers = pairs.filter(([one]) => one === from).map(([, to]) => to);
      const reason = unreachable(from.node);
      if (peers.length === 0) return [];
      if (reason) return [skipped("unfragmented packets", onNode(from), "pods", `nobody can log in at ${from.node}: ${reason}`)];
      return [fullSizePackets(plan, from, peers, family)];
    }),
  );
}

function services(plan: Plan, probes: readonly Probe[], backends: Checks["backends"]): Check[] {
  const [backend] = backends;
  const nodes = nodesOf(plan, probes);
  return [
    ...probes.flatMap((from) => podToApiService(plan, from)),
    ...familiesOf(plan).flatMap((family) => [
      ...probes.map((from) => podToService(plan, from, backend, family, "pod to ClusterIP")),
      ...probes.map((from) => podToServiceByUdp(plan, from, backend, family)),
      podToService(plan, backend, backend, family, "pod to itself by ClusterIP"),
      ...probes.map((from) => affinity(plan, from, backends, family)),
    ]),
    ...(plan.stack.proxy.mode === "none"
      ? []
      : nodes.flatMap((node) =>
          probes.filter((probe) => probe.node === node.name).flatMap((probe) => nodePortsOnOtherAddresses(plan, probe, node, backend)),
        )),
  ];
}

const noClient = "the stack names no client: give verify.outside a host outside of the cluster that SSH reaches";

function fromOutside(plan: Plan, probes: readonly Probe[], backends: Checks["backends"], client: Client | undefined): Check[] {
  const [backend] = backends;
  const nodes = nodesOf(plan, probes);
  if (!client) {
    return [
      "NodePort from outside",
      "externalTrafficPolicy Local",
      ...(plan.stack.loadBalancer.provider === "none" ? [] : ["LoadBalancer from outside"]),
      ...(plan.stack.ingress.controllers.length > 0 ? ["HTTP through the ingress"] : []),
    ].map((name) => skipped(name, "outside", "nodes", noClient));
  }
  return [
    ...(plan.stack.proxy.mode === "none"
      ? [
          skipped(
            "NodePort from outside",
            client.name,
            "nodes",
            "proxy.mode is none: what replaces kube-proxy decides where NodePorts answer",
          ),
        ]
      : nodes.flatMap((node) => [...nodePortsFromOutside(plan, client, node, backend), ...localPolicy(client, node, backend)])),
    ...entrances(plan, client, nodes).flatMap(([controller, own]) => [
      ...ingressChecks(plan, client, controller, own),
      ...own.slice(0, 1).map((entrance) => pathTypesCheck(client, entrance, backends)),
    ]),
  ];
}

const entrances = ({ stack }: Plan, client: Client, nodes: readonly PlannedNode[]) =>
  stack.ingress.controllers.map((controller) => [controller, entrancesOf(controller, client, nodes)] as const);

/** What hosts let in and what they don't, from outside and from pods. */
function closedSide(plan: Plan, probes: readonly Probe[], client: Client | undefined): Check[] {
  const { stack } = plan;
  const nodes = nodesOf(plan, probes);
  const api = choosePairs(probes).flatMap(([from, to]) => {
    const node = nodes.find(({ name, roles }) => name === to.node && roles.includes("control-plane"));
    const { apiServerPort: port } = stack.cluster;
    return (node?.address ?? [])
      .filter(({ family }) => familiesOf(plan).includes(family))
      .map((address) =>
        podConnects({ name: "pod to API server's host", from, to: `${to.node} ${port}`, address, port, nodes: [from.node, to.node] }),
      );
  });
  if (stack.firewall.mode === "off")
    return [...api, skipped("closed port", "pods, outside", "nodes", "firewall.mode is off: nothing is closed")];
  return [
    ...api,
    ...(client ? nodes.flatMap((node) => doorsFromOutside(plan, client, node)) : [skipped("closed port", "outside", "nodes", noClient)]),
    // Each node is tried from the pod of another one, where there is another.
    ...nodes.flatMap((node, index) => {
      const probe = probes[(index + 1) % probes.length];
      return probe ? doorsFromPod(plan, probe, node) : [];
    }),
  ];
}

const nodesOf = ({ nodes }: Plan, probes: readonly Probe[]) => nodes.filter(({ name }) => probes.some(({ node }) => node === name));
