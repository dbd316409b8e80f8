import path from "node:path";
import type { Check, Checks } from "../../../analysis/verify/check";
import { planChecks } from "../../../analysis/verify/checks";
import { expectGolden } from "../../support/golden";
import { client, facts, manyNodes, planOf } from "./plans";

/** As people read it: what, from where, to where, what is expected; and the command that tries it. */
function show({ checks }: Checks): string {
  return checks.map((check) => `${check.name}: ${check.from} to ${check.to}, expected: ${check.expected}\n  ${how(check)}\n`).join("");
}

function how(check: Check): string {
  switch (check.kind) {
    case "agreement":
      return "compared with the plan";
    case "skipped":
      return `skipped: ${check.reason}`;
    case "packet": {
      const at = check.at === "outside" ? "outside" : "host" in check.at ? check.at.host : check.at.name;
      return `${at}, needs ${check.needs}$ ${check.command(facts)}`;
    }
  }
}

const skipped = ({ checks }: Checks) => checks.flatMap((check) => (check.kind === "skipped" ? [`${check.name}: ${check.reason}`] : []));
const count = ({ checks }: Checks, name: string) => checks.filter((check) => check.name === name && check.kind !== "skipped").length;

test("the checks of a small cluster", () => {
  expectGolden(path.join(__dirname, "golden", "small.checks"), show(planChecks(planOf(), client)));
});

test("without a client and an outside name, what needs them is skipped with the reason", () => {
  const noClient = "the stack names no client: give verify.outside a host outside of the cluster that SSH reaches";
  const noName = "DNS of an outside name: the stack names none: give verify.outsideName";
  expect(skipped(planChecks(planOf({ verify: {} })))).toEqual([
    noName,
    noName,
    `NodePort from outside: ${noClient}`,
    `externalTrafficPolicy Local: ${noClient}`,
    `HTTP through the ingress: ${noClient}`,
    `closed port: ${noClient}`,
  ]);
});

test("without kube-proxy no NodePort is expected to answer", () => {
  const checks = planChecks(planOf({ proxy: { mode: "none" } }), client);
  expect(skipped(checks)).toContain("NodePort from outside: proxy.mode is none: what replaces kube-proxy decides where NodePorts answer");
  expect(count(checks, "NodePort from outside")).toBe(0);
  expect(count(planChecks(planOf(), client), "NodePort from outside")).toBeGreaterThan(0);
});

test("without a firewall nothing is expected to be closed", () => {
  const checks = planChecks(planOf({ firewall: { mode: "off" } }), client);
  expect(skipped(checks)).toEqual(["closed port: firewall.mode is off: nothing is closed"]);
  expect([count(checks, "closed port"), count(checks, "open port")]).toEqual([0, 0]);
});

test("who may come in is read from the plan: the client as an administrator, and with a port of its own", () => {
  const plan = planOf({
    firewall: { admin: ["10.100.0.0/28"], allow: [{ from: "10.100.0.9/32", to: "w1", tcp: ["9100-9101"], why: "node exporter" }] },
  });
  const open = planChecks(plan, client).checks.filter(({ name, from }) => name === "open port" && from === "client");
  expect(open.map(({ to, expected }) => `${to}, ${expected}`)).toEqual([
    "cp1 22, let in: SSH for administrators (failsafe) (10.100.0.0/28)",
    "cp1 6443, let in: API server for administrators (failsafe) (10.100.0.0/28)",
    "w1 22, let in: SSH for administrators (failsafe) (10.100.0.0/28)",
    "w1 9100, let in: node exporter (10.100.0.9/32)",
    "w1 9101, let in: node exporter (10.100.0.9/32)",
  ]);
});

