import { spawn } from "node:child_process";
import path from "node:path";
import type { Result } from "../../analysis/verify/check";
import { nodesAsNumber, routerAsNumber, routerSocket, stubPort, stubZone } from "../../lab/outside";
import { projectRoot } from "../../setup/paths";
import { installMetallb, startMetallb } from "./support/metallb";
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

/** Packets on a real cluster: that all arrive when all is well, and that what is broken by hand is found and told. */
let stack: string;

const secure = path.join(stateFolder, "secure");

/** The sample by other names, and the API server with its own TLS, through Gateway API. */
const gateway = `    gateways:
      - name: web
        namespace: plumbline-sample
        listeners:
          - {name: http, port: 80, protocol: HTTP}
          - {name: https, port: 443, protocol: HTTPS, hostname: secure.lab.test, tls: {files: {certificateFile: ${secure}.crt, keyFile: ${secure}.key}}}
          - {name: tls, port: 443, protocol: TLS, hostname: api.lab.test, tls: {mode: Passthrough}, allowedRoutes: {namespaces: {from: All}}}
    httpRoutes:
      - name: hello
        namespace: plumbline-sample
        hostnames: [gateway.lab.test, secure.lab.test]
        rules: [{matches: [{path: {value: /hostname}}], backendRefs: [{name: hello, port: 80}]}]
    tlsRoutes:
      - {name: api, parentRefs: [{name: web, namespace: plumbline-sample}], hostnames: [api.lab.test], rules: [{backendRefs: [{name: kubernetes, port: 443}]}]}
`;

/** Its stub domain is that of a name server beside the one that all other names go to. */
const withNames = (text: string) =>
  text
    .replace("    sample:", `${gateway}    sample:`)
    .replace(
      "  plumbline:verify:",
      `  plumbline:dns: {zones: [{zone: ${stubZone}, forward: ['${testLab.address(9)}:${stubPort}']}]}\n  plumbline:verify:`,
    );

const withMetallb = (text: string, pool: string, settings: string) =>
  text
    .replace(/( *)nodeCIDRs: .*\n/, (line, indent) => `${line}${indent}loadBalancerPools: [${pool}]\n`)
    .replace("  plumbline:verify:", `  plumbline:loadBalancer: {provider: metallb, metallb: {${settings}}}\n  plumbline:verify:`);
/** Free addresses of the lab's LAN for services of type LoadBalancer. */
const onLan = (text: string) => withMetallb(text, `{name: lan, range: ${testLab.address(240)}-${testLab.address(250)}}`, "");
/** Addresses to which there is no way but the one that nodes tell the client's router. */
const routed = (text: string) =>
  withMetallb(
    text,
    "{name: routed, cidr: 198.51.100.0/28}",
    `announce: bgp, asNumber: ${nodesAsNumber}, bgpPeers: [{address: ${testLab.address(9)}, asNumber: ${routerAsNumber}}]`,
  );

beforeAll(async () => {
  await startTestLab();
  stack = stackFile("Pulumi.lab", (text) => onLan(withNames(text)));
  await plumbline("ingress", "certificate", "--host", "secure.lab.test", "--out", secure);
  await initStack();
  // Before the cluster has a network. Its webhook comes when everything else is being made, so that it has to be waited for.
  await installMetallb();
  const late = async () => {
    await waitFor(() => kubectl("get namespace plumbline-sample"), 300);
    await startMetallb();
  };
  const [first] = await Promise.all([pulumi(stack, "up", "--yes"), late()]);
  expect(first).toContain("Waiting for the webhook that has to admit IPAddressPool lan");
}, 480_000);

afterAll(stopTestLab, 60_000);

async function verify(file = stack): Promise<{ code: number; checks: Result[] }> {
  const { code, stdout, stderr } = await plumbline("verify", "--stack", file, "--json");
  if (code === 2) throw new Error(`plumbline verify could not run:\n${stderr}`);
  return { code, checks: (JSON.parse(stdout) as { checks: Result[] }).checks };
}

