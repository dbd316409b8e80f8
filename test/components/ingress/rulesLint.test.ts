import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { requirePlan } from "../../../core/plan";
import { parseStack, requireStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";
import { smallest } from "../../support/stacks";

type Rule = NonNullable<NonNullable<StackInput["ingress"]>["rules"]>[number];

const shop: Rule = { name: "shop", host: "shop.example", paths: [{ service: "shop", port: 80 }] };
const planOf = (...rules: Rule[]) =>
  planNetwork(requireStack(parseStack({ ...smallest, ingress: { controllers: [{ name: "traefik" }], rules } })));
const sayings = (...rules: Rule[]) => planOf(...rules).findings.map((finding) => showFinding(finding).split("\n")[0]);

test("rules that are fine say nothing", () => {
  const api: Rule = {
    ...shop,
    name: "api",
    paths: [{ path: "/api", service: "api", port: "http" }],
    annotations: { "traefik.ingress.kubernetes.io/router.priority": "5" },
  };
  expect(sayings(shop, api, { name: "rest", defaultBackend: { service: "rest", port: 80 } })).toEqual([]);
});

test("exact paths, which come first on Traefik, and a host with a wildcard, where they don't", () => {
  const paths: Rule["paths"] = [
    { service: "all", port: 80 },
    { path: "/api", pathType: "Exact", service: "api", port: 80 },
  ];
  expect(sayings({ ...shop, paths })).toEqual([]);
  expect(sayings({ ...shop, host: "*.example", paths })).toEqual([
    "warning: ingress.rules[0].paths[1].path: *.example /api (Exact) gets no requests: / (Prefix) comes first, since Traefik takes the router with the longer rule.",
  ]);
});

test.each<[string, Rule[], string[]]>([
  [
    "another controller's annotation",
    [{ ...shop, annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" } }],
    ["warning: ingress.rules[0].annotations.nginx.ingress.kubernetes.io/proxy-body-size: is ingress-nginx's; Traefik ignores it."],
  ],
  [
    "a setting that there isn't",
    [{ ...shop, annotations: { "traefik.ingress.kubernetes.io/router.middleware": "a@file" } }],
    [
      "ingress.rules[0].annotations.traefik.ingress.kubernetes.io/router.middleware: is no setting of a router: Traefik then leaves the whole Ingress out.",
    ],
  ],
  [
    "a regular expression as a prefix",
    [{ ...shop, paths: [{ path: "/a(.*)", service: "shop", port: 80 }] }],
    ["warning: ingress.rules[0].paths[0].path: /a(.*) is taken literally, character by character, under pathType Prefix."],
  ],
  [
    "a name that no Service can have",
    [{ ...shop, paths: [{ service: "1shop", port: 80 }] }],
    ["ingress.rules[0].paths[0].service: 1shop is no name of a Service."],
  ],
  [
    "two prefixes that are one",
    [
      { ...shop, paths: [{ path: "/a", service: "a", port: 80 }] },
      { ...shop, name: "other", paths: [{ path: "/a/", service: "b", port: 80 }] },
    ],
    [
      "warning: ingress.rules[1].paths[0].path: shop.example /a/ (Prefix) wants the same requests as /a (Prefix), which is claimed by Ingress default/shop (ingress.rules[0]) as well; Traefik makes two routers of the same priority and doesn't say which one gets the requests.",
    ],
  ],
])("%s", (_, rules, expected) => {
  expect(sayings(...rules)).toEqual(expected);
});

test("a plan with an error is not to be had", () => {
  expect(() => requirePlan(planOf({ ...shop, paths: [{ service: "1shop", port: 80 }] }))).toThrow(
    "ingress.rules[0].paths[0].service: 1shop is no name of a Service.",
  );
  expect(requirePlan(planOf(shop)).nodes).toHaveLength(2);
});

test("redirectToHttps and middlewares of one's own don't go together", () => {
  const { findings } = parseStack({
    ...smallest,
    ingress: {
      controllers: [{ name: "traefik" }],
      rules: [{ ...shop, redirectToHttps: true, annotations: { "traefik.ingress.kubernetes.io/router.middlewares": "a@file" } }],
    },
  });
  expect(findings.map((finding) => showFinding(finding))).toEqual([
    "ingress.rules[0].redirectToHttps: sets the annotation router.middlewares, which the rule sets as well.\n  Write redirectToHttps: false, and redirect-to-https@file first in the annotation.",
  ]);
});
