import { stripVTControlCharacters } from "node:util";
import type { LiveFinding } from "../../../analysis/doctor/finding";
import type { LiveCluster } from "../../../cli/adopt/live";
import { clusterFindings } from "../../../cli/doctor/cluster";
import { showDoctor } from "../../../cli/doctor/text";
import { planNetwork } from "../../../components/plan";
import { Cidr } from "../../../core/cidr";
import { showPath, UserError } from "../../../core/finding";
import { stackWith } from "../../support/stacks";
import { run } from "../run";
import { inProject } from "../stacks";

inProject();

test("what several hosts have alike is told once, with the hosts in a table", () => {
  const clash = (node: string): LiveFinding => ({
    severity: "error",
    node,
    path: ["cluster", "podCIDRs", 0],
    message: "Docker's network bridge, 10.244.0.0/24 overlaps cluster.podCIDRs[0] 10.244.0.0/16.",
    mend: "Give Docker other ranges.",
  });
  const findings: LiveFinding[] = [
    ...["w1", "w2", "w3", "w4", "w5"].map(clash),
    {
      severity: "error",
      node: "w1",
      path: ["nodes", 1, "address"],
      message: "no interface of this host has 10.0.0.2; it has none.",
      mend: "",
    },
    { severity: "info", path: ["proxy", "mode"], message: "kube-proxy runs in mode iptables.", mend: "" },
  ];
  const nodes = [
    { name: "w1", address: "10.0.0.2", reached: true, kernel: "6.1", leases: [{ range: "10.244.1.0/24", used: 3, total: 253, stale: 0 }] },
    { name: "w2", address: "10.0.0.3", reached: false },
  ];
  expect(
    stripVTControlCharacters(showDoctor(findings, nodes, "Pulumi.x.yaml")),
  ).toBe(`node  address   interface    kernel  CNI configuration in force  pods' addresses
w1    10.0.0.2  none         6.1     none                        3 of 253
w2    10.0.0.3  not reached

w1, w2, w3 and 2 more  cluster.podCIDRs[0]: Docker's network bridge, 10.244.0.0/24 overlaps cluster.podCIDRs[0] 10.244.0.0/16.
  Give Docker other ranges.
w1  address: no interface of this host has 10.0.0.2; it has none.
info: proxy.mode: kube-proxy runs in mode iptables.

Pulumi.x.yaml: 6 errors.`);
});

const stack = stackWith({ cluster: { kubeconfigSecret: "kubeconfig" } });
const live: LiveCluster = {
  kubernetes: "1.34",
  domain: "corp.local",
  serviceCIDRs: [Cidr.parse("10.96.0.0/16")],
  nodes: [],
};

test("what the cluster has otherwise", async () => {
  const found = await clusterFindings(planNetwork(stack), ".", undefined, { cluster: async () => live, manifests: async () => [] });
  expect(found.map(({ severity, node = "", path, message }) => `${severity} ${node} ${showPath(path)}: ${message}`)).toEqual([
    "error  cluster.domain: the stack says cluster.local, the cluster has corp.local.",
    "error  cluster.serviceCIDRs: the stack says 10.96.0.0/12, the cluster has 10.96.0.0/16.",
    "warning  cluster.podCIDRs: the cluster gives its nodes no pod ranges.",
    "warning cp1 nodes[0]: the cluster has no node cp1.",
    "warning w1 nodes[1]: the cluster has no node w1.",
  ]);
});

test("a cluster that can't be read, and a stack without one", async () => {
  const refuse = async () => {
    throw new UserError("The API server refuses.");
  };
  expect(await clusterFindings(planNetwork(stack), ".", undefined, { cluster: refuse, manifests: refuse })).toMatchObject([
    { severity: "warning", path: ["cluster", "kubeconfig"], message: "the cluster wasn't read. The API server refuses." },
  ]);
  expect(await clusterFindings(planNetwork(stackWith({})), ".", undefined, { cluster: refuse, manifests: refuse })).toEqual([]);
});

test("ingress rules go with what the cluster has; a kubeconfig that may not read that is told", async () => {
  const ruled = stackWith({
    cluster: { kubeconfigSecret: "kubeconfig" },
    ingress: { controllers: [{ name: "traefik" }], rules: [{ name: "shop", paths: [{ service: "shop", port: 80 }] }] },
  });
  const ofIngress = async (manifests: () => Promise<never[]>) =>
    (await clusterFindings(planNetwork(ruled), ".", undefined, { cluster: async () => live, manifests }))
      .filter(({ path }) => path[0] === "ingress")
      .map(({ severity, path, message }) => `${severity} ${showPath(path)}: ${message}`);
  expect(await ofIngress(async () => [])).toEqual([
    "error ingress.rules[0].paths[0].service: there is no Service shop in the namespace default of the cluster.",
  ]);
  const refuse = async () => {
    throw new UserError("The API server refuses.");
  };
  expect(await ofIngress(refuse)).toEqual([
    "warning ingress: the rules weren't judged together with what the cluster has. The API server refuses.",
  ]);
});

test("hosts that can't be reached are findings, for machines too", async () => {
  const { code, stdout } = await run("doctor", "--stack", "dev", "--json");
  const { findings, nodes } = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(nodes).toEqual([
    { name: "cp1", address: "192.168.56.10", reached: false },
    { name: "w1", address: "192.168.56.11", reached: false },
  ]);
  expect(findings.filter(({ node }: { node?: string }) => node !== undefined)).toMatchObject([
    { severity: "error", node: "cp1", path: "nodes[0]" },
    { severity: "error", node: "w1", path: "nodes[1]" },
  ]);
});