const of = (checks: readonly Result[], status: Result["status"]) =>
  checks.filter((check) => check.status === status).map(({ name, from, to }) => `${name}: ${from} → ${to}`);
const detail = (checks: readonly Result[], name: string, from: string, to: string) =>
  checks.find((check) => check.name === name && check.from === from && check.to === to)?.detail;
const probeNamespaces = () => kubectl("get namespaces -o name -l app.kubernetes.io/managed-by=plumbline-verify");

test("all is well: every kind of check passes, none is skipped, and nothing is left behind", async () => {
  const { code, checks } = await verify();
  expect([...of(checks, "failed"), ...of(checks, "skipped")]).toEqual([]);
  expect(code).toBe(0);
  expect([...new Set(checks.map(({ name }) => name))].sort()).toEqual([
    "DNS A and AAAA of a service",
    "DNS PTR of a headless service's pod",
    "DNS PTR of a service",
    "DNS SRV of a headless service",
    "DNS SRV of a service",
    "DNS by TCP, big answer",
    "DNS of a headless service",
    "DNS of a pod's address",
    "DNS of a pod's host name",
    "DNS of a service",
    "DNS of a stub domain",
    "DNS of an ExternalName service",
    "DNS of an outside name",
    "DNS of no service",
    "DNS specification's version",
    "HTTP through the ingress",
    "HTTPS through the ingress",
    "LoadBalancer from outside",
    "NodePort from outside",
    "NodePort on another address",
    "TLS through the ingress",
    "as planned",
    "closed port",
    "externalTrafficPolicy Local",
    "no other nodes",
    "node is Ready",
    "open port",
    "path types",
    "pod ranges agree",
    "pod to API server's host",
    "pod to API service",
    "pod to ClusterIP",
    "pod to ClusterIP, UDP",
    "pod to itself by ClusterIP",
    "pod to pod, other node",
    "pod to pod, same node",
    "pod's resolv.conf",
    "pods' addresses",
    "service address",
    "session affinity",
    "short names",
    "unfragmented packets",
    "unknown host",
  ]);
  expect(checks.filter(({ name }) => name === "HTTP through the ingress").map(({ to }) => to)).toEqual([
    "hello.lab.test/hostname at w1",
    "gateway.lab.test/hostname at w2",
    "secure.lab.test/hostname at w1",
  ]);
  expect(checks.filter(({ name }) => name === "HTTPS through the ingress").map(({ to, detail }) => `${to}: ${detail}`)).toEqual([
    expect.stringMatching(/^secure\.lab\.test\/hostname at w2: https:\/\/secure\.lab\.test:443\/hostname: 200, hello-\S+$/),
  ]);
  expect(checks.filter(({ name }) => name === "TLS through the ingress").map(({ to, detail }) => `${to}: ${detail}`)).toEqual([
    "api.lab.test at w1: https://api.lab.test:443/: CN=kube-apiserver",
  ]);
  expect(await probeNamespaces()).toBe("");
}, 180_000);

test("a lost route: the pods of the two nodes don't reach each other, the others do", async () => {
  const w2 = testLab.address(22);
  await on("w1", "sudo ip route del 10.244.2.0/24");
  const { code, checks } = await verify();
  await on("w1", `sudo ip route add 10.244.2.0/24 via ${w2} proto 117`);
  expect(code).toBe(1);
  const pairs = (status: Result["status"]) =>
    of(
      checks.filter(({ name }) => name === "pod to pod, other node"),
      status,
    );
  const pair = (from: string, to: string) => `pod to pod, other node: pod on ${from} → pod on ${to}`;
  expect(pairs("failed")).toEqual([pair("w1", "w2"), pair("w2", "w1")]);
  expect(pairs("passed").sort()).toEqual([pair("cp1", "w1"), pair("cp1", "w2"), pair("w1", "cp1"), pair("w2", "cp1")]);
  expect(detail(checks, "pod to pod, other node", "pod on w1", "pod on w2")).toMatch(
    /^10\.244\.1\.\d+: no answer from 10\.244\.2\.\d+ within 3 s: dropped on the way; see `plumbline plan --node w1` and `plumbline plan --node w2`$/,
  );
}, 180_000);

