import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import {
  initStack,
  kubectl,
  on,
  plumbline,
  pulumi,
  stackFile,
  startTestLab,
  stateFolder,
  stopTestLab,
  testLab,
  waitFor,
} from "./support/testLab";
import { requests, startClient, startServer } from "./support/traffic";

/** From a cluster as kubeadm leaves it to one that works, and back. The tests build on each other, as a user's day does. */
const nodes = ["cp1", "w1", "w2"];
const [w1, w2] = [testLab.address(21), testLab.address(22)];

/** What Plumbline may change on a host; sysctls of single interfaces come and go with pods. */
const snapshot = [
  "sudo sysctl net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.forwarding net.ipv4.conf.default.forwarding",
  "ip route show proto static; ip route show proto 117; ip route show type blackhole",
  "sudo nft list tables | grep plumbline || true",
  "sudo find /etc/cni /etc/systemd /etc/sysctl.d /var/lib/plumbline /run/plumbline -type d -printf '%p %m %u\\n' -o -printf '%p %m %u %s %T@\\n' 2>/dev/null | sort",
].join("; ");

const before = new Map<string, string>();
let stack: string;

beforeAll(async () => {
  await startTestLab();
  stack = stackFile("Pulumi.lab");
  await initStack();
  for (const node of nodes) before.set(node, await on(node, snapshot));
}, 240_000);

afterAll(stopTestLab, 60_000);

/** SSH log-ins that a host has seen, without the one that asks. */
async function logins(host: string): Promise<number> {
  return Number(await on(host, "sudo journalctl -u ssh | grep -c 'Accepted publickey'")) - 1;
}

test("a bare kubeadm cluster has no network", async () => {
  expect(await kubectl("get nodes --no-headers")).toMatch(/^(.*NotReady.*\n){3}$/);
  expect(await kubectl("get pods -n kube-system -l k8s-app=kube-dns -o jsonpath='{.items[*].status.phase}'")).toBe("Pending Pending");
}, 60_000);

test("a pod range that the cluster gave otherwise is refused, and nothing is changed", async () => {
  const swapped = stackFile("swapped", (text) => text.replace("podCIDRs: [10.244.1.0/24]", "podCIDRs: [10.244.9.0/24]"));
  const failure = await pulumi(swapped, "up", "--yes", "--skip-preview").catch((error: Error) => error.message);
  expect(failure).toContain(
    "plumbline: w1: node-pod-cidrs 10.244.9.0/24: the cluster gave this node 10.244.1.0/24; plumbline adopt writes that into the stack",
  );
  for (const node of nodes) expect({ node, state: await on(node, snapshot) }).toEqual({ node, state: before.get(node) });
}, 240_000);

test("up makes it Ready, and costs each host two connections", async () => {
  const counts = await Promise.all(nodes.map(logins));
  const output = await pulumi(stack, "up", "--yes", "--skip-preview");
  expect(output).toMatch(/\+ \d+ created/);
  const after = await Promise.all(nodes.map(logins));
  // Two of Pulumi's, and the one that counted before.
  expect(after.map((count, index) => count - (counts[index] ?? 0))).toEqual([3, 3, 3]);
  expect(await kubectl("wait --for=condition=Ready node --all --timeout=30s")).toMatch(/^(.*condition met\n){3}$/);
  expect(await on("client", `curl -sS -m 5 -H 'Host: hello.lab.test' http://${w1}/hostname`)).toMatch(/^hello-/);
}, 360_000);

async function reboot(node: string): Promise<void> {
  const started = () => on(node, "ps -o lstart= -p 1");
  const before = await started();
  await on(node, "sudo systemctl reboot").catch(() => undefined); // The connection breaks with the host.
  await waitFor(async () => expect(await started()).not.toBe(before), 60);
  await waitFor(() => on(node, "systemctl is-active plumbline.service plumbline-routes.service kubelet.service"), 60);
}

/** What verify finds that isn't well. */
async function everyCheck(file: string) {
  const { code, stdout } = await plumbline("verify", "--stack", file, "--json");
  const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; detail: string }[] };
  expect(checks.length).toBeGreaterThan(20);
  return { code, failures: checks.filter(({ status }) => status !== "passed") };
}

test("every check of verify passes", async () => {
  expect(await everyCheck(stack)).toEqual({ code: 0, failures: [] });
}, 240_000);

test("a second up changes nothing and dials no host", async () => {
  const counts = await Promise.all(nodes.map(logins));
  expect(await pulumi(stack, "up", "--yes", "--skip-preview")).toMatch(/33 unchanged/);
  expect(await Promise.all(nodes.map(logins))).toEqual(counts.map((count) => count + 1));
}, 240_000);

