import { vxlan } from "../../../components/cni/vxlan";
import { planNetwork } from "../../../components/plan";
import { hostRoutes } from "../../../components/routes/hostRoutes";
import type { RouteItem } from "../../../core/hostItems/routing";
import { parseStack, requireStack } from "../../../core/stack/parse";
import type { Stack } from "../../../core/stack/schema";
import { stackFile, stackWith } from "../../support/stacks";

/** `destination via gateway`, or `destination blackhole`. */
function routes(stack: Stack, name: string): string[] {
  const plan = planNetwork(stack);
  return plan.nodes
    .filter((node) => node.name === name)
    .flatMap((node) => plan.hostItems(node))
    .filter((item): item is RouteItem => item.kind === "route")
    .map(({ destination, via }) => `${destination} ${via ? `via ${via}` : "blackhole"}`);
}

const without = (stack: Stack, name: string): Stack => ({ ...stack, nodes: stack.nodes.filter((node) => node.name !== name) });

test("each other node's pods by that node's address, in each family; nothing for pods that no node has", () => {
  expect(routes(stackFile("prod-example"), "w1")).toEqual([
    "10.244.0.0/24 via 10.20.0.11",
    "fd00:10:244::/64 via fd00:10:20::11",
    "10.244.1.0/24 via 10.20.0.12",
    "fd00:10:244:1::/64 via fd00:10:20::12",
    "10.244.2.0/24 via 10.20.0.13",
    "fd00:10:244:2::/64 via fd00:10:20::13",
    "10.244.4.0/24 via 10.20.0.22",
    "fd00:10:244:4::/64 via fd00:10:20::22",
    "10.244.0.0/16 blackhole",
    "fd00:10:244::/48 blackhole",
  ]);
});

test("a node that goes takes its routes along on the others, and nothing else", () => {
  const stack = stackFile("lab");
  for (const host of ["cp1", "w1"])
    expect(routes(without(stack, "w2"), host)).toEqual(routes(stack, host).filter((route) => route !== "10.244.2.0/24 via 10.100.0.22"));
  expect(routes(stack, "w1")).toContain("10.244.2.0/24 via 10.100.0.22");
});

test("one host's address on another network changes nothing else", () => {
  const moved = requireStack(
    parseStack({
      nodes: [
        { name: "cp1", roles: ["control-plane", "etcd"], address: "192.168.0.20", podCIDRs: ["10.244.0.0/24"] },
        { name: "w1", address: "192.168.7.21", podCIDRs: ["10.244.1.0/24"] },
      ],
      ssh: { agent: true },
    }),
  );
  expect(routes(moved, "cp1")).toEqual(["10.244.1.0/24 via 192.168.7.21", "10.244.0.0/16 blackhole"]);
});

test("a node that has the whole pod range has no route beside the bridge's own", () => {
  const nodes = [{ name: "cp1", roles: ["control-plane" as const, "etcd" as const], address: "192.168.0.20" }];
  expect(routes(stackWith({ nodes, cluster: { podCIDRs: ["10.244.0.0/24"] } }), "cp1")).toEqual([]);
});

test("so many nodes that a route for each is a burden are told, with the figure", () => {
  const nodes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `n${index}`,
      roles: ["control-plane" as const, "etcd" as const],
      address: `192.168.${index >> 8}.${index & 255}`,
      podCIDRs: [`10.${index >> 8}.${index & 255}.0/24`],
    }));
  const findings = (count: number) =>
    planNetwork(stackWith({ nodes: nodes(count), cluster: { podCIDRs: ["10.0.0.0/8"], serviceCIDRs: ["172.20.0.0/16"] } })).findings;
  expect(findings(250)).toEqual([]);
  expect(findings(251)).toEqual([
    {
      severity: "warning",
      path: ["cni", "provider"],
      message: "bridge keeps a route per peer on each host: 250 routes on each of 251 hosts.",
      mend: "It works, but a change of one node then touches every host. A network with an agent, or BGP, suits clusters of this size better.",
    },
  ]);
});

test.each([
  ["bridge", hostRoutes],
  ["vxlan", vxlan],
])("%s: above 2,000 nodes gateways are nexthop objects", (_, part) => {
  const plan = planNetwork(stackWith({}));
  const kinds = (count: number) => {
    const nodes = Array.from({ length: count }, (_, index) =>
      plan.nodes.slice(0, 1).map((node) => ({ ...node, name: `n${index}` })),
    ).flat();
    const items = nodes.slice(0, 1).flatMap((node) => part({ ...plan, nodes }).host?.(node) ?? []);
    return new Set(items.flatMap((item) => (item.kind === "route" && item.via ? [item.nexthop === true] : [])));
  };
  expect([kinds(2000), kinds(2001)]).toEqual([new Set([false]), new Set([true])]);
});
