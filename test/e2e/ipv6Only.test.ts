import { readFileSync, writeFileSync } from "node:fs";
import { podSubnet6, serviceSubnet6 } from "../../lab/topology";
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

/** A cluster without IPv4, on its LAN too: by host routes, then over the tunnel. */
let stack: string;

const lan = testLab.address(0).replace(/0$/, "");

beforeAll(async () => {
  await startTestLab("--ipv6-only");
  stack = stackFile("ipv6", (text) =>
    text
      .replace("10.244.0.0/16", podSubnet6)
      .replace("10.96.0.0/16", serviceSubnet6)
      .replace(/nodeCIDRs: \[\S+\]/, `nodeCIDRs: [${testLab.address6(0)}/64]`)
      .replace(/, podCIDRs: \[10\.244\.(\d)\.0\/24\]/g, (_, index) => `, podCIDRs: ["fd00:10:244:${index}::/64"]`)
      .replace(`[${lan}1/32]`, `["${testLab.address6(1)}/128"]`)
      .replaceAll(new RegExp(`${lan.replaceAll(".", "\\.")}(\\d+)`, "g"), (_, host) => `"${testLab.address6(Number(host))}"`),
  );
  await initStack();
}, 240_000);

afterAll(stopTestLab, 60_000);

/** 3 nodes with 2 peers each; 3 nodes. */
const checks = { "pod to pod, other node": 6, "unfragmented packets": 3 };

test("no host has an IPv4 address, and the cluster is what the stack says", async () => {
  expect(await on("w1", "ip -4 -o address show dev host0")).toBe("");
  expect(await plumbline("adopt", "--stack", stack, "--dry-run")).toMatchObject({ code: 0, stderr: "" });
}, 120_000);

test("host routes carry IPv6 alone", async () => {
  await pulumi(stack, "up", "--yes", "--skip-preview");
  await kubectl("wait --for=condition=Ready node --all --timeout=30s");
  await expectVerified(stack, checks);
}, 240_000);

test("the tunnel carries IPv6 alone", async () => {
  writeFileSync(stack, readFileSync(stack, "utf8").replace("{provider: bridge}", "{provider: vxlan}"));
  await pulumi(stack, "up", "--yes", "--skip-preview");
  expect(await on("w1", "ip -6 route show fd00:10:244:2::/64")).toMatch(/via fd00:10:244:2:: dev plumbline0 proto 117 .*onlink/);
  await expectVerified(stack, checks);
}, 240_000);
