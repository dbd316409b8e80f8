import fc from "fast-check";
import { apiServiceAddress, capacity, dnsServiceAddresses, podCIDRsOf } from "../../core/addresses";
import { Address, Cidr } from "../../core/cidr";
import { parseStack } from "../../core/stack/parse";
import type { Stack, StackInput } from "../../core/stack/schema";
import { stackFile, stackWith } from "../support/stacks";

type NodeInput = StackInput["nodes"][number];

const podCIDRs = ["10.244.0.0/16", "fd00:10:244::/56"].map(Cidr.parse);

const edge = Cidr.parse("10.245.0.0/16");
const reserved = Cidr.parse("10.244.240.0/20");

/** Nodes of one LAN, each with both families, some of them pinned. Their pools and sizes differ, as do their names and addresses; their pod ranges may collide. */
const someNodes: fc.Arbitrary<NodeInput[]> = fc
  .uniqueArray(
    fc.record({
      host: fc.integer({ min: 1, max: 1000 }),
      pin: fc.option(fc.integer({ min: 0, max: 255 }), { freq: 3 }),
      pool: fc.option(fc.constant("edge"), { freq: 5 }),
      mask: fc.option(fc.integer({ min: 22, max: 26 }), { freq: 5 }),
    }),
    { selector: ({ host }) => host, minLength: 1, maxLength: 12 },
  )
  .map((hosts) =>
    hosts.map(({ host, pin, pool, mask }) => ({
      name: `n${host}`,
      roles: ["control-plane", "etcd"],
      address: [`10.100.${host >> 8}.${host & 255}`, String(Cidr.parse("fd00:100::/64").at(host))],
      ...(pool !== null && pin === null ? { podPool: pool } : {}),
      ...(mask !== null && pin === null ? { podMaskSizes: [mask, 64] } : {}),
      ...(pin === null ? {} : { podCIDRs: [`10.244.${pin}.0/24`, `${podCIDRs[1]?.subnet(64, BigInt(pin))}`] }),
    })),
  );

function plan(nodes: NodeInput[]) {
  const cluster = {
    podCIDRs: podCIDRs.map(String),
    serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/112"],
    podPools: [{ name: "edge", podCIDRs: [String(edge)] }],
    reservedPodCIDRs: [String(reserved)],
    maxPods: 50,
  };
  const { stack, findings } = parseStack({ cluster, nodes, proxy: { detectLocalMode: "NodeCIDR" }, ssh: { agent: true } });
  return { stack, findings: findings.filter(({ severity }) => severity !== "info") };
}

const rangesOf = (stack: Stack) => new Map(stack.nodes.map((node) => [node.name, podCIDRsOf(stack, node).map(String)]));

