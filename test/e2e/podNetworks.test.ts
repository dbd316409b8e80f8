import { readFileSync, writeFileSync } from "node:fs";
import { initStack, kubectl, on, plumbline, pulumi, stackFile, startTestLab, stopTestLab, waitFor } from "./support/testLab";
import { requests, startClient, startServer } from "./support/traffic";

/** From one pod network to another under traffic between pods on different nodes, in both directions. */
const nodes = ["cp1", "w1", "w2"];
let stack: string;

beforeAll(async () => {
  await startTestLab();
  stack = stackFile("migration");
  await initStack();
  await up("{provider: bridge}");
  for (const [client, server, from, to] of [
    ["client-a", "server-a", "w1", "w2"],
    ["client-b", "server-b", "w2", "cp1"],
  ] as const) {
    await startClient(client, from, await startServer(server, to));
  }
}, 300_000);

afterAll(stopTestLab, 60_000);

const write = (cni: string) => writeFileSync(stack, readFileSync(stack, "utf8").replace(/plumbline:cni: .*/, `plumbline:cni: ${cni}`));

async function up(cni: string): Promise<void> {
  write(cni);
  await pulumi(stack, "up", "--yes", "--skip-preview");
}

/** Requests that were lost meanwhile, of both clients; and proves that they did ask. */
async function lostDuring(work: () => Promise<void>): Promise<number> {
  const count = async () => {
    const [a, b] = await Promise.all([requests("client-a"), requests("client-b")]);
    return { answered: a.answered + b.answered, lost: a.lost + b.lost };
  };
  const before = await count();
  await work();
  const after = await count();
  expect(after.answered - before.answered).toBeGreaterThan(20);
  return after.lost - before.lost;
}

/** Every check passes; those of unfragmented packets, a node each, were of this size. */
async function verified(mtu: number): Promise<void> {
  const { code, stdout } = await plumbline("verify", "--stack", stack, "--json");
  const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; detail: string }[] };
  expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(checks.filter(({ name }) => name === "unfragmented packets").map(({ detail }) => detail)).toEqual(
    nodes.map(() => `${mtu} bytes, don't fragment`),
  );
  expect(code).toBe(0);
}

test("plan and preview say what a change at once would do, and the steps that lose nothing", async () => {
  const asked = async () => (await plumbline("plan", "--stack", stack, "--cluster")).stdout;
  expect(await asked()).toContain("Change of the pod network\nNone: the cluster has this pod network.");
  write("{provider: vxlan}");
  const steps = "2. Send packets by vxlan: plumbline:cni: {provider: vxlan, alongside: bridge}";
  const planned = await asked();
  expect(planned).toContain("The pod network changes from bridge to vxlan at once.\nNo pod restarts, but until the last host has changed");
  expect(planned).toContain(steps);
  const text = await pulumi(stack, "preview");
  expect(text).toContain("The pod network changes from bridge to vxlan at once.");
  expect(text).toContain(steps);
  write("{provider: bridge, alongside: vxlan}");
  expect(await pulumi(stack, "preview")).toContain("The pod network changes from bridge to bridge beside vxlan. No pod restarts");
}, 300_000);

test("bridge to vxlan loses no request", async () => {
  expect(
    await lostDuring(async () => {
      await up("{provider: bridge, alongside: vxlan}");
      await up("{provider: vxlan, alongside: bridge}");
      await up("{provider: vxlan}");
    }),
  ).toBe(0);
  expect(await on("w1", "ip -d -o link show plumbline0")).toMatch(/mtu 1450 .* vxlan id 1 local \S+ .*dstport 4789 nolearning/);
  expect(await on("w1", "ip route show 10.244.2.0/24")).toMatch(/^10\.244\.2\.0\/24 via 10\.244\.2\.0 dev plumbline0 proto 117 onlink/);
  await verified(1450);
}, 300_000);

