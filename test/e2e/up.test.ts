import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import {
  expectVerified,
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
let iptables: string;
let onHosts: string;

beforeAll(async () => {
  await startTestLab();
  stack = stackFile("Pulumi.lab");
  iptables = stackFile("iptables", (text) => text.replace("mode: nftables", "mode: iptables"));
  onHosts = stackFile("on-hosts", (text) =>
    text.replace("mode: nftables", "mode: nftables\n    runs: host\n    host: {binary: /usr/bin/kube-proxy}"),
  );
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

test("a second up changes nothing and dials no host", async () => {
  const counts = await Promise.all(nodes.map(logins));
  expect(await pulumi(stack, "up", "--yes", "--skip-preview")).toMatch(/33 unchanged/);
  expect(await Promise.all(nodes.map(logins))).toEqual(counts.map((count) => count + 1));
}, 240_000);

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

/** The host's service of that name. */
const services = () =>
  Promise.all(
    nodes.map((node) => on(node, "systemctl is-active kube-proxy.service || true; ls /etc/systemd/system | grep kube-proxy || true")),
  );

describe("kube-proxy, under requests of a pod to a service with its backend on another node", () => {
  beforeAll(async () => {
    await startServer("server", "w2");
    await kubectl("expose pod server --port=8080");
    await startClient("client", "w1", (await kubectl("get service server -o jsonpath='{.spec.clusterIP}'")).trim());
  }, 120_000);

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

/** Credentials for kube-proxy on some hosts. */
async function give(kubeconfig: string, ...hosts: string[]): Promise<void> {
  const text = Buffer.from(kubeconfig).toString("base64");
  for (const host of hosts) await on(host, `echo ${text} | base64 -d | sudo install -m 600 /dev/stdin /etc/kubernetes/kube-proxy.conf`);
}
const credentials = (user: string) => on("cp1", `sudo kubeadm kubeconfig user --client-name=${user} --config=/etc/kubeadm/config.yaml`);
const deletePods = () => kubectl("-n kube-system delete daemonset kube-proxy --cascade=foreground");

describe("kube-proxy as a service of the hosts, under the same requests", () => {
  test("refused beside kubeadm's pods, and with credentials that the API server doesn't take; nothing is changed", async () => {
    const good = await credentials("system:kube-proxy");
    await give(good.replace(/^ *client-(certificate|key)-data: .*\n/gm, "").replace(/ user:$/m, " user:\n    token: wrong"), "w1");
    await give(await credentials("somebody"), "w2");
    const { stdout } = await plumbline("doctor", "--stack", onHosts);
    const file = "kube-proxy-kubeconfig /etc/kubernetes/kube-proxy.conf:";
    expect(stdout).toContain(`${file} isn't there.`);
    expect(stdout).toContain(`${file} the API server doesn't know these credentials (HTTP 401): another cluster's, or expired.`);
    expect(stdout).toContain(`${file} its user may not list services (HTTP 403).`);

    const said = await pulumi(onHosts, "up", "--yes", "--skip-preview").catch((error: Error) => error.message);
    expect(said).toContain("(HTTP 401): another cluster's, or expired; make them anew on a control plane");
    expect(said).toContain("kube-proxy-alone kube-proxy.service: a pod's kube-proxy runs here");
    expect(said).toContain("kubectl -n kube-system delete daemonset kube-proxy");
    expect(await services()).toEqual(nodes.map(() => "inactive\n"));
    await give(good, ...nodes);
  }, 120_000);

  // Rules of the one before stay in force until the next one's are there.
  test("from pods to a service of the hosts: at most one request is lost, and verify passes", async () => {
    await deletePods();
    expect(await lostBy(onHosts)).toBeLessThanOrEqual(1);
    expect(await services()).toEqual(nodes.map(() => "active\nkube-proxy.service\n"));
    expect(await kubectl("-n kube-system get daemonsets -o name")).toBe("");
    await expectVerified(onHosts, { "pod to ClusterIP": 3, "pod to ClusterIP, UDP": 3, "NodePort from outside": 3 });
  }, 360_000);

  test("and back: at most one request is lost, and the pods are kubeadm's again", async () => {
    const before = (await requests("client")).lost;
    // In the mode of the services, which still run: two of one mode write the same rules.
    await on(
      "cp1",
      `sed 's/^kind: KubeProxyConfiguration/&\\nmode: nftables/' /etc/kubeadm/config.yaml >/tmp/kubeadm.yaml && sudo kubeadm init phase addon kube-proxy --config=/tmp/kubeadm.yaml`,
    );
    await kubectl("-n kube-system rollout status daemonset kube-proxy --timeout=60s");
    await pulumi(stack, "up", "--yes", "--skip-preview");
    expect((await requests("client")).lost - before).toBeLessThanOrEqual(1);
    expect(await services()).toEqual(nodes.map(() => "inactive\n"));
    expect(await kubectl("-n kube-system get daemonset kube-proxy -o jsonpath='{.status.numberReady}'")).toBe("3");
    expect(await modes()).toEqual(nodes.map(() => "nftables\n"));
  }, 240_000);
});

/** What of the API server's services answers on a node, through kube-proxy's rules. */
const apiService = (node: string) => on(node, "curl -sk -m 5 https://10.96.0.1/healthz");

test("a rebooted host comes back with its network, and its kube-proxy", async () => {
  await deletePods();
  await pulumi(onHosts, "up", "--yes", "--skip-preview");
  await reboot("w2");
  expect(await on("w2", "ip route show proto 117")).toContain("10.244.1.0/24 via");
  expect(await on("w2", "sudo nft list table inet plumbline")).toContain("SSH for administrators (failsafe)");
  await kubectl("wait --for=condition=Ready node/w2 --timeout=60s");
  await waitFor(async () => expect(await apiService("w2")).toBe("ok"), 60);
  expect(await on("w2", "systemctl is-active kube-proxy.service")).toBe("active\n");
}, 360_000);

test("destroy brings every host back to what it was, and leaves kubeadm's objects working", async () => {
  await kubectl("delete pod/client pod/server service/server --wait=false");
  await pulumi(stack, "destroy", "--yes", "--skip-preview");
  for (const node of nodes) expect({ node, state: await on(node, snapshot) }).toEqual({ node, state: before.get(node) });
  expect(await kubectl("get namespaces --no-headers")).not.toMatch(/traefik|plumbline/);
  expect(await kubectl("get configmap coredns -n kube-system -o jsonpath='{.data.Corefile}'")).toContain("kubernetes cluster.local");
  expect(await kubectl("get deployment coredns -n kube-system -o jsonpath='{.spec.replicas}'")).toBe("2");

  // kube-proxy ran on the hosts: it is gone with them, and kubeadm brings its pods back, in its own mode.
  expect(await services()).toEqual(nodes.map(() => "inactive\n"));
  await on("cp1", "sudo kubeadm init phase addon kube-proxy --config=/etc/kubeadm/config.yaml");
  await kubectl("-n kube-system rollout status daemonset kube-proxy --timeout=60s");
  expect(await modes()).toEqual(nodes.map(() => "iptables\n"));
  for (const node of nodes) expect(await apiService(node)).toBe("ok");
}, 300_000);
