/** An object, and whether API servers of Kubernetes 1.34 create it: by the rules of networking/validation, held against a real one by a protocol test. */
export interface ApiCase {
  readonly title: string;
  readonly yaml: string;
  readonly accepted: boolean;
}

const object = (kind: string, spec: string, metadata = "{ name: web }", apiVersion = "networking.k8s.io/v1") =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n`;
const ingress = (spec: string, metadata?: string) => object("Ingress", spec, metadata);
const service = "{ service: { name: web, port: { number: 80 } } }";
const backend = (text: string) => ingress(`{ defaultBackend: ${text} }`);
const path = (text: string) => ingress(`{ rules: [{ http: { paths: [{ ${text}, backend: ${service} }] } }] }`);
const host = (text: string) => ingress(`{ rules: [{ host: ${text} }] }`);
const tls = (text: string) => ingress(`{ defaultBackend: ${service}, tls: [${text}] }`);
const named = (metadata: string) => ingress(`{ defaultBackend: ${service} }`, metadata);
const ingressClass = (spec: string) => object("IngressClass", spec);

const accepted: [string, string][] = [
  ["a default backend alone", backend(service)],
  ["a port by name", backend("{ service: { name: web, port: { name: http } } }")],
  ["a resource", backend("{ resource: { apiGroup: k8s.example, kind: Bucket, name: static } }")],
  ["a rule without http", host("shop.example")],
  ["an empty host", host('""')],
  ["a null host", host("null")],
  ["a wildcard host", host('"*.shop.example"')],
  ["a host of one label", host("shop")],
  ["a host that has four numbers and is no address", host("300.1.1.1")],
  ["a label longer than 63 characters", host(`${"a".repeat(70)}.example`)],
  ["the path /", path("path: /, pathType: Prefix")],
  ["an exact path with a slash at the end", path("path: /a/, pathType: Exact")],
  ["regular expressions where the controller decides", path("path: /a(/|$)(.*), pathType: ImplementationSpecific")],
  ["regular expressions elsewhere: they are literal", path("path: /a(/|$)(.*), pathType: Prefix")],
  ["no path where the controller decides", path("pathType: ImplementationSpecific")],
  ["two slashes where the controller decides", path("path: /a//b, pathType: ImplementationSpecific")],
  ["a dot file", path("path: /.well-known/x, pathType: Prefix")],
  ["three dots", path("path: /a/..., pathType: Prefix")],
  ["TLS with a wildcard", tls('{ hosts: ["*.shop.example"], secretName: shop }')],
  ["TLS without hosts", tls("{ secretName: shop.tls }")],
  ["TLS without a secret", tls("{ hosts: [shop.example] }")],
  ["an address as TLS host: only its characters are judged", tls("{ hosts: [10.0.0.1] }")],
  [
    "the class in both places, the same",
    ingress(`{ ingressClassName: a, defaultBackend: ${service} }`, '{ name: web, annotations: { kubernetes.io/ingress.class: "a" } }'),
  ],
  ["a null annotation", named("{ name: web, annotations: { a: null } }")],
  ["an upper-case annotation", named('{ name: web, annotations: { Example.com/A: "b" } }')],
  ["a generated name", named("{ generateName: web- }")],
  ["a name with dots", named("{ name: web.shop }")],
  ["a status", `${backend(service)}status: { loadBalancer: {} }\n`],
  ["a class", ingressClass("{ controller: traefik.io/ingress-controller }")],
  [
    "a class with parameters of a namespace",
    ingressClass("{ controller: a.example/b, parameters: { kind: C, name: d, scope: Namespace, namespace: e } }"),
  ],
  [
    "a class with parameters of the cluster",
    ingressClass("{ controller: a.example/b, parameters: { apiGroup: x.example, kind: C, name: d } }"),
  ],
];

const refused: [string, string][] = [
  ["neither rules nor a default backend", ingress("{ ingressClassName: a }")],
  ["empty rules", ingress("{ rules: [] }")],
  ["extensions/v1beta1", object("Ingress", "{ backend: { serviceName: web, servicePort: 80 } }", undefined, "extensions/v1beta1")],
  [
    "networking.k8s.io/v1beta1",
    object("Ingress", "{ backend: { serviceName: web, servicePort: 80 } }", undefined, "networking.k8s.io/v1beta1"),
  ],
  ["the backend of v1beta1 in v1", backend("{ serviceName: web, servicePort: 80 }")],
  ["the default backend of v1beta1 in v1", ingress(`{ backend: ${service} }`)],
  ["service and resource", backend("{ service: { name: web, port: { number: 80 } }, resource: { kind: A, name: b } }")],
  ["no backend", backend("{}")],
  ["a resource without a kind", backend("{ resource: { name: b } }")],
  ["a service without a port", backend("{ service: { name: web } }")],
  ["a service without a name", backend("{ service: { port: { number: 80 } } }")],
  ["a port by name and number", backend("{ service: { name: web, port: { name: http, number: 80 } } }")],
  ["a port that is a number", backend("{ service: { name: web, port: 80 } }")],
  ["a port number that is a text", backend('{ service: { name: web, port: { number: "80" } } }')],
  ["a port name that is a number", backend("{ service: { name: web, port: { name: 80 } } }")],
  ["a port name of digits", backend('{ service: { name: web, port: { name: "80" } } }')],
  ["a port name that is too long", backend("{ service: { name: web, port: { name: a-port-of-many-letters } } }")],
  ["port 0", backend("{ service: { name: web, port: { number: 0 } } }")],
  ["port 70000", backend("{ service: { name: web, port: { number: 70000 } } }")],
  ["a service name that starts with a digit", backend("{ service: { name: 1web, port: { number: 80 } } }")],
  ["a service of another namespace", backend("{ service: { name: shop/web, port: { number: 80 } } }")],
  ["a service's DNS name", backend("{ service: { name: web.shop.svc, port: { number: 80 } } }")],
  ["an address", host("10.0.0.1")],
  ["an IPv6 address", host('"2001:db8::1"')],
  ["a host with a port", host('"shop.example:80"')],
  ["a host with a scheme", host("https://shop.example")],
  ["an upper-case host", host("Shop.example")],
  ["a host with an underscore", host("my_shop.example")],
  ["a host with a dot at the end", host("shop.example.")],
  ["* as host", host('"*"')],
  ["a wildcard in the middle", host('"shop.*.example"')],
  ["half a wildcard", host('"shop*.example"')],
  ["two wildcards", host('"*.*.example"')],
  ["a host that is a number", host("42")],
  ["no pathType", path("path: /")],
  ["an unknown pathType", path("path: /, pathType: prefix")],
  ["a relative path", path("path: shop, pathType: Prefix")],
  ["a relative path where the controller decides", path("path: ^/shop, pathType: ImplementationSpecific")],
  ["no path for Prefix", path("pathType: Prefix")],
  ["two slashes", path("path: /a//b, pathType: Prefix")],
  ["a way up", path("path: /a/../b, pathType: Exact")],
  ["a way up at the end", path("path: /a/.., pathType: Prefix")],
  ["a dot at the end", path("path: /a/., pathType: Prefix")],
  ["an encoded slash", path("path: /a%2fb, pathType: Prefix")],
  ["http without paths", ingress("{ rules: [{ host: shop.example, http: {} }] }")],
  ["a wildcard in TLS that is none", tls('{ hosts: ["*"] }')],
  ["an upper-case TLS host", tls("{ hosts: [Shop.example] }")],
  ["an empty TLS host", tls('{ hosts: [""] }')],
  ["a TLS host with a port", tls('{ hosts: ["shop.example:443"] }')],
  ["a secret of another namespace", tls("{ secretName: shop/tls }")],
  ["TLS that is no list", ingress(`{ defaultBackend: ${service}, tls: { secretName: a } }`)],
  ["TLS with a host instead of hosts", tls("{ host: shop.example }")],
  [
    "a class by annotation and another by name",
    ingress(`{ ingressClassName: a, defaultBackend: ${service} }`, '{ name: web, annotations: { kubernetes.io/ingress.class: "b" } }'),
  ],
  ["a class name that is none", ingress(`{ ingressClassName: A, defaultBackend: ${service} }`)],
  ["an annotation that is a boolean", named("{ name: web, annotations: { a: true } }")],
  ["an annotation that is a boolean in YAML 1.1", named("{ name: web, annotations: { a: on } }")],
  ["an annotation that is a number", named("{ name: web, annotations: { a: 10 } }")],
  ["an annotation whose key is none", named('{ name: web, annotations: { "a/b/c": "d" } }')],
  ["a label whose value is none", named("{ name: web, labels: { a: b c } }")],
  ["no name", named("{ labels: { a: b } }")],
  ["an upper-case name", named("{ name: Web }")],
  ["an unknown field", ingress(`{ defaultBackend: ${service}, classname: a }`)],
  ["a field in the wrong place", ingress(`{ rules: [{ host: a.example, paths: [] }] }`)],
  ["annotations under spec", ingress(`{ defaultBackend: ${service}, annotations: { a: "b" } }`)],
  ["a class without a controller", ingressClass("{}")],
  ["a class whose controller has no path", ingressClass("{ controller: traefik }")],
  [
    "a class with parameters of a namespace without it",
    ingressClass("{ controller: a.example/b, parameters: { kind: C, name: d, scope: Namespace } }"),
  ],
  [
    "a class with parameters of the cluster in a namespace",
    ingressClass("{ controller: a.example/b, parameters: { kind: C, name: d, scope: Cluster, namespace: e } }"),
  ],
  ["a class with an unknown scope", ingressClass("{ controller: a.example/b, parameters: { kind: C, name: d, scope: Here } }")],
  ["a class with parameters without a name", ingressClass("{ controller: a.example/b, parameters: { kind: C } }")],
];

const secret = (fields: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: tls }\ntype: kubernetes.io/tls\n${fields}\n`;

const secrets: ApiCase[] = [
  { title: "a TLS secret without its key", yaml: secret("data: { tls.crt: YQ== }"), accepted: false },
  { title: "a TLS secret without base64", yaml: secret("data: { tls.crt: base64 here, tls.key: YQ== }"), accepted: false },
];

export const apiCases: readonly ApiCase[] = [
  ...accepted.map(([title, yaml]) => ({ title, yaml, accepted: true })),
  ...refused.map(([title, yaml]) => ({ title, yaml, accepted: false })),
  ...secrets,
];
