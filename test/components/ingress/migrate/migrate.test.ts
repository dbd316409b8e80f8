import path from "node:path";
import { stringify } from "yaml";
import { annotationTables } from "../../../../components/ingress/lint/annotationTables";
import { fileObject } from "../../../../components/ingress/lint/objects";
import { makeWorld } from "../../../../components/ingress/lint/world";
import { migrate, type Target } from "../../../../components/ingress/migrate/migrate";
import { prefixRewrite } from "../../../../components/ingress/migrate/rewrite";
import { annotationFacts } from "../../../../components/ingress/migrate/verdicts";
import { readManifests } from "../../../../components/manifests/documents";
import { expectGolden } from "../../../support/golden";
import { complaints, today } from "../lint/judge";
import { ingress, service } from "../lint/manifests";

const nginx = "nginx.ingress.kubernetes.io/";
const migrated = (yaml: string, target: Target) =>
  migrate(
    makeWorld(
      readManifests(yaml).documents.map((document) => fileObject("a.yaml", document)),
      today,
    ),
    target,
  );
const annotated = (annotations: Record<string, string>, more: Parameters<typeof ingress>[0] = {}) =>
  ingress({
    className: "nginx",
    annotations: Object.fromEntries(Object.entries(annotations).map(([name, value]) => [nginx + name, value])),
    ...more,
  });
const specs = (yaml: string, target: Target, kind: string) =>
  migrated(yaml, target)
    .objects.filter((object) => object.kind === kind)
    .map(({ spec }) => spec);

test("every annotation of ingress-nginx that the lint knows has a verdict, and no other", () => {
  expect([...annotationFacts.keys()].sort()).toEqual(Object.keys(annotationTables["ingress-nginx"]).sort());
});

const shop = annotated(
  {
    "rewrite-target": "/$2",
    "use-regex": "true",
    "proxy-body-size": "8m",
    "limit-rps": "10",
    "enable-cors": "true",
    "cors-allow-origin": "https://a.example",
    "whitelist-source-range": "10.0.0.0/8",
    "auth-type": "basic",
    "auth-secret": "users",
    "upstream-vhost": "internal.example",
    "proxy-read-timeout": "120",
    "configuration-snippet": "return 200;",
  },
  {
    paths: ["/api(/|$)(.*)", "/web(/|$)(.*)"],
    services: ["api", "web"],
    pathType: "ImplementationSpecific",
    tls: "[{ hosts: [shop.example], secretName: tls }]",
  },
);

test.each<Target>(["traefik", "gateway"])("the objects of an Ingress with much of what is common, for %s", (target) => {
  const { objects, annotations, differences } = migrated(shop, target);
  const report = annotations.map(({ annotation, verdict }) => `# ${verdict}: ${annotation}\n`).join("");
  const open = differences
    .filter((line) => line.startsWith("shop/"))
    .map((line) => `# ${line}\n`)
    .join("");
  expectGolden(
    path.join(__dirname, "golden", `${target}.yaml`),
    `${report}${open}${objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join("---\n")}`,
  );
});

test.each([shop, annotated({}), annotated({ "app-root": "/app" })])("what comes out, the lint has nothing against", (yaml) => {
  expect(
    complaints(
      migrated(yaml, "gateway")
        .objects.map((object) => stringify(object))
        .join("---\n"),
    ),
  ).toEqual([]);
  const text = migrated(yaml, "traefik")
    .objects.map((object) => stringify(object))
    .join("---\n");
  expect(complaints(text, { controller: "traefik" })).toEqual([]);
});