describe("the pod ranges of nodes", () => {
  test("stay when nodes are added, removed or reordered, or there is an error", () => {
    const change = someNodes.chain((nodes) => fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: 1 })));
    fc.assert(
      fc.property(change, ([nodes, subset]) => {
        const [all, some] = [plan(nodes).stack, plan(subset).stack];
        // What is right stays right when nodes go; what is wrong is an error, not another range.
        if (!all) return;
        expect(some).toBeDefined();
        for (const node of some?.nodes ?? []) expect(rangesOf(some as Stack).get(node.name)).toEqual(rangesOf(all).get(node.name));
      }),
    );
  });

  test("are pinned or inside of the cluster's, one per family in its order, and nobody else's", () => {
    fc.assert(
      fc.property(someNodes, (nodes) => {
        const { stack, findings } = plan(nodes);
        if (!stack) {
          // The only mistake that these nodes can have.
          for (const { message } of findings)
            expect(message).toMatch(/ overlaps 10\.24[45]\.| overlaps fd00:10:244:| is in cluster\.reservedPodCIDRs/);
          return;
        }
        const all = stack.nodes.flatMap((node) => podCIDRsOf(stack, node));
        for (const [index, node] of stack.nodes.entries()) {
          const own = podCIDRsOf(stack, node);
          expect(own.map(({ family, prefix }) => [family, prefix])).toEqual([
            [4, node.podMaskSizes[0] ?? 24],
            [6, 64],
          ]);
          const parents = node.podPool === "edge" ? [edge, podCIDRs[1]] : podCIDRs;
          for (const [position, range] of own.entries()) expect(parents[position]?.contains(range)).toBe(true);
          if (nodes[index]?.podCIDRs) expect(own.map(String)).toEqual(nodes[index]?.podCIDRs);
        }
        expect(all.filter((range) => range.overlaps(reserved))).toEqual([]);
        for (const [index, a] of all.entries()) for (const b of all.slice(index + 1)) expect(a.overlaps(b)).toBe(false);
      }),
    );
  });

  test("that collide are errors, and the proposed pins mend them", () => {
    const node = (number: number, podCIDRs?: string[]): NodeInput => ({
      name: `n${number}`,
      roles: ["control-plane", "etcd"],
      address: [`10.100.0.${number}`, `fd00:100::${number}`],
      ...(podCIDRs ? { podCIDRs } : {}),
    });
    const pins = ["10.244.4.0/24", "fd00:10:244:4::/64"];
    const threeOfOneRange = [node(4), node(1, pins), node(5, pins)];
    fc.assert(
      fc.property(someNodes, (nodes) => {
        const { stack, findings } = plan(nodes);
        if (stack) return;
        const mended = nodes.map((node) => ({ ...node, podCIDRs: [...(node.podCIDRs ?? [])] }));
        for (const { path, mend } of findings) {
          const [, free = ""] = /^(?:Add|Pin) (\S+), which is free/.exec(mend) ?? [];
          const pins = mended[path[1] as number]?.podCIDRs as string[];
          const { family } = Cidr.parse(free);
          pins.splice(0, pins.length, ...pins.filter((pin) => Cidr.parse(pin).family !== family), free);
        }
        expect(plan(mended).findings).toEqual([]);
      }),
      { examples: [[threeOfOneRange]] },
    );
  });

  test("of the lab are what kubeadm gave its nodes", () => {
    expect(rangesOf(stackFile("lab"))).toEqual(
      new Map([
        ["cp1", ["10.244.0.0/24"]],
        ["w1", ["10.244.1.0/24"]],
        ["w2", ["10.244.2.0/24"]],
      ]),
    );
  });

  test("are computed from the last bits of the first address, for both families", () => {
    const nodes = [{ name: "cp1", roles: ["control-plane", "etcd"], address: ["10.100.3.20", "fd00::ffff"] }] satisfies NodeInput[];
    const stack = plan(nodes).stack as Stack;
    expect(rangesOf(stack)).toEqual(new Map([["cp1", ["10.244.20.0/24", "fd00:10:244:14::/64"]]]));
  });

  test("are pinned family by family", () => {
    const nodes = [
      { name: "cp1", roles: ["control-plane", "etcd"], address: ["10.100.0.20", "fd00::20"], podCIDRs: ["fd00:10:244:7::/64"] },
    ] satisfies NodeInput[];
    expect(rangesOf(plan(nodes).stack as Stack)).toEqual(new Map([["cp1", ["10.244.20.0/24", "fd00:10:244:7::/64"]]]));
  });
});

test("the services of the API server and of DNS have the first and the tenth address", () => {
  const stack = stackFile("prod-example");
  expect(apiServiceAddress(stack)).toEqual(Address.parse("10.96.0.1"));
  expect(dnsServiceAddresses(stack).map(String)).toEqual(["10.96.0.10", "fd00:10:96::a"]);
});

test("capacity counts nodes, pods and services", () => {
  expect(capacity(stackWith({ cluster: { nodeMaskSizes: [25], serviceCIDRs: ["10.96.0.0/24"] } }))).toEqual([
    { what: "nodes in 10.244.0.0/16", used: 2n, total: 512n },
    { what: "pods per node (/25, kubelet maxPods 110)", used: 110n, total: 125n },
    { what: "services in 10.96.0.0/24", used: 2n, total: 254n },
  ]);
});

test("capacity counts the LAN's addresses, and nodes with sizes of their own", () => {
  const nodes = [
    { name: "cp1", roles: ["control-plane" as const, "etcd" as const], address: "192.168.0.20" },
    { name: "w1", address: "192.168.0.24", podMaskSizes: [23], maxPods: 250 },
  ];
  const counted = capacity(stackWith({ cluster: { serviceCIDRs: ["10.96.0.0/24"], nodeCIDRs: ["192.168.0.0/27"] }, nodes }));
  expect(counted.map(({ what, used, total }) => [what, Number(used), Number(total)])).toEqual([
    ["nodes in 10.244.0.0/16", 2, 256],
    ["nodes' addresses in 192.168.0.0/27", 2, 30],
    ["pods per node (/24, kubelet maxPods 110)", 110, 253],
    ["pods on w1 (/23, kubelet maxPods 250)", 250, 509],
    ["services in 10.96.0.0/24", 2, 254],
  ]);
});
