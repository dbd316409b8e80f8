import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expectGolden } from "../golden";
import { run } from "../run";
import { inProject } from "../stacks";

inProject();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-migrate-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["lab", "vxlan", undefined],
  ["lab", "flannel", "vxlan"],
  ["lab", "bridge", "flannel"],
  ["dev", "flannel", "weave"],
  ["prod-example", "vxlan", "calico"],
  ["dev", "bridge", "cilium"],
] as const)("%s to %s from %s", async (stack, to, from) => {
  const { code, stdout, stderr } = await run("migrate", "--stack", stack, "--to", to, ...(from ? ["--from", from] : []));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expectGolden(`${stack}/migrate-to-${to}.txt`, stdout);
});

/** A copy of the stack dev with another section cni. */
function stackWithCni(cni: string): string {
  const file = path.join(folder, "stack.yaml");
  writeFileSync(file, readFileSync("stacks/Pulumi.dev.yaml", "utf8").replace("config:\n", `config:\n  plumbline:cni: ${cni}\n`));
  return file;
}

test("for machines", async () => {
  const { code, stdout } = await run("migrate", "--stack", "lab", "--from", "flannel", "--to", "bridge", "--json");
  expect(code).toBe(0);
  const migration = JSON.parse(stdout);
  expect(Object.keys(migration)).toEqual(["from", "to", "mtu", "restarts", "window", "steps", "back"]);
  expect(migration).toMatchObject({ from: "flannel", to: "bridge", mtu: { before: 1450, after: 1500 }, restarts: "no pod" });
  expect(migration.steps.map(({ write }: { write: object }) => write)).toEqual([
    { cni: { provider: "bridge", alongside: "flannel" } },
    { cni: { provider: "bridge" } },
  ]);
});

test("a stack that says weave can be read, and is where it starts from", async () => {
  const { code, stdout } = await run("migrate", "--stack", stackWithCni("{ provider: weave }"), "--to", "vxlan", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ from: "weave", to: "vxlan", restarts: "all pods" });
});

test("to where it is already", async () => {
  expect(await run("migrate", "--stack", "lab", "--to", "bridge")).toEqual({
    code: 2,
    stdout: "",
    stderr: "bridge is the pod network already. Name the one to change to (--to), or the one that the cluster has now (--from).\n",
  });
});

test("a stack that doesn't suit the other network says so before anything is begun", async () => {
  const { code, stdout, stderr } = await run("migrate", "--stack", stackWithCni("{ mtu: 1480 }"), "--to", "vxlan");
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: "",
    stderr: "cni.mtu: 1480 bytes don't fit: 1500 - 50 (VXLAN) leaves 1450.\n  Write 1450, or leave cni.mtu out: it is computed then.\n",
  });
});

test("an unknown network", async () => {
  expect(await run("migrate", "--stack", "lab", "--to", "kubenet")).toMatchObject({ code: 2, stdout: "" });
});

test.each([
  [["--yes"], "--apply and --yes belong to --run: without it nothing is changed.\n"],
  [["--run", "--json"], "--run shows its progress to people; leave --json out. The steps as JSON: without --run.\n"],
  [["--run"], "The stack names no cluster.kubeconfig: nodes are cordoned and drained through the cluster's API.\n"],
])("what can't be run: %j", async (words, stderr) => {
  const file = stackWithCni("{ provider: bridge }");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^ *kubeconfig:.*\n/m, ""));
  expect(await run("migrate", "--stack", file, "--to", "vxlan", ...words)).toEqual({ code: 2, stdout: "", stderr });
});
