import { on, plumbline, stackFile, startTestLab, stopTestLab, testLab } from "./support/testLab";

/** doctor on a cluster as kubeadm leaves it: nothing to say of a healthy one, everything at once of a broken one, and nothing is changed. */
beforeAll(() => startTestLab(), 180_000);
afterAll(stopTestLab, 60_000);

interface Report {
  readonly findings: readonly { severity: string; node?: string; path?: string; message: string }[];
  readonly nodes: readonly { name: string; reached: boolean; leases?: readonly { used: number; stale: number }[] }[];
}

async function doctor(stack: string): Promise<{ code: number; report: Report }> {
  const { code, stdout } = await plumbline("doctor", "--stack", stack, "--json");
  return { code, report: JSON.parse(stdout) as Report };
}

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
}, 120_000);

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
}, 120_000);
