import path from "node:path";
import { stringify } from "yaml";
import { type LiveDefinition, whyLeft } from "../../../components/ingress/gatewayApi/live";
import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { parseStack, requireStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";
import { expectGolden } from "../../support/golden";
import { showFindings, smallest } from "../../support/stacks";
import { shop } from "./gatewayStack";

type Ingress = NonNullable<StackInput["ingress"]>;

const planOf = (ingress: Ingress) => planNetwork(requireStack(parseStack({ ...smallest, ingress })));
const manifestsOf = (ingress: Ingress, part: string) => planOf(ingress).manifests.filter((item) => item.part === part);
const sayings = (ingress: Ingress) => planOf(ingress).findings.map((finding) => showFinding(finding));

test("the objects of a stack with each kind; none is objected to", () => {
  expectGolden(
    path.join(__dirname, "golden", "gateway-api.yaml"),
    [...manifestsOf(shop, "ingress/traefik"), ...manifestsOf(shop, "ingress/gateway-api")]
      .filter(({ object }) => ["ClusterRole", "DaemonSet"].includes(object.kind) || object.apiVersion.startsWith("gateway."))
      .map(({ object }) => stringify(object, { aliasDuplicateObjects: false }))
      .join("---\n"),
  );
  expect(sayings(shop)).toEqual([]);
});

test("the definitions come where something of Gateway API is wanted, as what the whole cluster shares", () => {
  const part = "definitions/gateway-api";
  expect(manifestsOf({ controllers: [{ name: "traefik" }] }, part)).toEqual([]);
  const wanted = manifestsOf({ controllers: [{ name: "traefik" }], gatewayAPI: true }, part);
  expect(wanted.map(({ object, shared }) => [object.kind, object.metadata.labels?.["app.kubernetes.io/managed-by"], shared])).toEqual(
    Array(10).fill(["CustomResourceDefinition", "plumbline", true]),
  );
  expect(manifestsOf(shop, part)).toEqual(wanted);
});

const live = (version: string, channel = "standard", ours = true): LiveDefinition => ({
  labels: ours ? { "app.kubernetes.io/managed-by": "plumbline" } : {},
  annotations: { "gateway.networking.k8s.io/bundle-version": version, "gateway.networking.k8s.io/channel": channel },
});
const stay = "They stay as they are; the stack's objects are written for v1.6.3, standard channel.";

test.each<[string, LiveDefinition[], string | undefined]>([
  ["there are none", [], undefined],
  ["an earlier Plumbline's", [live("v1.5.0"), live("v1.5.0")], undefined],
  ["the same", [live("v1.6.3")], undefined],
  [
    "newer",
    [live("v1.6.3"), live("v1.10.0")],
    `The cluster has Gateway API's definitions v1.6.3 and v1.10.0, newer than Plumbline's. ${stay}`,
  ],
  [
    "the other channel",
    [live("v1.2.0", "experimental")],
    `The cluster has Gateway API's definitions v1.2.0, experimental channel. ${stay}`,
  ],
  [
    "somebody else's",
    [live("v1.4.0", "standard", false)],
    `The cluster has Gateway API's definitions v1.4.0, made by somebody else. ${stay} To let Plumbline keep them up to date, label each of them app.kubernetes.io/managed-by=plumbline.`,
  ],
  [
    "of nobody knows what",
    [{}],
    `The cluster has Gateway API's definitions of no known version, made by somebody else. ${stay} To let Plumbline keep them up to date, label each of them app.kubernetes.io/managed-by=plumbline.`,
  ],
])("live definitions: %s", (_, definitions, expected) => {
  expect(whyLeft(definitions)).toBe(expected);
});

const gateway = { name: "web", listeners: [{ name: "http", port: 80, protocol: "HTTP" as const }] };
const route = { name: "shop", hostnames: ["shop.example"], rules: [{ backendRefs: [{ name: "shop", port: 80 }] }] };
const base: Ingress = { controllers: [{ name: "traefik" }], gateways: [gateway] };

test.each<[string, Ingress, string[]]>([
  [
    "a Gateway and a listener that there aren't",
    { ...base, httpRoutes: [{ ...route, parentRefs: [{ name: "wep" }, { name: "web", sectionName: "https" }] }] },
    [
      "ingress.httpRoutes[0].parentRefs[0].name: there is no Gateway wep in the namespace default of this stack.\n  Did you mean web?",
      "ingress.httpRoutes[0].parentRefs[1].sectionName: Gateway default/web (ingress.gateways[0]) has no such listener.\n  Write one of http.",
    ],
  ],
  [
    "another namespace, whose routes no listener takes",
    { ...base, httpRoutes: [{ ...route, namespace: "shop" }] },
    [
      "ingress.httpRoutes[0].parentRefs[0]: Gateway default/web takes no routes of the namespace shop: allowedRoutes is Same unless told otherwise.\n  Write allowedRoutes: { namespaces: { from: All } } (or Selector) at the listener.",
    ],
  ],
  [
    "a route of TLS at a listener of HTTP",
    { ...base, tlsRoutes: [{ name: "bank", hostnames: ["bank.example"], rules: [{ backendRefs: [{ name: "bank", port: 443 }] }] }] },
    [
      "ingress.tlsRoutes[0].parentRefs[0]: Gateway default/web (ingress.gateways[0]) has no listener there that takes a TLSRoute: http is HTTP.\n  Write a listener with protocol: TLS.",
    ],
  ],
  [
    "a Service of a namespace that hasn't granted it",
    { ...base, httpRoutes: [{ ...route, rules: [{ backendRefs: [{ name: "shop", namespace: "shop", port: 80 }] }] }] },
    [
      "ingress.httpRoutes[0].rules[0].backendRefs[0]: is the Service shop of the namespace shop, and no ReferenceGrant there lets HTTPRoutes of default have it.\n  Write a ReferenceGrant in shop, from HTTPRoute to Service, or put both into one namespace.",
    ],
  ],
  [
    "two listeners for the same, TLS without a certificate, and a host that no listener has",
    {
      ...base,
      gateways: [
        {
          name: "web",
          listeners: [
            { name: "a", port: 443, protocol: "HTTPS", hostname: "a.example", tls: {} },
            { name: "b", port: 443, protocol: "HTTPS", hostname: "a.example", tls: { certificateRefs: [{ name: "b" }] } },
          ],
        },
      ],
      httpRoutes: [route],
    },
    [
      "ingress.gateways[0].listeners[0].tls: terminates TLS and names no certificate; the API server refuses that.\n  Write certificateRefs: [{ name: SECRET }].",
      "ingress.gateways[0].listeners[1]: wants the same port, protocol and host name as the listener a.\n  Keep one of the two, or give them different host names.",
      "ingress.httpRoutes[0].hostnames: none of shop.example meets a listener of Gateway default/web (a.example, a.example): the route is not attached.\n  Write a host name that a listener has.",
    ],
  ],
])("%s", (_, ingress, expected) => {
  expect(sayings(ingress)).toEqual(expected);
});

test.each<[string, Ingress, string]>([
  [
    "a port that Traefik doesn't have",
    { ...base, gateways: [{ name: "web", listeners: [{ name: "http", port: 8080, protocol: "HTTP" }] }] },
    "ingress.gateways[0].listeners[0].port: is 8080, where Traefik doesn't listen for HTTP.\n  Write port: 80. What clients use is set by the controller's expose.",
  ],
  [
    "no controller that serves it",
    { controllers: [{ name: "haproxy" }], gateways: [gateway] },
    "ingress.gateways[0]: needs a gatewayClassName, since no controller here serves Gateway API.\n  Add `controllers: [{ name: traefik }]`, or write the GatewayClass of your own implementation.",
  ],
  [
    "another implementation's class, on a port of its own",
    { ...base, gateways: [{ name: "web", gatewayClassName: "cilium", listeners: [{ name: "http", port: 8080, protocol: "HTTP" }] }] },
    "warning: ingress.gateways[0].gatewayClassName: cilium is the GatewayClass of no controller here (traefik): nothing is known of what serves it.\n  Leave it out for Traefik's.",
  ],
  [
    "routes that could be anybody's",
    { controllers: [{ name: "traefik" }], gateways: [gateway, { ...gateway, name: "other" }], httpRoutes: [route] },
    "ingress.httpRoutes[0]: needs parentRefs, since the stack has 2 Gateways.\n  Write parentRefs: [{ name: GATEWAY }].",
  ],
  [
    "filters that say nothing, or too much",
    { ...base, httpRoutes: [{ ...route, rules: [{ filters: [{ type: "RequestRedirect", urlRewrite: { hostname: "a.example" } }] }] }] },
    "ingress.httpRoutes[0].rules[0].filters[0]: is a RequestRedirect without requestRedirect.\n  Write requestRedirect: {…}.\ningress.httpRoutes[0].rules[0].filters[0].urlRewrite: means nothing to a RequestRedirect; the API server refuses it.\n  Write a filter of its own for it.",
  ],
  [
    "the same name twice",
    { ...base, httpRoutes: [route, route] },
    "ingress.httpRoutes[1].name: default/shop is also ingress.httpRoutes[0].\n  Give it a name of its own.",
  ],
])("%s", (_, ingress, expected) => {
  expect(showFindings(parseStack({ ...smallest, ingress }))).toBe(expected);
});

test("Kubernetes before 1.31 doesn't take the definitions", () => {
  expect(showFindings(parseStack({ ...smallest, cluster: { kubernetes: "1.30" }, ingress: base }))).toBe(
    "ingress.gateways: needs Kubernetes 1.31 for Gateway API's definitions, but cluster.kubernetes is 1.30.\n  Write Ingresses: ingress.rules.",
  );
});