describe("kube-proxy, under requests of a pod to a service with its backend on another node", () => {
  let iptables: string;
  let onHosts: string;

  /** Applies another stack, and gives the requests that were lost meanwhile; proves that there were some. */
  async function lostBy(file: string): Promise<number> {
    const before = await requests("client");
    await pulumi(file, "up", "--yes", "--skip-preview");
    const after = await requests("client");
    expect(after.answered - before.answered).toBeGreaterThan(20);
    return after.lost - before.lost;
  }

  /** Which modes have left rules on each node. */
  const modes = () =>
    Promise.all(
      nodes.map((node) =>
        on(
          node,
          "sudo iptables-save -t nat | grep -q KUBE-SVC && echo iptables; sudo nft list table ip kube-proxy >/dev/null 2>&1 && echo nftables; true",
        ),
      ),
    );

  beforeAll(async () => {
    iptables = stackFile("iptables", (text) => text.replace("mode: nftables", "mode: iptables"));
    onHosts = stackFile("on-hosts", (text) =>
      text.replace("mode: nftables", "mode: nftables\n    runs: host\n    host: {binary: /usr/bin/kube-proxy}"),
    );
    await startServer("server", "w2");
    await kubectl("expose pod server --port=8080");
    await startClient("client", "w1", (await kubectl("get service server -o jsonpath='{.spec.clusterIP}'")).trim());
  }, 120_000);

  afterAll(() => kubectl("delete pod/client pod/server service/server --wait=false"), 30_000);

  test("preview says what a change of the mode means on this cluster", async () => {
    const preview = await pulumi(iptables, "preview");
    expect(preview).toContain("kube-proxy changes from nftables to iptables, node by node.");
    expect(preview).toContain("NodePorts, and health check NodePorts, answer on every address of a node.");
  }, 180_000);

  // A node is without rules for a moment between the two; a request that falls into it waits for a second at most.
  test("nftables to iptables and back: hardly a request is lost, and nothing of the other mode is left", async () => {
    expect(await modes()).toEqual(nodes.map(() => "nftables\n"));
    expect(await lostBy(iptables)).toBeLessThanOrEqual(3);
    expect(await modes()).toEqual(nodes.map(() => "iptables\n"));
    expect(await lostBy(stack)).toBeLessThanOrEqual(3);
    expect(await modes()).toEqual(nodes.map(() => "nftables\n"));
  }, 240_000);

  /** The service on each node. */
  const services = () =>
    Promise.all(
      nodes.map((node) => on(node, "systemctl is-active kube-proxy.service || true; ls /etc/systemd/system | grep kube-proxy || true")),
    );

  test("as a service of the hosts: refused beside kubeadm's pods and without credentials, and nothing is changed", async () => {
    const said = await pulumi(onHosts, "up", "--yes", "--skip-preview").catch((error: Error) => error.message);
    expect(said).toContain("kube-proxy-kubeconfig /etc/kubernetes/kube-proxy.conf: isn't there; make it on a control plane");
    expect(said).toContain("kube-proxy-alone kube-proxy.service: a pod's kube-proxy runs here");
    expect(said).toContain("kubectl -n kube-system delete daemonset kube-proxy");
    expect(await services()).toEqual(nodes.map(() => "inactive\n"));
  }, 120_000);

  test("from pods to a service of the hosts: hardly a request is lost, verify passes, and it comes back with a reboot", async () => {
    const kubeconfig = await on("cp1", "sudo kubeadm kubeconfig user --client-name=system:kube-proxy --config=/etc/kubeadm/config.yaml");
    const give = `echo ${Buffer.from(kubeconfig).toString("base64")} | base64 -d | sudo install -m 600 /dev/stdin /etc/kubernetes/kube-proxy.conf`;
    for (const node of nodes) await on(node, give);
    await kubectl("-n kube-system delete daemonset kube-proxy --cascade=foreground");
    expect(await lostBy(onHosts)).toBeLessThanOrEqual(3);
    expect(await services()).toEqual(nodes.map(() => "active\nkube-proxy.service\n"));
    expect(await kubectl("-n kube-system get daemonsets -o name")).toBe("");
    expect(await everyCheck(onHosts)).toEqual({ code: 0, failures: [] });

    await reboot("w1");
    const answered = async () => (await requests("client")).answered;
    await waitFor(async () => expect(await answered()).toBeGreaterThan(0), 90);
    expect(await on("w1", "systemctl is-active kube-proxy.service")).toBe("active\n");
  }, 480_000);

  test("and back: hardly a request is lost, and the pods are kubeadm's again", async () => {
    // Its pods start in the mode iptables, so that they don't write the tables of the services that still run: two changes of the mode, each as above.
    await on("cp1", "sudo kubeadm init phase addon kube-proxy --config=/etc/kubeadm/config.yaml");
    expect(await lostBy(stack)).toBeLessThanOrEqual(2 * 3);
    expect(await services()).toEqual(nodes.map(() => "inactive\n"));
    expect(await kubectl("-n kube-system get daemonset kube-proxy -o jsonpath='{.status.numberReady}'")).toBe("3");
    expect(await modes()).toEqual(nodes.map(() => "nftables\n"));
  }, 240_000);
});