test("a firewall that isn't there: open ports that should be closed are failures", async () => {
  await on("w2", "sudo nft delete table inet plumbline");
  const { code, checks } = await verify();
  await on("w2", "sudo systemctl restart plumbline.service");
  expect(code).toBe(1);
  // 7946 is that of MetalLB's speakers. 10249 is kube-proxy's on loopback: refused without a firewall too.
  expect(of(checks, "failed").filter((line) => line.startsWith("closed port: client"))).toEqual(
    [22, 7946, 10250, 10256].map((port) => `closed port: client → w2 ${port}`),
  );
  expect(detail(checks, "closed port", "client", "w2 10250")).toBe(
    `${testLab.address(22)}:10250 accepts a connection from client, which no flow of the plan allows: is the firewall in force? See \`nft list table inet plumbline\` on w2.`,
  );
  expect(detail(checks, "closed port", "client", "w2 10249")).toBe(`${testLab.address(22)}:10249 is refused`);
  expect(detail(checks, "closed port", "client", "w1 10250")).toBe(`${testLab.address(21)}:10250 is dropped`);
}, 180_000);

test("an edited Corefile, and services without kube-proxy's rules on one node", async () => {
  const corefile = await kubectl("get configmap coredns -n kube-system -o jsonpath='{.data.Corefile}'");
  const patch = (text: string) =>
    kubectl(`patch configmap coredns -n kube-system --type merge -p '${JSON.stringify({ data: { Corefile: text } })}'`);
  await patch(corefile.replace("errors", "errors\n    log"));
  // Everything on its way to a new service address is dropped before kube-proxy sees it.
  await on(
    "w1",
    "sudo nft 'add table ip broken; add chain ip broken pre { type filter hook prerouting priority -300; }; add rule ip broken pre ip daddr 10.96.0.128-10.96.255.255 drop'",
  );
  const { code, checks } = await verify();
  await on("w1", "sudo nft delete table ip broken");
  await patch(corefile);
  expect(code).toBe(1);
  expect(of(checks, "failed")).toEqual([
    "as planned: API server → ConfigMap kube-system/coredns",
    "pod to ClusterIP: pod on w1 → service before the second pod on w1",
    "pod to ClusterIP, UDP: pod on w1 → service before the second pod on w1",
    "pod to itself by ClusterIP: second pod on w1 → service before the second pod on w1",
    "session affinity: pod on w1 → service before 2 pods",
    "short names: pod on w1 → services",
  ]);
  expect(detail(checks, "as planned", "API server", "ConfigMap kube-system/coredns")).toMatch(
    /^data\.Corefile is another one: line 3 is "log" instead of ".*"\. `pulumi up --refresh` brings it back\.$/,
  );
}, 180_000);

test("a node that the cluster doesn't have, and a client that shows another key", async () => {
  const other = stackFile("other", (text) =>
    text
      .replace("    - {name: w2,", `    - {name: w3, address: ${testLab.address(23)}, podCIDRs: [10.244.3.0/24]}\n    - {name: w2,`)
      .replace(/knownHosts: \S+,/, `knownHosts: ${path.join(projectRoot, "package.json")},`),
  );
  const { code, checks } = await verify(other);
  expect(code).toBe(1);
  expect(detail(checks, "node is Ready", "API server", "w3")).toBe(
    "the cluster has no such node. Has it joined, and under this name? See `kubectl get nodes`.",
  );
  expect(detail(checks, "pod to pod, other node", "pod on w1", "pod on w3")).toBe(
    "the probe pod on w3 is not started: the cluster has no such node",
  );
  expect(detail(checks, "NodePort from outside", "client", `w1 ${testLab.address(21)}`)).toBe(
    `SSH to ops@${testLab.address(9)}: its host key isn't known. Run \`plumbline adopt\`, or \`ssh\` there once and compare the key.`,
  );
  expect(of(checks, "passed")).toContain("pod to pod, other node: pod on w1 → pod on w2");
}, 180_000);

