import { planNetwork } from "../../../components/plan";
import { Cidr } from "../../../core/cidr";
import type { PlannedNode } from "../../../core/part";
import type { Plan } from "../../../core/plan";
import type { StackInput } from "../../../core/stack/schema";
import { buildCniPlugins } from "../../../lab/cniPlugins";
import { showProgress } from "../../../setup/progress";
import { missingForPlugins } from "../../support/cni";
import { missingNft, testsWith } from "../../support/judges";
import { connectPods, type Lan } from "../../support/netHosts";
import { stackWith } from "../../support/stacks";

// Hosts in network namespaces: our links, routes and firewall set by the agent, pods attached by the real plugins, real packets.
const { test: realTest, note } = testsWith(missingForPlugins() ?? missingNft());

let plugins = "";
jest.setTimeout(600_000);
beforeAll(async () => {
  plugins = await buildCniPlugins(showProgress());
});

const lans: readonly Lan[] = [0, 1].map((lan) => ({
  cidrs: [Cidr.parse(`192.168.${lan}.0/24`), Cidr.parse(`fd00:100:${lan}::/64`)],
  router: [`192.168.${lan}.1`, `fd00:100:${lan}::1`],
}));

type Family = 4 | 6;

const ranges: Record<Family, { readonly pods: string; readonly services: string; readonly mask: number }> = {
  4: { pods: "10.244.0.0/16", services: "10.96.0.0/16", mask: 24 },
  6: { pods: "fd00:10:244::/56", services: "fd00:10:96::/112", mask: 64 },
};

/** A plan with two nodes on the first LAN and one on the second, with addresses of these families in this order. */
function planFor(families: readonly Family[], cni: StackInput["cni"]): Plan {
  const address = (lan: number, host: number) =>
    families.map((family) => (family === 4 ? `192.168.${lan}.${host}` : `fd00:100:${lan}::${host}`));
  const cluster: StackInput["cluster"] = {
    podCIDRs: families.map((family) => ranges[family].pods),
    serviceCIDRs: families.map((family) => ranges[family].services),
    nodeMaskSizes: families.map((family) => ranges[family].mask),
    nodeCIDRs: lans.flatMap(({ cidrs }) => cidrs.filter(({ family }) => families.includes(family)).map(String)),
  };
  const nodes: StackInput["nodes"] = [
    { name: "cp1", roles: ["control-plane", "etcd"], address: address(0, 20) },
    { name: "w1", address: address(0, 21) },
    { name: "w2", address: address(1, 22) },
  ];
  return planNetwork(stackWith({ cluster, nodes, cni }));
}

const byFamily = (cidrs: readonly Cidr[]) => [...cidrs].sort((one, other) => one.family - other.family);

/** Every pod's packets arrive at every other one's, with the address that its node's range gave it. */
const everybodyReached = (planned: readonly PlannedNode[]) =>
  planned.flatMap((from) =>
    planned
      .filter((to) => to !== from)
      .flatMap((to) => byFamily(from.podCIDRs).map((range) => `${from.name} to ${to.name}: 100000 bytes from ${range.at(2)}`)),
  );

realTest(`bridge: pods of two LANs reach each other by the routers of the LANs${note}`, () => {
  const plan = planFor([4, 6], { provider: "bridge", bridge: { gateways: lans.flatMap(({ router }) => router) } });
  // What the routers have to know.
  const routes = plan.nodes.flatMap(({ podCIDRs, address }) =>
    podCIDRs.map((range) => `${range} via ${address.find(({ family }) => family === range.family)}`),
  );
  expect(connectPods(plan, lans, plugins, routes, "ip route show 10.244.22.0/24 | cut -d ' ' -f 1-5")).toEqual([
    ...everybodyReached(plan.nodes),
    "cp1 10.244.22.0/24 via 192.168.0.1 dev eth0",
    "w1 10.244.22.0/24 via 192.168.0.1 dev eth0",
    "w2 10.244.22.0/24 dev cni0 proto kernel",
  ]);
});

realTest.each<[string, Family[], string]>([
  ["IPv4, both families of pods", [4, 6], "1450"],
  ["IPv6, both families of pods", [6, 4], "1430"],
  ["IPv6, nothing else", [6], "1430"],
])(`vxlan over %s: pods of two LANs reach each other, and no router knows them${note}`, (_, families, mtu) => {
  const plan = planFor(families, { provider: "vxlan" });
  expect(connectPods(plan, lans, plugins, [], "cat /sys/class/net/plumbline0/mtu /sys/class/net/cni0/mtu | paste -s -d ' '")).toEqual([
    ...everybodyReached(plan.nodes),
    ...plan.nodes.map(({ name }) => `${name} ${mtu} ${mtu}`),
  ]);
});
