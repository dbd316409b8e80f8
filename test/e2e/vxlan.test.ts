import { initStack, kubectl, on, plumbline, pulumi, stackFile, startTestLab, stopTestLab, testLab, waitFor } from "./support/testLab";

/** One line of the lab's stack makes the pod network an overlay. */
const nodes = ["cp1", "w1", "w2"];
const w2 = testLab.address(22);
let stack: string;

beforeAll(async () => {
  await startTestLab();
  stack = stackFile("vxlan", (text) => text.replace("{provider: bridge}", "{provider: vxlan}"));
  await initStack();
}, 120_000);

afterAll(stopTestLab, 30_000);

test("up brings the cluster to Ready over the tunnel", async () => {
  await pulumi(stack, "up", "--yes", "--skip-preview");
  expect(await kubectl("wait --for=condition=Ready node --all --timeout=30s")).toMatch(/^(.*condition met\n){3}$/);
  expect(await on("w1", "ip -d -o link show plumbline0")).toMatch(/mtu 1450 .* vxlan id 1 local \S+ .*dstport 4789 nolearning/);
  expect(await on("w1", "ip route show 10.244.2.0/24")).toMatch(/^10\.244\.2\.0\/24 via 10\.244\.2\.0 dev plumbline0 proto 117 onlink/);
  expect(await on("w1", "sudo bridge fdb show dev plumbline0")).toMatch(new RegExp(`dst ${w2} self permanent`));
}, 120_000);

test("every check of verify passes, those of packets that fill the tunnel's MTU among them", async () => {
  const { code, stdout } = await plumbline("verify", "--stack", stack, "--json");
  const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; detail: string }[] };
  expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(checks.filter(({ name }) => name === "unfragmented packets").map(({ detail }) => detail)).toEqual(
    nodes.map(() => "1450 bytes, don't fragment"),
  );
  expect(code).toBe(0);
}, 120_000);

test("the tunnel comes back after a reboot", async () => {
  const started = () => on("w1", "ps -o lstart= -p 1");
  const before = await started();
  await on("w1", "sudo systemctl reboot").catch(() => undefined); // The connection breaks with the host.
  await waitFor(async () => expect(await started()).not.toBe(before), 60);
  await waitFor(() => on("w1", "systemctl is-active plumbline.service plumbline-routes.service"), 60);
  expect(await on("w1", "ip route show 10.244.2.0/24; sudo bridge fdb show dev plumbline0 | grep -c dst")).toMatch(
    /dev plumbline0 .*onlink\s+2\n$/,
  );
}, 150_000);

test("destroy takes the tunnel away", async () => {
  await pulumi(stack, "destroy", "--yes", "--skip-preview");
  for (const node of nodes) {
    expect(
      await on(node, "ip -br link | grep plumbline || true; ip route show proto 117; ls -d /var/lib/plumbline 2>/dev/null || true"),
    ).toBe("");
  }
}, 60_000);
