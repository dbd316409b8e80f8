import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { stackWith } from "../../support/stacks";

/** Two nodes on one LAN, a third on another. */
const planOf = (gateways: string[], nodeCIDRs = ["10.1.0.0/24", "10.2.0.0/24"]) =>
  planNetwork(
    stackWith({
      cluster: { nodeCIDRs },
      nodes: [
        { name: "cp1", roles: ["control-plane", "etcd"], address: "10.1.0.20" },
        { name: "w1", address: "10.1.0.21" },
        { name: "w2", address: "10.2.0.22" },
      ],
      cni: { bridge: { gateways } },
    }),
  );

function routes(plan: ReturnType<typeof planOf>, name: string): (string | undefined)[][] {
  const node = plan.nodes.find((one) => one.name === name);
  if (!node) throw new Error(`no node ${name}`);
  return plan.hostItems(node).flatMap((item) => (item.kind === "route" && item.via ? [[item.destination, item.via]] : []));
}

const findings = (plan: ReturnType<typeof planOf>) => plan.findings.map((finding) => showFinding(finding));

test("nodes of another LAN are reached by the router of one's own", () => {
  const plan = planOf(["10.1.0.1", "10.2.0.1"]);
  expect(findings(plan)).toEqual([]);
  expect(routes(plan, "w1")).toEqual([
    ["10.244.20.0/24", "10.1.0.20"],
    ["10.244.22.0/24", "10.1.0.1"],
  ]);
  expect(routes(plan, "w2")).toEqual([
    ["10.244.20.0/24", "10.2.0.1"],
    ["10.244.21.0/24", "10.2.0.1"],
  ]);
});

test("a LAN without a router is an error, each by itself", () => {
  expect(findings(planOf(["10.1.0.1"]))).toEqual([
    "cni.bridge.gateways: nodes of 10.2.0.0/24 reach those of 10.1.0.0/24 by a router, and none of 10.2.0.0/24 is here.\n" +
      "  Write its address in 10.2.0.0/24; it has to know the nodes' pod ranges. Or write cni.provider: vxlan, which needs no routes on routers.",
  ]);
  expect(findings(planOf([]))).toHaveLength(2);
});

test("a router on no LAN of the nodes'", () => {
  expect(findings(planOf(["10.3.0.1"], ["10.0.0.0/14"]))).toEqual([]);
  expect(findings(planOf(["10.9.0.1"], ["10.0.0.0/14"]))).toEqual([
    "cni.bridge.gateways[0]: 10.9.0.1 is in none of cluster.nodeCIDRs (10.0.0.0/14).\n" +
      "  Write the router's address on the nodes' LAN, and that LAN in cluster.nodeCIDRs.",
  ]);
});

test("without nodeCIDRs all nodes are taken to be on one LAN", () => {
  const plan = planOf([], []);
  expect(findings(plan)).toEqual([]);
  expect(routes(plan, "w2")).toEqual([
    ["10.244.20.0/24", "10.1.0.20"],
    ["10.244.21.0/24", "10.1.0.21"],
  ]);
});
