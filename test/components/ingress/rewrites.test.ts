import { parse, stringify } from "yaml";
import { planNetwork } from "../../../components/plan";
import { type RewritingController, rewriteAnnotation } from "../../../core/stack/check/rewrites";
import { parseStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";
import { showFindings, smallest, stackWith } from "../../support/stacks";
import { complaints } from "./lint/judge";

type Ingress = NonNullable<StackInput["ingress"]>;
type Name = RewritingController;
type Rule = NonNullable<Ingress["rules"]>[number];
type RulePath = NonNullable<Rule["paths"]>[number];

const shop = { name: "shop", host: "shop.example" };
const path = (more: Partial<RulePath>): RulePath => ({ service: "web", port: 80, ...more });
const ingressOf = (name: Name, ...rules: Rule[]): Ingress => ({
  controllers: [{ name, acknowledgeRetired: name === "ingress-nginx" }],
  rules,
});

/** Every Ingress: its paths, and the annotation that rewrites. */
function written(name: Name, ...rules: Rule[]): string[] {
  return planNetwork(stackWith({ ingress: ingressOf(name, ...rules) }))
    .manifests.flatMap(({ object }) => (object.kind === "Ingress" ? [object] : []))
    .map(({ metadata, spec }) => {
      const { rules: [own] = [] } = spec as { rules?: { http: { paths: { path: string; pathType: string }[] } }[] };
      const paths = own?.http.paths.map((one) => `${one.pathType} ${one.path}`).join(", ");
      const annotation = metadata.annotations?.[rewriteAnnotation[name]];
      return `${metadata.name}: ${paths}${annotation ? ` => ${annotation}` : ""}`;
    });
}

const several = {
  ...shop,
  paths: [
    path({}),
    path({ path: "/api/v1.0", rewrite: "/", service: "api" }),
    path({ path: "/old", pathType: "Exact", rewrite: "/new.html" }),
  ],
};

test.each<[Name, string[]]>([
  [
    "traefik",
    [
      "shop: Prefix /",
      "shop-path-2: Prefix /api/v1.0 => rewrite_default_shop_2@file",
      "shop-path-3: Exact /old => rewrite_default_shop_3@file",
    ],
  ],
  ["haproxy", ["shop: Prefix /", "shop-path-2: Prefix /api/v1.0 => ^/api/v1[.]0/?(.*)$ /\\1", "shop-path-3: Exact /old => /new.html"]],
  [
    "ingress-nginx",
    [
      "shop: Prefix /",
      "shop-path-2: ImplementationSpecific /api/v1[.]0(/|$)(.*) => /$2",
      "shop-path-3: ImplementationSpecific /old$ => /new.html",
    ],
  ],
])("an Ingress of its own for every path that is rewritten: %s", (name, expected) => {
  expect(written(name, several)).toEqual(expected);
});

test("F5 NGINX: one Ingress for a host, rewritten by Service, both with a slash at the end", () => {
  const paths = [
    path({ service: "other" }),
    path({ path: "/a", rewrite: "/" }),
    path({ path: "/b", pathType: "Exact", rewrite: "/c", service: "exact" }),
  ];
  expect(written("f5-nginx", { ...shop, paths })).toEqual([
    "shop: Prefix /, Prefix /a/, Exact /b => serviceName=web rewrite=/;serviceName=exact rewrite=/c",
  ]);
});

test("a rule with one path stays one Ingress, and redirects before it rewrites", () => {
  expect(written("traefik", { ...shop, redirectToHttps: true, paths: [path({ path: "/a", rewrite: "/b" })] })).toEqual([
    "shop: Prefix /a => redirect-to-https@file,rewrite_default_shop_1@file",
  ]);
});

test("exact paths that are rewritten come first on Traefik too", () => {
  const { manifests } = planNetwork(stackWith({ ingress: ingressOf("traefik", several) }));
  const first = manifests.filter(
    ({ object }) => object.metadata.annotations?.["traefik.ingress.kubernetes.io/router.priority"] === "1000000",
  );
  expect(first.map(({ object }) => object.metadata.name)).toEqual(["shop-path-3"]);
});

test.each<Name>(["traefik", "haproxy", "f5-nginx", "ingress-nginx"])("the linter has nothing to say of what is written: %s", (name) => {
  const { manifests } = planNetwork(
    stackWith({ ingress: ingressOf(name, { ...several, paths: several.paths.map((one, index) => ({ ...one, service: `s${index}` })) }) }),
  );
  const files = manifests
    .map(({ object }) => object)
    .filter(({ kind }) => kind === "Ingress")
    .map((object) => stringify(object));
  expect(complaints(files.join("---\n"), { controller: name }).filter((line) => !line.includes("retired"))).toEqual([]);
});

/** What each controller makes of a request, by what is written for it. */
const rewriters: Record<"traefik" | "haproxy" | "ingress-nginx", (rule: Rule, request: string) => string> = {
  traefik: (rule, request) => {
    const { manifests } = planNetwork(stackWith({ ingress: ingressOf("traefik", rule) }));
    const file = manifests.find(({ object }) => object.kind === "ConfigMap" && object.metadata.name === "traefik-middlewares");
    const { middlewares } = parse((file?.object.data as Record<string, string> | undefined)?.["middlewares.yaml"] ?? "").http;
    const [{ replacePath, replacePathRegex }] = Object.values(middlewares) as [
      Record<string, { path: string; regex: string; replacement: string }>,
    ];
    return replacePath?.path ?? request.replace(new RegExp(replacePathRegex?.regex ?? ""), replacePathRegex?.replacement ?? "");
  },
  haproxy: (rule, request) => {
    const [from = "", to] = written("haproxy", rule)[0]?.split(" => ")[1]?.split(" ") ?? [];
    return to === undefined ? from : request.replace(new RegExp(from), to.replace("\\1", "$1"));
  },
  "ingress-nginx": (rule, request) => {
    const [from = "", to = ""] = written("ingress-nginx", rule)[0]?.split(" => ") ?? [];
    const match = new RegExp(`^${from.replace(/^.* /, "")}`).exec(request);
    return to.replace(/\$(\d)/g, (_, group) => match?.[Number(group)] ?? "");
  },
};

describe.each(Object.entries(rewriters))("what the Service gets: %s", (_, rewriter) => {
  test.each<[string, string, Record<string, string>]>([
    ["/shop", "/", { "/shop": "/", "/shop/": "/", "/shop/a/b": "/a/b" }],
    ["/shop", "/new", { "/shop": "/new", "/shop/": "/new/", "/shop/a": "/new/a" }],
    ["/shop/", "/new/", { "/shop": "/new", "/shop/a": "/new/a" }],
    ["/", "/new", { "/": "/new/", "/a/b": "/new/a/b" }],
    ["/v1.0", "/v2.0", { "/v1.0/a": "/v2.0/a" }],
  ])("%s becomes %s", (from, to, requests) => {
    const rule = { ...shop, paths: [path({ path: from, rewrite: to })] };
    expect(Object.fromEntries(Object.keys(requests).map((request) => [request, rewriter(rule, request)]))).toEqual(requests);
  });

  test("an exact path is replaced as a whole", () => {
    expect(rewriter({ ...shop, paths: [path({ path: "/old", pathType: "Exact", rewrite: "/new/" })] }, "/old")).toBe("/new/");
  });
});

test.each<[string, Name, Partial<Rule>, string]>([
  [
    "an expression",
    "traefik",
    { paths: [path({ path: "/a(.*)", rewrite: "/$1" })] },
    "rules[0].paths[0].rewrite: /$1 has more than letters, digits and . _ ~ - /, which a path that is rewritten can't have.",
  ],
  [
    "a path type that says nothing",
    "haproxy",
    { paths: [path({ path: "/a", pathType: "ImplementationSpecific", rewrite: "/" })] },
    "rules[0].paths[0].rewrite: is there with pathType: ImplementationSpecific, which each controller reads otherwise.",
  ],
  [
    "a class of nobody's here",
    "traefik",
    { class: "other", paths: [path({ path: "/a", rewrite: "/" })] },
    "rules[0].paths[0].rewrite: is written in each controller's own way, and no controller of the stack serves this rule.",
  ],
  [
    "the annotation beside it",
    "haproxy",
    { annotations: { "haproxy.org/path-rewrite": "/x" }, paths: [path({ path: "/a", rewrite: "/" })] },
    "rules[0].annotations.haproxy.org/path-rewrite: is what `rewrite` writes for one of the paths as well.",
  ],
  [
    "two rewrites of one Service with F5 NGINX",
    "f5-nginx",
    { paths: [path({ path: "/a", rewrite: "/" }), path({ path: "/b" })] },
    "rules[0].paths[1]: goes to the Service web as paths[0] does, rewritten otherwise; F5 NGINX has one rewrite for each Service.",
  ],
])("refused: %s", (_, name, rule, expected) => {
  expect(showFindings(parseStack({ ...smallest, ingress: ingressOf(name, { ...shop, ...rule }) }))).toContain(expected);
});
