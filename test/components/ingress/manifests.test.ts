import path from "node:path";
import { stringify } from "yaml";
import { planNetwork } from "../../../components/plan";
import { parseStack, requireStack } from "../../../core/stack/parse";
import type { Stack, StackInput } from "../../../core/stack/schema";
import { expectGolden } from "../../support/golden";
import { smallest, stackFile, stackWith } from "../../support/stacks";
import { whole } from "../../support/wholeStack";

const objects = (stack: Stack) =>
  planNetwork(stack)
    .manifests.filter(({ part }) => part.startsWith("ingress"))
    .map(({ object }) => object);
const find = (stack: Stack, kind: string, name: string) =>
  objects(stack).find((object) => object.kind === kind && object.metadata.name === name);

test.each([
  ["lab", "on ports 80 and 443 of the workers, and the sample", stackFile("lab")],
  ["whole", "behind NodePorts, with rules and the sample", requireStack(parseStack(whole))],
])("the objects of the stack %s: %s", (name, _, stack) => {
  expectGolden(
    path.join(__dirname, "golden", `${name}.yaml`),
    objects(stack)
      .map((object) => stringify(object, { aliasDuplicateObjects: false }))
      .join("---\n"),
  );
});

const rule = { name: "shop", paths: [{ service: "shop", port: 80 }] };
const classOf = (ingress: StackInput["ingress"], name: string) => {
  const spec = find(requireStack(parseStack({ ...smallest, ingress })), "Ingress", name)?.spec as { ingressClassName?: string } | undefined;
  return spec?.ingressClassName;
};

test.each([
  ["the one that it names", { controllers: [{ name: "traefik" as const, class: "web" }], rules: [{ ...rule, class: "web" }] }, "web"],
  // The API server fills in the default class only where the IngressClass was there before the Ingress.
  ["the default controller's, written out", { controllers: [{ name: "traefik" as const }], rules: [rule] }, "traefik"],
  ["none, where there is no default", { controllers: [{ name: "traefik" as const, class: "web" }], rules: [rule] }, undefined],
  ["none, without a controller", { rules: [rule] }, undefined],
])("the class of an Ingress: %s", (_, ingress, name) => {
  expect(classOf(ingress, "shop")).toBe(name);
});

test.each([
  ["the default controller", [{ name: "traefik" as const }], "traefik"],
  ["the only one, though it isn't the default", [{ name: "traefik" as const, class: "web" }], "web"],
])("the sample is served by %s", (_, controllers, name) => {
  expect(classOf({ controllers, sample: { host: "hello.example" } }, "hello")).toBe(name);
});

test.each([
  [1, 0, 1],
  [1, 1, 1],
  [1, 2, 2],
  [1, 5, 2],
])("behind NodePorts, %i control planes and %i workers run %i replicas", (planes, workers, replicas) => {
  const stack = stackWith({
    nodes: [
      ...Array.from({ length: planes }, (_, index) => ({
        name: `cp${index}`,
        roles: ["control-plane" as const, "etcd" as const],
        address: `192.168.1.${index}`,
      })),
      ...Array.from({ length: workers }, (_, index) => ({ name: `w${index}`, address: `192.168.1.${100 + index}` })),
    ],
    ingress: { controllers: [{ name: "traefik", expose: "nodePort" }] },
  });
  expect(find(stack, "Deployment", "traefik")?.spec).toMatchObject({ replicas });
});
