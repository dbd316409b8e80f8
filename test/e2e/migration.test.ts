import { readFileSync, writeFileSync } from "node:fs";
import { initStack, kubectl, on, plumbline, pulumi, stackFile, startTestLab, stopTestLab } from "./support/testLab";
import { requests, startClient, startServer } from "./support/traffic";

/** From one pod network to another under traffic between pods on different nodes, in both directions. */
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
}, 240_000);

afterAll(stopTestLab, 30_000);

async function up(cni: string): Promise<void> {
  writeFileSync(stack, readFileSync(stack, "utf8").replace(/plumbline:cni: .*/, `plumbline:cni: ${cni}`));
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

async function verified(): Promise<void> {
  const { code, stdout } = await plumbline("verify", "--stack", stack, "--json");
  const { checks } = JSON.parse(stdout) as { checks: { status: string }[] };
  expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(code).toBe(0);
}

test("bridge to vxlan loses no request", async () => {
  expect(
    await lostDuring(async () => {
      await up("{provider: bridge, alongside: vxlan}");
      await up("{provider: vxlan, alongside: bridge}");
      await up("{provider: vxlan}");
    }),
  ).toBe(0);
  expect(await on("w1", "ip route show proto 117")).toMatch(/10\.244\.2\.0\/24 via 10\.244\.2\.0 dev plumbline0 onlink/);
  await verified();
}, 240_000);

test("and back", async () => {
  expect(
    await lostDuring(async () => {
      await up("{provider: vxlan, alongside: bridge}");
      await up("{provider: bridge, alongside: vxlan}");
      await up("{provider: bridge}");
    }),
  ).toBe(0);
  expect(await on("w1", "ip -br link | grep -c plumbline0 || true")).toBe("0\n");
  await verified();
  expect(await kubectl("get pods -o jsonpath='{.items[*].status.containerStatuses[*].restartCount}'")).toBe("0 0 0 0");
}, 240_000);