test("keys and kubeconfig are nowhere in the state", () => {
  const files = readdirSync(stateFolder, { recursive: true, encoding: "utf8" }).map((name) => path.join(stateFolder, name));
  const state = files.filter((file) => statSync(file).isFile() && file.endsWith(".json")).map((file) => readFileSync(file, "utf8"));
  expect(state.join("")).toContain("NodeNetwork");
  const text = readFileSync(stack, "utf8");
  const secretOf = (pattern: RegExp, line: RegExp) => readFileSync(pattern.exec(text)?.[1] ?? "", "utf8").match(line)?.[1] ?? "";
  const secrets = [secretOf(/privateKeyFile: ([^ },]+)/, /^(?!-)(\S{60,})$/m), secretOf(/kubeconfig: (\S+)/, /client-key-data: (\S{60,})/)];
  for (const secret of secrets) {
    expect(secret).not.toBe("");
    for (const content of state) expect(content.includes(secret.slice(0, 60))).toBe(false);
  }
});

test("preview shows a change as lines of the bundle, and up makes it so", async () => {
  const edited = stackFile("allow", (text) =>
    text.replace(
      /( *)admin: .*\n/,
      (line, indent) => `${line}${indent}allow: [{ from: ${testLab.gateway}/32, to: w1, tcp: [9100], why: node exporter }]\n`,
    ),
  );
  const preview = await pulumi(edited, "preview", "--diff");
  const rule = `ip saddr ${testLab.gateway} tcp dport 9100 accept comment "node exporter"`;
  expect(preview).toContain(`+ | \t\t${rule}`);
  expect(preview).toMatch(/~ 2 to update/);
  await pulumi(edited, "up", "--yes", "--skip-preview");
  expect(await on("w1", "sudo nft list table inet plumbline")).toContain(`9100 accept comment "node exporter"`);
  expect(await on("w2", "sudo nft list table inet plumbline")).not.toContain("node exporter");
}, 300_000);

test("removing a node removes its routes elsewhere and gives it back as it was", async () => {
  expect(await on("w1", "ip route show proto 117")).toContain(`10.244.2.0/24 via ${w2}`);
  const without = stackFile("without-w2", (text) => text.replace(/^.*name: w2.*\n/m, ""));
  await pulumi(without, "up", "--yes", "--skip-preview");
  expect(await on("w1", "ip route show proto 117")).not.toContain("10.244.2.0/24");
  expect(await on("cp1", "ip route show proto 117")).not.toContain("10.244.2.0/24");
  expect(await on("w2", snapshot)).toBe(before.get("w2"));
  await pulumi(stack, "up", "--yes", "--skip-preview");
  expect(await on("w1", "ip route show proto 117")).toContain(`10.244.2.0/24 via ${w2}`);
}, 360_000);

test("a mistake in the stack stops everything before a host is dialled", async () => {
  const counts = await Promise.all(nodes.map(logins));
  const wrong = stackFile("wrong", (text) => text.replace("mode: nftables", "mode: userspace").replace("10.96.0.0/16", "10.244.0.0/24"));
  const failure = await pulumi(wrong, "up", "--yes", "--skip-preview").catch((error: Error) => error.message);
  expect(failure).toContain('proxy.mode: "userspace" can\'t be used.');
  expect(failure).toContain("cluster.serviceCIDRs[0]: 10.244.0.0/24 overlaps cluster.podCIDRs[0] 10.244.0.0/16.");
  expect(failure).not.toMatch(/\n\s+at .*\.ts:\d+/);
  expect(await Promise.all(nodes.map(logins))).toEqual(counts.map((count) => count + 1));
}, 180_000);

test("a rebooted host comes back with its network", async () => {
  await reboot("w2");
  expect(await on("w2", "ip route show proto 117")).toContain("10.244.1.0/24 via");
  expect(await on("w2", "sudo nft list table inet plumbline")).toContain("SSH for administrators (failsafe)");
  await kubectl("wait --for=condition=Ready node/w2 --timeout=60s");
}, 300_000);

test("destroy brings every host back to what it was, and leaves kubeadm's objects working", async () => {
  await pulumi(stack, "destroy", "--yes", "--skip-preview");
  for (const node of nodes) expect({ node, state: await on(node, snapshot) }).toEqual({ node, state: before.get(node) });
  expect(await kubectl("get namespaces --no-headers")).not.toMatch(/traefik|plumbline/);
  expect(await kubectl("get daemonset kube-proxy -n kube-system -o jsonpath='{.status.numberReady}'")).toBe("3");
  expect(await kubectl("get configmap coredns -n kube-system -o jsonpath='{.data.Corefile}'")).toContain("kubernetes cluster.local");
}, 240_000);