describe("to Traefik", () => {
  test("HTTP goes to HTTPS where ingress-nginx sent it", () => {
    const redirect = { redirectScheme: { scheme: "https", permanent: true } };
    const tls = { tls: "[{ hosts: [shop.example], secretName: tls }]" };
    expect(specs(annotated({}, tls), "traefik", "Middleware")).toEqual([redirect]);
    expect(specs(annotated({ "ssl-redirect": "false" }, tls), "traefik", "Middleware")).toEqual([]);
    expect(specs(annotated({}), "traefik", "Middleware")).toEqual([]);
    expect(specs(annotated({ "force-ssl-redirect": "true" }), "traefik", "Middleware")).toEqual([redirect]);
  });

  test.each([
    [{ "rewrite-target": "/" }, "/api", { replacePath: { path: "/" } }],
    [{ "rewrite-target": "/v1/$1x" }, "/api/(.*)", { replacePathRegex: { regex: "^/api/(.*)", replacement: ["/v1/$", "{1}x"].join("") } }],
    [
      { "permanent-redirect": "https://b.example/$x" },
      "/",
      { redirectRegex: { regex: "^.*$", replacement: "https://b.example/$$x", permanent: true } },
    ],
    [{ "limit-rpm": "30", "limit-burst-multiplier": "2" }, "/", { rateLimit: { average: 30, period: "1m", burst: 60 } }],
    [{ "proxy-body-size": "1g" }, "/", { buffering: { maxRequestBodyBytes: 1073741824 } }],
    [{ "proxy-body-size": "0" }, "/", undefined],
    [{ "x-forwarded-prefix": "/shop" }, "/", { headers: { customRequestHeaders: { "X-Forwarded-Prefix": "/shop" } } }],
  ])("%j", (annotations, url, expected) => {
    const pathType = url.includes("(") ? "ImplementationSpecific" : "Prefix";
    expect(specs(annotated(annotations, { path: url, pathType }), "traefik", "Middleware")).toEqual(expected ? [expected] : []);
  });

  test("what can't be written is said", () => {
    expect(migrated(annotated({ canary: "true", "canary-weight": "10" }), "traefik")).toMatchObject({
      objects: [],
      differences: expect.arrayContaining(["shop/web is a canary: write a TraefikService with weights by hand."]),
    });
  });
});

describe("to Gateway API", () => {
  const rules = (yaml: string) => (specs(yaml, "gateway", "HTTPRoute")[0] as { rules: object[] }).rules;

  test("a port's name becomes its number, by the Service", () => {
    const named = annotated({}, { port: "{ name: main }" });
    expect(rules([named, service({ port: 8080 })].join("---\n"))).toMatchObject([{ backendRefs: [{ name: "web", port: 8080 }] }]);
    expect(migrated(named, "gateway").differences[0]).toBe(
      "shop/web: the port main of the Service web has to be a number in an HTTPRoute: 80 is a guess; give the Service's file as well, or write its number.",
    );
  });

  test("redirects", () => {
    expect(rules(annotated({ "temporal-redirect": "https://b.example:8443/x" }))).toEqual([
      {
        matches: [{ path: { type: "PathPrefix", value: "/" } }],
        filters: [
          {
            type: "RequestRedirect",
            requestRedirect: {
              scheme: "https",
              hostname: "b.example",
              port: 8443,
              path: { type: "ReplaceFullPath", replaceFullPath: "/x" },
              statusCode: 302,
            },
          },
        ],
      },
    ]);
  });

  test("a wildcard certificate's listener takes the host, and HTTP is sent to it", () => {
    const yaml = annotated({}, { tls: '[{ hosts: ["*.example"], secretName: tls }]' });
    expect(specs(yaml, "gateway", "HTTPRoute")).toMatchObject([
      { parentRefs: [{ sectionName: "https-any-example" }] },
      { parentRefs: [{ sectionName: "http" }], rules: [{ filters: [{ type: "RequestRedirect" }] }] },
    ]);
  });
});

test.each([
  ["/shop(/|$)(.*)", "/$2", { prefix: "/shop", replacement: "/" }],
  ["/shop/(.*)", "/new/$1", { prefix: "/shop", replacement: "/new" }],
  ["/shop(/.*)?", "$1", { prefix: "/shop", replacement: "/" }],
  ["/shop(/|$)(.*)", "/$1", undefined],
  ["/(a|b)/(.*)", "/$2", undefined],
  ["/shop(/|$)(.*)", "/$2/$2", undefined],
])("%s to %s as the change of a prefix", (url, target, expected) => {
  expect(prefixRewrite(url, target)).toEqual(expected);
});

test("Ingresses of another controller are left alone", () => {
  expect(migrated(ingress({ className: "traefik" }), "gateway")).toEqual({ objects: [], annotations: [], differences: [] });
});