test("the tunnel comes back after a reboot", async () => {
  const started = () => on("w1", "ps -o lstart= -p 1");
  const before = await started();
  await on("w1", "sudo systemctl reboot").catch(() => undefined); // The connection breaks with the host.
  await waitFor(async () => expect(await started()).not.toBe(before), 60);
  await waitFor(() => on("w1", "systemctl is-active plumbline.service plumbline-routes.service kubelet.service"), 60);
  expect(await on("w1", "ip route show 10.244.2.0/24; sudo bridge fdb show dev plumbline0 | grep -c dst")).toMatch(
    /dev plumbline0 .*onlink\s+2\n$/,
  );
  await kubectl("wait --for=condition=Ready node/w1 pod/client-a --timeout=60s");
}, 300_000);

test("vxlan to flannel loses no request", async () => {
  expect(
    await lostDuring(async () => {
      await up("{provider: flannel, alongside: vxlan}");
      await up("{provider: flannel}");
    }),
  ).toBe(0);
  expect(await on("w1", "ip route show 10.244.2.0/24; ip -br link | grep -c plumbline || true")).toMatch(
    /^10\.244\.2\.0\/24 via 10\.244\.2\.0 dev flannel\.1 onlink *\n0\n$/,
  );
  await verified(1450);
}, 300_000);

test("flannel to bridge loses no request, and nothing of flannel's stays on the hosts", async () => {
  expect(
    await lostDuring(async () => {
      await up("{provider: bridge, alongside: flannel}");
      await up("{provider: bridge}");
    }),
  ).toBe(0);
  for (const node of nodes) {
    expect(
      await on(node, "ip -br link | grep flannel || true; ip route | grep flannel || true; ls -d /run/flannel 2>/dev/null || true"),
    ).toBe("");
    expect(await on(node, "sudo iptables-save | grep FLANNEL || true; sudo ip6tables-save | grep FLANNEL || true")).toBe("");
    expect(await on(node, "sudo ls /var/lib/cni/networks")).toBe("plumbline\n");
  }
  await verified(1500);
}, 300_000);

test("flannel's host-gw backend: routes over the LAN", async () => {
  await up("{provider: flannel, flannel: {backend: host-gw}}");
  await kubectl("rollout status daemonset/kube-flannel-ds -n kube-flannel --timeout=60s");
  await verified(1500);
}, 300_000);

/** Addresses that a network has given to pods of a node, by the plugin's own files. */
const leases = async (node: string) =>
  (await on(node, "sudo ls /var/lib/cni/networks/plumbline")).split("\n").filter((name) => /^\d+\./.test(name));

/** What the plugins leave on a host of a pod that went while nobody took it down: an address, and a port of the host. */
const forgotten = `
cd /var/lib/cni/networks/plumbline && printf 'gone\\r\\neth0' >10.244.1.250 && touch -d '1 hour ago' 10.244.1.250
iptables -t nat -N CNI-DN-gone && iptables -t nat -A CNI-DN-gone -p tcp --dport 9999 -j DNAT --to-destination 10.244.1.250:80
iptables -t nat -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment 'dnat name: "plumbline" id: "gone"' -m multiport --dports 9999 -j CNI-DN-gone`;

test("destroy takes all of it away, but what pods that run have", async () => {
  await on("w1", `sudo sh -e <<'END'\n${forgotten}\nEND`);
  expect(await leases("w1")).toContain("10.244.1.250");
  await pulumi(stack, "destroy", "--yes", "--skip-preview");
  for (const node of nodes) {
    const left = "ip -br link | grep -E 'plumbline|flannel'; ip route | grep 10.244 | grep -v cni0; ls -d /var/lib/plumbline 2>/dev/null";
    expect({ node, left: await on(node, `${left}; true`) }).toEqual({ node, left: "" });
  }
  expect(await leases("w1")).toContain((await kubectl("get pod client-a -o jsonpath='{.status.podIP}'")).trim());
  expect(await leases("w1")).not.toContain("10.244.1.250");
  expect(await on("w1", "sudo iptables-save -t nat | grep -c -e CNI-DN-gone -e 9999 || true; ls /sys/class/net/cni0/brif | wc -l")).toMatch(
    /^0\n[1-9]/,
  );
}, 300_000);
