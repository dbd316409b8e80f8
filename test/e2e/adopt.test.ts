import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { kubectl, plumbline, stackFile, startTestLab, stateFolder, stopTestLab, testLab } from "./support/testLab";

/** A stack file that knows the lab's addresses and nothing of what kubeadm gave out. */
const unpinned = (text: string) => text.replaceAll(/,\s*podCIDRs: \[10\.244\.\d+\.0\/24\]/g, "");

const nodes = ["cp1", "w1", "w2"];
const pins: string[] = [];

beforeAll(async () => {
  await startTestLab();
  pins.push(...(await kubectl("get nodes cp1 w1 w2 -o jsonpath='{.items[*].spec.podCIDR}'")).trim().split(" "));
}, 120_000);

afterAll(stopTestLab, 30_000);

test("the pod ranges that kubeadm gave the nodes become pins, and nothing else of the file changes", async () => {
  const stack = stackFile("Pulumi.pins", unpinned);
  const before = readFileSync(stack, "utf8");
  const shown = await plumbline("adopt", "--stack", stack, "--dry-run");
  expect(shown.code).toBe(1);
  for (const [index, pin] of pins.entries())
    expect(shown.stdout).toMatch(new RegExp(`^nodes\\[${index}\\]\\.podCIDRs +\\S+ \\(computed\\) +${pin}$`, "m"));
  expect(readFileSync(stack, "utf8")).toBe(before);

  expect((await plumbline("adopt", "--stack", stack, "--yes")).code).toBe(0);
  const after = readFileSync(stack, "utf8").split("\n");
  const changed = after.filter((line, index) => line !== before.split("\n")[index]);
  expect(changed).toHaveLength(nodes.length);
  for (const [index, node] of nodes.entries())
    expect(changed[index]).toMatch(new RegExp(`name: ${node}, .*podCIDRs: \\[${pins[index]}\\]`));

  const again = await plumbline("adopt", "--stack", stack, "--json");
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ changes: [], hostKeys: [], written: false });
  expect((await plumbline("check", "--stack", stack)).code).toBe(0);
}, 60_000);

test("what the stack says wrong about the cluster is put right", async () => {
  const stack = stackFile("Pulumi.wrong", (text) =>
    text.replace("serviceCIDRs: [10.96.0.0/16]", "serviceCIDRs: [10.97.0.0/16]\n    domain: wrong.example"),
  );
  const { code, stdout } = await plumbline("adopt", "--stack", stack, "--yes", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).changes).toMatchObject([
    { path: "cluster.domain", declared: "wrong.example", live: "cluster.local" },
    { path: "cluster.serviceCIDRs", declared: "10.97.0.0/16", live: "10.96.0.0/16" },
  ]);
}, 60_000);

test("host keys of hosts that nobody knows yet, client included, are the ones that the hosts have", async () => {
  const known = path.join(stateFolder, "adopted_known_hosts");
  const stack = stackFile("Pulumi.keys", (text) => text.replace(/knownHosts: [^,}]+/, "knownHosts: adopted_known_hosts"));
  expect(existsSync(known)).toBe(false);
  const { code, stdout } = await plumbline("adopt", "--stack", stack, "--yes");
  expect(stdout).toContain("Nobody has vouched for these keys yet.");
  expect(code).toBe(0);
  const lab = readFileSync(
    path.join(__dirname, "..", "..", ".lab", testLab.number === 0 ? "" : `lab${testLab.number}`, "known_hosts"),
    "utf8",
  );
  const lines = (text: string) => text.trim().split("\n").sort();
  expect(lines(readFileSync(known, "utf8"))).toEqual(lines(lab));
}, 60_000);

test("an API server that doesn't answer is a plain message", async () => {
  const kubeconfig = path.join(stateFolder, "down.kubeconfig");
  const server = "https://127.0.0.1:1";
  const entry = {
    clusters: [{ name: "c", cluster: { server } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    users: [{ name: "u", user: {} }],
  };
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": "c", ...entry }));
  expect(await plumbline("adopt", "--stack", stackFile("Pulumi.down"), "--kubeconfig", kubeconfig)).toEqual({
    code: 2,
    stdout: "",
    stderr: `The API server ${server} can't be reached: connect ECONNREFUSED 127.0.0.1:1. Is it the right kubeconfig, and does the server answer from here?\n`,
  });
}, 30_000);
