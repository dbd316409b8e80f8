import path from "node:path";
import { stringify } from "yaml";
import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
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

/** The Ingresses with their paths, `!` on those that come before everything else on Traefik. */
function paths(...rules: NonNullable<NonNullable<StackInput["ingress"]>["rules"]>): string[] {
  const { manifests, findings } = planNetwork(stackWith({ ingress: { controllers: [{ name: "traefik" }], rules } }));
  const ingresses = manifests.map(({ object }) => object).filter(({ kind }) => kind === "Ingress");
  return [
    ...ingresses.map(({ metadata, spec }) => {
      const first = metadata.annotations?.["traefik.ingress.kubernetes.io/router.priority"] === "1000000" ? "!" : "";
      const { rules: [own] = [], defaultBackend } = spec as { rules?: { http: { paths: { path: string }[] } }[]; defaultBackend?: object };
      return `${metadata.name}${first}: ${[...(own?.http.paths.map((one) => one.path) ?? []), ...(defaultBackend ? ["default"] : [])].join(" ")}`;
    }),
    ...findings.map((finding) => showFinding(finding)),
  ];
}

describe("on Traefik exact paths come first, in an Ingress of their own where there are others", () => {
  const shop = { name: "shop", host: "shop.example" };
  const backend = { service: "shop", port: 80 };
  const [prefix, exact] = [backend, { ...backend, path: "/api", pathType: "Exact" as const }];
  test.each<[string, Parameters<typeof paths>, string[]]>([
    ["both kinds", [{ ...shop, paths: [prefix, exact] }], ["shop: /", "shop-exact!: /api"]],
    ["exact ones alone", [{ ...shop, paths: [exact] }], ["shop!: /api"]],
    ["exact ones and a default backend", [{ ...shop, paths: [exact], defaultBackend: backend }], ["shop: default", "shop-exact!: /api"]],
    ["no exact ones", [{ ...shop, paths: [prefix] }], ["shop: /"]],
    [
      "a wildcard, which must not come before the hosts that it covers",
      [{ ...shop, host: "*.example", paths: [prefix, exact] }],
      ["shop: / /api"],
    ],
    [
      "a priority of the user's own",
      [{ ...shop, paths: [prefix, exact], annotations: { "traefik.ingress.kubernetes.io/router.priority": "5" } }],
      ["shop: / /api"],
    ],
    [
      "a rule that has their name already",
      [
        { ...shop, paths: [prefix, exact] },
        { ...shop, name: "shop-exact", host: "b.example", paths: [prefix] },
      ],
      [
        "shop: /",
        "shop-exact!: /api",
        "shop-exact: /",
        "ingress.rules[1].name: shop-exact is one of the Ingresses that ingress.rules[0] becomes.\n  Write another name.",
      ],
    ],
  ])("%s", (_, rules, expected) => {
    expect(paths(...rules)).toEqual(expected);
  });

  test("other controllers see to that themselves", () => {
    const rules = [{ ...shop, paths: [prefix, exact] }];
    const { manifests } = planNetwork(stackWith({ ingress: { controllers: [{ name: "haproxy" }], rules } }));
    expect(manifests.filter(({ object }) => object.kind === "Ingress")).toHaveLength(1);
  });
});
