import { readFileSync, writeFileSync } from "node:fs";
import {
  expectVerified,
  initStack,
  kubectl,
  on,
  plumbline,
  pulumi,
  stackFile,
  startTestLab,
  stopTestLab,
  testLab,
} from "./support/testLab";

/** A dual-stack cluster: adopted from the live one, then by host routes, then over the tunnel. */
let stack: string;

beforeAll(async () => {
  await startTestLab("--dual-stack");
  stack = stackFile("dual", (text) => text.replace(/nodeCIDRs: \[(\S+)\]/, `nodeCIDRs: [$1, ${testLab.address6(0)}/64]`));
  await initStack();
}, 240_000);

afterAll(stopTestLab, 60_000);

/** Each in both families: 3 nodes with 2 peers each; 3 nodes. */
const checks = { "pod to pod, other node": 12, "unfragmented packets": 6 };

test("adopt writes both families of the live cluster into the stack", async () => {
  const { code, stderr } = await plumbline("adopt", "--yes", "--stack", stack);
  expect({ code, stderr: stderr.replace(/^> .*\n/gm, "") }).toEqual({ code: 0, stderr: "" });
  const { stdout } = await plumbline("plan", "--stack", stack, "--json");
  const plan = JSON.parse(stdout) as { nodes: { name: string; addresses: string[]; podCIDRs: string[]; source: string }[] };
  expect(plan.nodes[1]).toMatchObject({
    name: "w1",
    addresses: [testLab.address(21), testLab.address6(21)],
    podCIDRs: ["10.244.1.0/24", "fd00:10:244:1::/64"],
    source: "pinned",
  });
}, 120_000);

test("host routes carry both families", async () => {
  await pulumi(stack, "up", "--yes", "--skip-preview");
  await kubectl("wait --for=condition=Ready node --all --timeout=30s");
  await expectVerified(stack, checks);
}, 240_000);

test("the tunnel carries both families", async () => {
  writeFileSync(stack, readFileSync(stack, "utf8").replace("{provider: bridge}", "{provider: vxlan}"));
  await pulumi(stack, "up", "--yes", "--skip-preview");
  expect(await on("w1", "ip -6 route show fd00:10:244:2::/64")).toMatch(/via fd00:10:244:2:: dev plumbline0 proto 117 .*onlink/);
  await expectVerified(stack, checks);
}, 240_000);