test("dual stack: pods and services are tried by both families, the client's doors by its own", () => {
  const checks = planChecks(
    planOf({
      cluster: { podCIDRs: ["10.244.0.0/16", "fd00:244::/56"], serviceCIDRs: ["10.96.0.0/16", "fd00:96::/112"] },
      nodes: [
        { name: "cp1", roles: ["control-plane", "etcd"], address: ["10.100.0.20", "fd00:100::20"] },
        { name: "w1", address: ["10.100.0.21", "fd00:100::21"] },
      ],
    }),
    client,
  );
  expect(count(checks, "pod to pod, other node")).toBe(4);
  expect(count(checks, "pod to ClusterIP")).toBe(4);
  expect(checks.checks.filter(({ name }) => name === "NodePort from outside").map(({ to }) => to)).toEqual([
    "cp1 10.100.0.20",
    "w1 10.100.0.21",
  ]);
});

const answering = ["cp1 10.100.0.20: answered by backend", "w1 10.100.0.21: answered by backend"];
const none = (why: string) => `no answer: not among the addresses for NodePorts (${why})`;

test.each([
  [
    "iptables: on every address",
    { mode: "iptables" },
    [...answering, "cp1 10.244.20.1: answered by backend", "w1 10.244.21.1: answered by backend"],
  ],
  [
    "nftables: on the primary ones",
    { mode: "nftables" },
    [...answering, `cp1 10.244.20.1: ${none("nftables: the primary ones")}`, `w1 10.244.21.1: ${none("nftables: the primary ones")}`],
  ],
  [
    "primary",
    { mode: "iptables", nodePortAddresses: ["primary"] },
    [...answering, `cp1 10.244.20.1: ${none("primary")}`, `w1 10.244.21.1: ${none("primary")}`],
  ],
  [
    "ranges",
    { mode: "nftables", nodePortAddresses: ["10.100.0.21/32", "10.244.0.0/16"] },
    [
      `cp1 10.100.0.20: ${none("10.100.0.21/32, 10.244.0.0/16")}`,
      "w1 10.100.0.21: answered by backend",
      "cp1 10.244.20.1: answered by backend",
      "w1 10.244.21.1: answered by backend",
    ],
  ],
] as const)("NodePorts answer where kube-proxy takes them, and nowhere else: %s", (_, proxy, expected) => {
  const { checks } = planChecks(
    planOf({ proxy: { ...proxy, nodePortAddresses: [...("nodePortAddresses" in proxy ? proxy.nodePortAddresses : [])] } }),
    client,
  );
  const told = checks.filter(({ name }) => name.startsWith("NodePort")).map(({ to, expected }) => `${to}: ${expected}`);
  expect(told.sort()).toEqual([...expected].sort());
});

test("one node: nothing lies between nodes", () => {
  const checks = planChecks(
    planOf({ nodes: [{ name: "all", roles: ["control-plane", "etcd", "worker"], address: "10.100.0.20" }] }),
    client,
  );
  expect(skipped(checks)).toEqual(["pod to pod, other node: the cluster has one node"]);
  expect(count(checks, "pod to pod, same node")).toBe(1);
});

test("six nodes: every ordered pair; seven: each with its neighbours, which is said", () => {
  const six = planChecks(planOf({ nodes: manyNodes(6) }), client);
  expect(count(six, "pod to pod, other node")).toBe(30);
  expect(skipped(six)).toEqual([]);
  const seven = planChecks(planOf({ nodes: manyNodes(7) }), client);
  expect(count(seven, "pod to pod, other node")).toBe(14);
  expect(skipped(seven)).toEqual(["pod to pod, other node: 14 of 42 ordered pairs of nodes are tried, all others aren't"]);
});

test("a thousand nodes: some take part, the control plane among them, and all are compared", () => {
  const checks = planChecks(planOf({ nodes: manyNodes(1000), cluster: { podCIDRs: ["10.240.0.0/12"] } }), client);
  expect(checks.probes.length).toBe(32);
  expect(checks.probes[0]).toEqual({ name: "probe-1", node: "n1" });
  expect(checks.backends).toEqual([
    { name: "backend", node: "n2" },
    { name: "backend-2", node: "n2" },
  ]);
  expect(count(checks, "node is Ready")).toBe(1000);
  expect(skipped(checks)).toEqual(["pod to pod, other node: 64 of 999000 ordered pairs of nodes are tried, all others aren't"]);
});
