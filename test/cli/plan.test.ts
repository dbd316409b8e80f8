import { expectGolden } from "./golden";
import { run } from "./run";
import { inProject, stacks } from "./stacks";

inProject();

test.each(stacks)("plan of the stack %s", async (stack) => {
  const { code, stdout, stderr } = await run("plan", "--stack", stack);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expectGolden(`${stack}/plan.txt`, stdout);
});

test("plan for machines", async () => {
  const { code, stdout } = await run("plan", "--stack", "dev", "--json");
  expect(code).toBe(0);
  const plan = JSON.parse(stdout);
  expect(Object.keys(plan)).toEqual(["cluster", "nodes", "ranges", "services", "flows", "mtu", "capacity", "fullest", "waves", "findings"]);
  expect(plan.nodes).toEqual([
    {
      name: "cp1",
      roles: ["control-plane", "etcd"],
      address: "192.168.56.10",
      addresses: ["192.168.56.10"],
      podCIDRs: ["10.244.10.0/24"],
      source: "computed",
    },
    {
      name: "w1",
      roles: ["worker"],
      address: "192.168.56.11",
      addresses: ["192.168.56.11"],
      podCIDRs: ["10.244.11.0/24"],
      source: "computed",
    },
  ]);
  expect(plan.flows[0]).toEqual({
    from: "any",
    to: "nodes",
    protocol: "tcp",
    ports: [{ from: 22, to: 22 }],
    published: false,
    why: "SSH for administrators (failsafe)",
    part: "node",
  });
  expect(plan.waves).toEqual([["w1"], ["cp1"]]);
  expect(plan.findings).toEqual([]);
});

test("one node: its ports, routes and masquerading", async () => {
  const { code, stdout } = await run("plan", "--stack", "lab", "--node", "w1", "--json");
  expect(code).toBe(0);
  const [node, ...others] = JSON.parse(stdout).nodes;
  expect(others).toEqual([]);
  expect(node.name).toBe("w1");
  expect(node.routes).toEqual([
    { destination: "10.244.0.0/24", via: "10.100.0.20" },
    { destination: "10.244.2.0/24", via: "10.100.0.22" },
    { destination: "10.244.0.0/16" },
  ]);
  expect(node.masquerade).toEqual([{ from: "10.244.1.0/24", why: "pods leave the cluster with the node's address" }]);
  const ports = node.openPorts.flatMap((flow: { ports: { from: number }[] }) => flow.ports.map(({ from }) => from));
  expect([...new Set(ports)].sort((a, b) => Number(a) - Number(b))).toEqual([22, 80, 443, 10250, 30000]);
});

test("one node, for people", async () => {
  const { code, stdout } = await run("plan", "--stack", "lab", "--node", "w1");
  expect(code).toBe(0);
  expectGolden("lab/plan-node-w1.txt", stdout);
});

test("a node that isn't there", async () => {
  expect(await run("plan", "--stack", "lab", "--node", "w11")).toEqual({
    code: 2,
    stdout: "",
    stderr: "stacks/Pulumi.lab.yaml has no node w11. Did you mean w1?\n",
  });
});

test("--cluster needs a cluster to ask", async () => {
  const { code, stdout, stderr } = await run("plan", "--stack", "dev", "--cluster");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^cluster\.kubeconfig: \S*dev\.kubeconfig doesn't exist\. Copy the cluster's there;/);
});
