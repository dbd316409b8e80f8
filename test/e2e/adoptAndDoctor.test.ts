import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { kubectl, on, plumbline, stackFile, startTestLab, stateFolder, stopTestLab, testLab } from "./support/testLab";

/** What is read of a cluster as kubeadm leaves it: adopt writes it into the stack file, doctor judges it. Neither changes anything. */

/** A stack file that knows the lab's addresses and nothing of what kubeadm gave out. */
const unpinned = (text: string) => text.replaceAll(/,\s*podCIDRs: \[10\.244\.\d+\.0\/24\]/g, "");

const nodes = ["cp1", "w1", "w2"];
const pins: string[] = [];

beforeAll(async () => {
  await startTestLab();
  pins.push(...(await kubectl("get nodes cp1 w1 w2 -o jsonpath='{.items[*].spec.podCIDR}'")).trim().split(" "));
}, 240_000);

afterAll(stopTestLab, 60_000);

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
}, 240_000);

test("what the stack says wrong about the cluster is put right, and a range of services that was added comes over", async () => {
  const range = "{ apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: { name: more }, spec: { cidrs: [10.112.0.0/16] } }";
  await on("cp1", `echo '${range}' | kubectl create -f -`);
  const stack = stackFile("Pulumi.wrong", (text) =>
    text.replace("serviceCIDRs: [10.96.0.0/16]", "serviceCIDRs: [10.97.0.0/16]\n    domain: wrong.example"),
  );
  const { code, stdout } = await plumbline("adopt", "--stack", stack, "--yes", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).changes).toMatchObject([
    { path: "cluster.domain", declared: "wrong.example", live: "cluster.local" },
    { path: "cluster.serviceCIDRs", declared: "10.97.0.0/16", live: "10.96.0.0/16" },
    { path: "cluster.additionalServiceCIDRs", declared: "none (default)", live: "10.112.0.0/16" },
  ]);
  expect(readFileSync(stack, "utf8")).toContain("additionalServiceCIDRs: [10.112.0.0/16]");
  await kubectl("delete servicecidr more");
}, 120_000);

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
}, 120_000);

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
}, 60_000);

interface Report {
  readonly findings: readonly { severity: string; node?: string; path?: string; message: string }[];
  readonly nodes: readonly { name: string; reached: boolean; leases?: readonly { used: number; stale: number }[] }[];
}

async function doctor(stack: string): Promise<{ code: number; report: Report }> {
  const { code, stdout } = await plumbline("doctor", "--stack", stack, "--json");
  return { code, report: JSON.parse(stdout) as Report };
}

/** What of Plumbline's is on a host. */
const traces = () => on("w1", "sudo sh -c 'ls -d /var/lib/plumbline /run/plumbline* 2>/dev/null; true'");

test("hosts as kubeadm leaves them are ready", async () => {
  const { code, report } = await doctor(stackFile("doctor"));
  expect(report.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
  expect(report.nodes.map(({ name, reached }) => [name, reached])).toEqual([
    ["cp1", true],
    ["w1", true],
    ["w2", true],
  ]);
  expect(code).toBe(0);
  expect(await traces()).toBe("");
}, 240_000);

test("everything that is wrong, at once", async () => {
  await on(
    "w1",
    `sudo sh -c 'ip link add docker0 type bridge; ip address add 10.244.128.1/17 dev docker0
      ip tuntap add tun0 mode tun; ip address add 10.96.8.1/24 dev tun0
      ip route add 10.244.77.0/25 via ${testLab.gateway} proto static
      mkdir -p /var/lib/cni/networks/cbr0; echo gone >/var/lib/cni/networks/cbr0/10.244.1.7
      touch /etc/cni/net.d/05-other.conflist'`,
  );
  await on("w2", "sudo sh -c 'ip link add cni0 type bridge; ip address add 10.85.0.1/16 dev cni0'");
  const id = (await on("w1", "cat /etc/machine-id")).trim();
  await on("w2", `sudo sh -c 'echo ${id} >/etc/machine-id'`);
  const stack = stackFile("broken", (text) => text.replace("serviceCIDRs: [10.96.0.0/16]", "serviceCIDRs: [10.96.0.0/17]"));
  const { code, report } = await doctor(stack);
  const found = report.findings.map(({ severity, node = "", message }) => `${severity} ${node}: ${message}`);
  expect(found).toEqual(
    expect.arrayContaining([
      "error w1: the network of the interface docker0 (bridge), 10.244.128.0/17 overlaps cluster.podCIDRs[0] 10.244.0.0/16.",
      "error w1: the network of the interface tun0 (tun), 10.96.8.0/24 overlaps cluster.serviceCIDRs[0] 10.96.0.0/17.",
      "error w1: a route (static) sends 10.244.77.0/25 out by host0, and cluster.podCIDRs[0] 10.244.0.0/16 overlaps it.",
      "error w1: cni-winner /etc/cni/net.d/10-plumbline.conflist: /etc/cni/net.d/05-other.conflist sorts before it, so the container runtime takes that one.",
      "error w2: the bridge cni0 is there already and has 10.85.0.1, which isn't in the node's pod range 10.244.2.0/24: no pod would start.",
      `warning w2: has the same machine-id as w1 (${id}): DHCP gives them one address, and their journals mix.`,
      "info w1: the network cbr0 has 1 address given to pods that are gone: 10.244.1.7.",
      "error : the stack says 10.96.0.0/17, the cluster has 10.96.0.0/16.",
    ]),
  );
  expect(found.filter((text) => text.startsWith("error"))).toHaveLength(6);
  expect(report.nodes[1]?.leases).toMatchObject([{ used: 1, stale: 1 }]);
  expect(code).toBe(1);
  expect(await traces()).toBe("");
}, 240_000);
