import { complaints } from "./judge";
import { service } from "./manifests";

const object = (kind: string, name: string, spec: string, namespace = "shop", version = "v1") =>
  `apiVersion: gateway.networking.k8s.io/${version}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
const gateway = (listeners: string, className = "traefik") =>
  object("Gateway", "web", `{ gatewayClassName: ${className}, listeners: [${listeners}] }`);
const http = "{ name: http, protocol: HTTP, port: 80 }";
const route = (rules: string, { hostnames = "[shop.example]", parent = "{ name: web }", namespace = "shop" } = {}) =>
  object("HTTPRoute", "shop", `{ parentRefs: [${parent}], hostnames: ${hostnames}, rules: [${rules}] }`, namespace);
const rule = "{ backendRefs: [{ name: web, port: 80 }] }";
const together = (...files: string[]) => complaints(files.join("---\n"));

test("a Gateway and a route that fit", () => {
  expect(
    together(
      gateway(http),
      route(rule),
      service({}),
      object("GatewayClass", "traefik", "{ controllerName: traefik.io/gateway-controller }"),
    ),
  ).toEqual([]);
  expect(
    together(
      gateway('{ name: a, protocol: HTTPS, port: 443, hostname: "*.example", tls: { certificateRefs: [{ name: tls }] } }'),
      route(rule, { hostnames: "[a.shop.example]" }),
    ),
  ).toEqual([]);
});

test.each([
  [
    "an old version",
    [object("HTTPRoute", "a", "{ parentRefs: [{ name: web }] }", "shop", "v1alpha2")],
    "error apiVersion: HTTPRoute v1alpha2 isn't served by the CRDs of today (gateway-api 1.7).",
  ],
  [
    "no class",
    [object("Gateway", "web", `{ listeners: [${http}] }`)],
    "error spec.gatewayClassName: is missing; the API server refuses the Gateway.",
  ],
  [
    "another class",
    [gateway(http, "nginx"), object("GatewayClass", "traefik", "{ controllerName: a.example/b }")],
    "error spec.gatewayClassName: there is no GatewayClass nginx in these files (traefik).",
  ],
  ["no listener", [gateway("")], "error spec.listeners: are missing; the API server refuses a Gateway without one."],
  [
    "the same listener twice",
    [gateway(`${http}, { name: other, protocol: HTTP, port: 80 }`)],
    "error spec.listeners[1]: wants the same port, protocol and host name as the listener http.",
  ],
  ["HTTPS without tls", [gateway("{ name: a, protocol: HTTPS, port: 443 }")], "error spec.listeners[0]: is HTTPS and has no tls."],
  [
    "tls without a certificate",
    [gateway("{ name: a, protocol: HTTPS, port: 443, tls: { mode: Terminate } }")],
    "error spec.listeners[0].tls: terminates TLS and names no certificate; the API server refuses that.",
  ],
  [
    "HTTP with tls",
    [gateway("{ name: a, protocol: HTTP, port: 80, tls: { certificateRefs: [{ name: a }] } }")],
    "error spec.listeners[0].tls: is there, but the protocol is HTTP; the API server refuses that.",
  ],
  [
    "a Secret of another namespace",
    [gateway("{ name: a, protocol: HTTPS, port: 443, tls: { certificateRefs: [{ name: a, namespace: certs }] } }")],
    "error spec.listeners[0].tls.certificateRefs[0]: is the Secret a of the namespace certs, and no ReferenceGrant there lets Gateways of shop have it.",
  ],
  [
    "another Gateway",
    [gateway(http), route(rule, { parent: "{ name: wep }" })],
    "error spec.parentRefs[0].name: there is no Gateway wep in the namespace shop of these files.",
  ],
  [
    "a listener that isn't there",
    [gateway(http), route(rule, { parent: "{ name: web, sectionName: https }" })],
    "error spec.parentRefs[0].sectionName: Gateway shop/web (a.yaml:1) has no such listener.",
  ],
  [
    "another namespace",
    [gateway(http), route(rule, { parent: "{ name: web, namespace: shop }", namespace: "beta" })],
    "error spec.parentRefs[0]: Gateway shop/web takes no routes of the namespace beta: allowedRoutes is Same unless told otherwise.",
  ],
  [
    "hosts that don't meet",
    [gateway("{ name: a, protocol: HTTP, port: 80, hostname: other.example }"), route(rule)],
    "error spec.hostnames: none of shop.example meets a listener of Gateway shop/web (other.example): the route is not attached.",
  ],
  [
    "an address as host",
    [gateway(http), route(rule, { hostnames: "[10.0.0.1]" })],
    "error spec.hostnames[0]: 10.0.0.1 is an address, not a host name.",
  ],
  [
    "a relative path",
    [gateway(http), route("{ matches: [{ path: { value: shop } }], backendRefs: [{ name: web, port: 80 }] }")],
    "error spec.rules[0].matches[0].path.value: shop doesn't start with /; the API server refuses it.",
  ],
  [
    "a port by name",
    [gateway(http), route("{ backendRefs: [{ name: web, port: http }] }")],
    "error spec.rules[0].backendRefs[0].port: is no number: Gateway API knows Services' ports by number only.",
  ],
  [
    "a Service that isn't there",
    [gateway(http), route(rule), service({ name: "wep" })],
    "error spec.rules[0].backendRefs[0].name: there is no Service web in the namespace shop of these files.",
  ],
  [
    "a port that isn't there",
    [gateway(http), route(rule), service({ port: 8080 })],
    "error spec.rules[0].backendRefs[0].port: Service shop/web (a.yaml:11) has no port 80.",
  ],
  [
    "a redirect and a backend",
    [
      gateway(http),
      route("{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }], backendRefs: [{ name: web, port: 80 }] }"),
    ],
    "error spec.rules[0].backendRefs: are there beside a RequestRedirect; the API server refuses that.",
  ],
])("%s", (_, files, expected) => {
  expect(together(...files)).toEqual([expected]);
});

test("a Service of another namespace needs a ReferenceGrant", () => {
  const far = route("{ backendRefs: [{ name: web, namespace: beta, port: 80 }] }");
  const grant = (kind: string) =>
    object(
      "ReferenceGrant",
      "a",
      `{ from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: "", kind: ${kind} }] }`,
      "beta",
    );
  expect(together(gateway(http), far, grant("Service"))).toEqual([]);
  expect(together(gateway(http), far, grant("Secret"))).toEqual([
    "error spec.rules[0].backendRefs[0]: is the Service web of the namespace beta, and no ReferenceGrant there lets HTTPRoutes of shop have it.",
  ]);
});