/** Starts `plumbline verify` and waits until its probes are being made. */
async function started() {
  const child = spawn(process.execPath, [path.join(projectRoot, "bin", "plumbline.js"), "verify", "--stack", stack], {
    cwd: projectRoot,
    env: { ...process.env, NO_COLOR: "1" },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  while (!stderr.includes("Making")) await new Promise((resolve) => setTimeout(resolve, 50));
  return { child, ended, stderr: () => stderr };
}

test("interrupted: the probes are removed, exit code 2", async () => {
  const run = await started();
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(2);
  expect(run.stderr()).toMatch(/> Removing the probe pods\nInterrupted; the probe pods are removed\.\n$/);
  expect(await probeNamespaces()).toBe("");
}, 120_000);

test("killed: the next run removes what is left", async () => {
  const run = await started();
  run.child.kill("SIGKILL");
  await run.ended;
  expect(await probeNamespaces()).toMatch(/^namespace\/plumbline-verify-[0-9a-f]{8}\n$/);
  const { code } = await verify();
  expect(code).toBe(0);
  expect(await probeNamespaces()).toBe("");
}, 180_000);

/** The nodes of which doctor says that they have no session with a router. */
async function withoutSession(file: string): Promise<string[]> {
  const { stdout } = await plumbline("doctor", "--stack", file, "--json");
  const { findings } = JSON.parse(stdout) as { findings: { node: string; message: string }[] };
  return findings.filter(({ message }) => message.includes("has no BGP session with")).map(({ node }) => node);
}

test("BGP: a router outside is told where a pool is, and asked through it; doctor says which nodes have no session with it", async () => {
  const bgp = stackFile("bgp", (text) => routed(withNames(text)));
  await pulumi(bgp, "up", "--yes", "--skip-preview");
  const { checks } = await verify(bgp);
  expect(of(checks, "failed")).toEqual([]);
  const { detail: asked } = checks.find(({ name }) => name === "LoadBalancer from outside") ?? {};
  expect(asked).toMatch(/^198\.51\.100\.\d+:8080$/);

  const sessions = await on("client", `sudo birdc -s ${routerSocket} show protocols`);
  expect(sessions.match(/ Established/g)).toHaveLength(3);
  expect(await withoutSession(bgp)).toEqual([]);
  await on("client", "sudo systemctl stop outside-bgp.service");
  expect(await withoutSession(bgp)).toEqual(["cp1", "w1", "w2"]);
  await on("client", "sudo systemctl start outside-bgp.service");
}, 300_000);

test("an API server that doesn't answer: said in words, exit code 2", async () => {
  const file = stackFile("no-kubeconfig", (text) => text.replace(/kubeconfig: \S+/, "kubeconfig: /nowhere/kubeconfig"));
  expect(await plumbline("verify", "--stack", file)).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "cluster.kubeconfig: /nowhere/kubeconfig doesn't exist. Copy the cluster's there; kubeadm writes /etc/kubernetes/admin.conf on the control plane.\n",
  });
}, 60_000);

// The last one: MetalLB goes.
test("kube-vip instead of MetalLB: installed by the stack, and the client is answered at an address of the same pool", async () => {
  const other = stackFile("Pulumi.lab", (text) => onLan(withNames(text)).replace("provider: metallb", "provider: kube-vip"));
  await pulumi(other, "up", "--yes", "--skip-preview");
  expect(await kubectl("get ipaddresspools -A --no-headers --ignore-not-found")).toBe("");
  // While it is there it takes back addresses that aren't of its pools.
  await kubectl("delete namespace metallb-system");
  const { code, checks } = await verify(other);
  expect(of(checks, "failed")).toEqual([]);
  expect(code).toBe(0);
  expect(checks.find(({ name }) => name === "LoadBalancer from outside")).toMatchObject({ status: "passed" });
}, 400_000);
