import { spawnSync } from "node:child_process";
import path from "node:path";
import { planNetwork } from "../../../components/plan";
import { parseStack, requireStack } from "../../../core/stack/parse";
import { expectGolden } from "../../support/golden";
import { missingNft, testsWith } from "../../support/judges";
import { tableText } from "../../support/packets";
import { smallest, stackFile, stackWith } from "../../support/stacks";
import { whole } from "../../support/wholeStack";

const tables = [
  { stack: "lab", node: "cp1" },
  { stack: "lab", node: "w1" },
  { stack: "prod-example", node: "cp1" },
  { stack: "whole", node: "w1" },
].map(({ stack, node }) => {
  const plan = planNetwork(stack === "whole" ? requireStack(parseStack(whole)) : stackFile(stack));
  return { name: `${stack}-${node}`, table: tableText(plan, node) };
});

test.each(tables)("the table of $name", ({ name, table }) => {
  expectGolden(path.join(__dirname, "golden", `${name}.nft`), table);
});

describe("nft", () => {
  const { test, note } = testsWith(missingNft());

  /** Loads a table into a network of its own and lists it. */
  const load = (table: string) =>
    spawnSync("unshare", ["--net", "sh", "-c", "nft -f - && nft list table inet plumbline"], { input: table, encoding: "utf8" });

  /** nft puts two elements on a line; we one. */
  const joined = (table: string) => table.replaceAll(/,\n\t+ +/g, ", ");

  test.each(tables)(`takes the table of $name, and lists it as we wrote it${note}`, ({ table }) => {
    const { stdout, stderr } = load(table);
    expect(stderr).toBe("");
    expect(joined(stdout)).toBe(joined(table));
  });

  const allow = (rule: object) => ({ from: "any", tcp: [80], why: "test", ...rule });
  test.each([
    ["ports that overlap or touch", { tcp: [9100, "9000-9200", 9201, 80, 80, 65535] }],
    ["all ports", { tcp: ["1-65535"], udp: ["1-65535"] }],
    ["everybody in IPv4", { from: "0.0.0.0/0" }],
    ["everybody in IPv6", { from: "::/0" }],
    ["one address", { from: "10.9.0.1/32" }],
    ["one node", { from: "cp1", to: "w1" }],
    ["pods", { from: "pods", to: "pods" }],
    ["the longest reason", { why: "ö".repeat(60) }],
    ["a reason with all that could end a comment", { why: "\"; } # $(x) `y` \\ ' {" }],
  ])(`takes a rule for %s${note}`, (_, rule) => {
    const stack = requireStack(parseStack({ ...smallest, firewall: { admin: ["0.0.0.0/0", "10.0.0.0/8", "::/0"], allow: [allow(rule)] } }));
    expect(load(tableText(planNetwork(stack), "w1")).stderr).toBe("");
  });

  test.each([
    ["nothing filtered", stackWith({ firewall: { mode: "off" } })],
    ["ipvs", stackWith({ proxy: { mode: "ipvs" } })],
  ])(`takes a table with %s${note}`, (_, stack) => {
    expect(load(tableText(planNetwork(stack), "cp1")).stderr).toBe("");
  });
});

test("the order of nodes, administrators and rules' ports doesn't change a table, and each set is there once", () => {
  const stack = stackFile("prod-example");
  const turned = {
    ...stack,
    nodes: [...stack.nodes].reverse(),
    firewall: { ...stack.firewall, admin: [...stack.firewall.admin].reverse() },
  };
  const [one, other] = [tableText(planNetwork(stack), "w1"), tableText(planNetwork(turned), "w1")];
  expect(other).toBe(one);
  const names = [...one.matchAll(/^\tset (\w+)/gm)].map(([, name]) => name);
  expect(names).toEqual([...new Set(names)].sort());
});

test("a table grows with the sets of a large cluster, not with its rules", () => {
  const nodes = (count: number) => [
    { name: "cp1", roles: ["control-plane" as const, "etcd" as const], address: "172.16.0.1" },
    ...Array.from({ length: count }, (_, index) => ({
      name: `w${index}`,
      address: `172.16.${1 + (index >> 8)}.${index & 255}`,
      podCIDRs: [`10.${100 + (index >> 8)}.${index & 255}.0/24`],
    })),
  ];
  const lines = (count: number) => {
    const stack = stackWith({ cluster: { podCIDRs: ["10.0.0.0/8"], serviceCIDRs: ["192.168.0.0/20"] }, nodes: nodes(count) });
    return tableText(planNetwork(stack), "w0").split("\n").length;
  };
  // Neighbouring addresses are one element: sixteen times the nodes, and one element more.
  expect(lines(1024) - lines(64)).toBeLessThanOrEqual(2);
});
