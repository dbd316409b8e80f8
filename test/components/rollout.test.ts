import fc from "fast-check";
import { planNetwork } from "../../components/plan";
import { waves } from "../../components/rollout";
import type { StackInput } from "../../core/stack/schema";
import { stackWith } from "../support/stacks";

const names = (workers: number, planes: number, rollout: StackInput["rollout"]) => {
  const node = (name: string, index: number, roles: ("control-plane" | "etcd" | "worker")[]) => ({
    name,
    roles,
    address: `192.168.1.${index}`,
  });
  const nodes = [
    ...Array.from({ length: planes }, (_, index) => node(`cp${index + 1}`, index + 1, ["control-plane", "etcd"])),
    ...Array.from({ length: workers }, (_, index) => node(`w${index + 1}`, index + 101, ["worker"])),
  ];
  return waves(planNetwork(stackWith({ nodes, rollout }))).map((wave) => wave.map(({ name }) => name).join(" "));
};

test.each<[string, number, number, StackInput["rollout"], string[]]>([
  ["the lab", 2, 1, {}, ["w1", "w2", "cp1"]],
  ["a canary, then a quarter of all at a time", 7, 1, {}, ["w1", "w2 w3", "w4 w5", "w6 w7", "cp1"]],
  ["no canary", 4, 1, { canary: 0, batch: 2 }, ["w1 w2", "w3 w4", "cp1"]],
  ["two canaries and all the rest at once", 5, 1, { canary: 2, batch: "100%" }, ["w1 w2", "w3 w4 w5", "cp1"]],
  ["more canaries than workers: never a control plane among them", 1, 3, { canary: 2, batch: "100%" }, ["w1", "cp1", "cp2", "cp3"]],
  ["a share of less than one node is one", 3, 1, { batch: "1%" }, ["w1", "w2", "w3", "cp1"]],
  ["the control plane one by one, so that etcd keeps its quorum", 1, 3, { batch: 10 }, ["w1", "cp1", "cp2", "cp3"]],
  ["a control plane only", 0, 3, {}, ["cp1", "cp2", "cp3"]],
])("%s", (_, workers, planes, rollout, expected) => {
  expect(names(workers, planes, rollout)).toEqual(expected);
});

test("every node is in one wave, workers before control planes", () => {
  const rollout = fc.record({
    canary: fc.nat(5),
    batch: fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 100 }).map((share) => `${share}%`),
    ),
  });
  fc.assert(
    fc.property(fc.nat(15), fc.integer({ min: 1, max: 5 }), rollout, (workers, planes, settings) => {
      const order = names(workers, planes, settings).flatMap((wave) => wave.split(" "));
      expect(order).toEqual([
        ...Array.from({ length: workers }, (_, index) => `w${index + 1}`),
        ...Array.from({ length: planes }, (_, index) => `cp${index + 1}`),
      ]);
    }),
    { numRuns: 50 },
  );
});
