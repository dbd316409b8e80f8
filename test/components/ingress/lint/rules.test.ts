import { complaints, errorsOf, lint } from "./judge";
import { ingress, ingressClass, service, workload } from "./manifests";

test("an Ingress with all that it needs has nothing to complain about", () => {
  const files = [ingress({ className: "traefik" }), ingressClass("traefik", "traefik.io/ingress-controller"), service({}), workload({})];
  expect(lint(files.join("---\n"))).toEqual([]);
});

describe("two that want the same requests", () => {
  const web = ingress({ className: "traefik" });
  const other = (changes: Parameters<typeof ingress>[0]) => ingress({ className: "traefik", name: "other", service: "api", ...changes });

  test("the same host and path, in another file and namespace", () => {
    expect(complaints({ "a.yaml": web, "b.yaml": other({ namespace: "beta" }) })).toEqual(
      [
        "error spec.rules[0].http.paths[0].path: shop.example / (Prefix) is claimed by Ingress shop/web (a.yaml:1) as well; Traefik makes two routers of the same priority and doesn't say which one gets the requests",
      ].map((line) => `${line}.`),
    );
  });

  test.each([
    ["the same path twice in one Ingress", [ingress({ paths: ["/", "/"], services: ["web", "api"] })], ["error"]],
    ["a slash at the end makes no difference to Prefix", [web.replace("path: /,", "path: /a,"), other({ path: "/a/" })], ["warning"]],
    ["the same backend twice", [web, other({ service: "web" })], ["warning"]],
    [
      "Exact beside Prefix",
      ["web", "other"].map((name, index) => ingress({ className: "haproxy", name, pathType: index === 0 ? "Prefix" : "Exact" })),
      [],
    ],
    ["another class", [web, other({ className: "haproxy" })], []],
    ["another host", [web, other({ host: "other.example" })], []],
    ["another path", [web, other({ path: "/api" })], []],
    [
      "a canary of ingress-nginx",
      [
        ingress({ className: "web" }),
        ingress({ className: "web", name: "c", annotations: { "nginx.ingress.kubernetes.io/canary": "true" } }),
      ],
      ["warning"],
    ],
    [
      "two load balancers of GCE",
      [
        ingress({ className: "", annotations: { "kubernetes.io/ingress.class": "gce" } }),
        ingress({ className: "", name: "b", service: "api", annotations: { "kubernetes.io/ingress.class": "gce" } }),
      ],
      [],
    ],
  ])("%s", (_, files, severities) => {
    expect(complaints(files.join("---\n")).map((line) => line.split(" ")[0])).toEqual(severities);
  });

  test("F5 NGINX gives a host to one Ingress", () => {
    const files = [ingress({ className: "nginx", path: "/a" }), ingress({ className: "nginx", name: "other", path: "/b" })].join("---\n");
    expect(complaints(files, { controller: "f5-nginx" })).toEqual([
      "error spec.rules[0].host: shop.example belongs to Ingress shop/web already; F5 NGINX gives a host to the older Ingress alone and rejects the other.",
    ]);
    expect(complaints(files, { controller: "traefik" }).filter((line) => line.includes("belongs"))).toEqual([]);
  });
});

test("the same object twice", () => {
  const message = (how: string) => [expect.stringContaining(how)];
  expect(complaints([ingress({}), ingress({ host: "other.example" })].join("---\n"))).toEqual(
    message("applied after it, this one replaces it."),
  );
  expect(complaints([ingress({}), ingress({})].join("---\n"))).toEqual(message("is there twice, word for word"));
  expect(complaints([ingress({}), ingress({ namespace: "beta", host: "other.example" })].join("---\n"))).toEqual([]);
});

describe("Services", () => {
  test.each([
    ["there are none in the files: nothing to judge by", ingress({}), "", []],
    [
      "another one only",
      ingress({}),
      service({ name: "web2" }),
      ["error spec.rules[0].http.paths[0].backend.service.name: there is no Service web in the namespace shop of these files."],
    ],
    [
      "in another namespace only",
      ingress({}),
      service({ namespace: "beta" }),
      [
        "error spec.rules[0].http.paths[0].backend.service.name: there is no Service web in the namespace shop, only in beta (a.yaml:15); an Ingress reaches its own namespace alone.",
      ],
    ],
    [
      "the port's number",
      ingress({}),
      service({ port: 8080 }),
      ["error spec.rules[0].http.paths[0].backend.service.port: Service shop/web (a.yaml:15) has no port 80."],
    ],
    ["a port's name", ingress({ port: "{ name: http }" }), service({ portName: "http" }), []],
    [
      "a port's name that isn't there",
      ingress({ port: "{ name: web }" }),
      service({ portName: "http" }),
      ["error spec.rules[0].http.paths[0].backend.service.port: Service shop/web (a.yaml:15) has no port web."],
    ],
    [
      "UDP",
      ingress({}),
      service({ protocol: "UDP" }),
      ["error spec.rules[0].http.paths[0].backend.service.port: port 80 of Service shop/web is UDP; HTTP needs TCP."],
    ],
    [
      "no namespace on one of the two",
      ingress({}),
      service({ namespace: "" }),
      ["warning : Service web names no namespace, so it goes where kubectl's context points, and Ingress shop/web is in shop."],
    ],
    ["no namespace on either", ingress({ namespace: "" }), service({ namespace: "" }), []],
  ])("%s", (_, one, two, expected) => {
    expect(complaints([one, two].filter(Boolean).join("---\n"))).toEqual(expected);
  });

  test("the targetPort instead of the port: the mend says so, and ingress-nginx takes it", () => {
    const files = [ingress({ port: "{ number: 8080 }" }), service({})].join("---\n");
    expect(lint(files).find(({ severity }) => severity === "error")?.mend).toBe(
      "Write 80: an Ingress names the Service's port, and 8080 is the targetPort behind it.",
    );
    expect(complaints(files, { controller: "ingress-nginx" }).filter((line) => line.includes("targetPort"))).toEqual([
      "warning spec.rules[0].http.paths[0].backend.service.port: 8080 is the targetPort of Service shop/web, which ingress-nginx alone takes for a port.",
    ]);
  });

  test("a Service that reaches no pod of the files", () => {
    const files = (changes: Parameters<typeof workload>[0]) => [ingress({}), service({}), workload(changes)].join("---\n");
    expect(complaints(files({ app: "api" }))).toEqual([
      "warning spec.selector: Service shop/web selects app=web, which no workload of these files has: requests end with 503.",
    ]);
    expect(complaints(files({ namespace: "beta", app: "api" }))).toEqual([]);
    const namedPort = [ingress({}), service({ targetPort: "http" })].join("---\n");
    expect(complaints([namedPort, workload({ portName: "http" })].join("---\n"))).toEqual([]);
    expect(complaints([namedPort, workload({ portName: "web" })].join("---\n"))).toEqual([
      "error spec.ports[0].targetPort: the selected pods have no port named http: the Service gets no endpoints.",
    ]);
  });

  test("what GCE and Traefik can't reach", () => {
    expect(
      complaints([ingress({}), service({})].join("---\n"), { controller: "gce" }).filter((line) => line.includes("ClusterIP")),
    ).toHaveLength(1);
    expect(
      complaints([ingress({}), service({ type: "NodePort" })].join("---\n"), { controller: "gce" }).filter((line) =>
        line.includes("Service"),
      ),
    ).toEqual([]);
    expect(complaints([ingress({}), service({ type: "ExternalName" })].join("---\n"), { controller: "traefik" })).toHaveLength(1);
  });
});

describe("classes", () => {
  const traefik = ingressClass("traefik", "traefik.io/ingress-controller");
  test.each([
    ["one that is there", [ingress({ className: "traefik" }), traefik], []],
    [
      "one that nobody serves",
      [ingress({ className: "trafik" }), traefik],
      ["error spec.ingressClassName: trafik is no IngressClass of these files (traefik): nobody serves this Ingress."],
    ],
    [
      "none, and no default",
      [ingress({ className: "" }), traefik],
      ["warning spec: names no class, and none of these files' IngressClasses is the default: a controller has to be told to serve it."],
    ],
    ["none, and a default", [ingress({ className: "" }), ingressClass("a", "traefik.io/ingress-controller", true)], []],
    [
      "the old annotation",
      [ingress({ className: "", annotations: { "kubernetes.io/ingress.class": "traefik" } })],
      [
        "warning metadata.annotations.kubernetes.io/ingress.class: is deprecated since Kubernetes 1.18; the API server warns of it, and some controllers pass it over.",
      ],
    ],
    ["GCE's annotation", [ingress({ className: "", annotations: { "kubernetes.io/ingress.class": "gce" } })], []],
    [
      "two defaults",
      [ingressClass("a", "traefik.io/ingress-controller", true), ingressClass("b", "haproxy.org/ingress-controller", true)],
      ["warning metadata.annotations: b is a default class as a is (a.yaml:1); an Ingress without a class gets the newest of them."],
    ],
    [
      "the retired controller",
      [ingressClass("nginx", "k8s.io/ingress-nginx")],
      ["warning spec.controller: ingress-nginx was retired in March 2026: nobody mends its security holes any more."],
    ],
  ])("%s", (_, files, expected) => {
    expect(complaints(files.join("---\n"))).toEqual(expected);
  });

  test("a class of another controller than the one that is said to serve", () => {
    expect(complaints(ingress({ className: "haproxy" }), { controller: "traefik" })).toEqual([
      "warning spec.ingressClassName: haproxy is usually the class of another controller than Traefik.",
    ]);
    expect(complaints(ingress({ className: "public" }), { controller: "traefik" })).toEqual([]);
  });
});

describe("paths", () => {
  const of = (
    path: string,
    pathType: string,
    annotations: Record<string, string> = {},
    controller?: "traefik" | "gce" | "ingress-nginx" | "f5-nginx",
  ) =>
    complaints(ingress({ path, pathType, annotations }), controller ? { controller } : {}).filter((line) => line.includes("paths[0].path"));
  const regex = { "nginx.ingress.kubernetes.io/use-regex": "true" };

  test.each([
    [of("/a(/|$)(.*)", "Prefix"), "warning"],
    [of("/a/*", "Prefix"), "warning"],
    [of("/a?b=c", "Exact"), "warning"],
    [of("/a(/|$)(.*)", "Prefix", regex), "error"],
    [of("/a(/|$)(.*)", "ImplementationSpecific", regex), undefined],
    [of("/a(/|$)(.*)", "ImplementationSpecific"), undefined],
    [of("/a(/|$)(.*)", "ImplementationSpecific", {}, "traefik"), "warning"],
    [of("/a.+", "ImplementationSpecific", { "traefik.ingress.kubernetes.io/router.pathmatcher": "PathRegexp" }, "traefik"), undefined],
    [of("/a.+", "ImplementationSpecific", {}, "f5-nginx"), "warning"],
    [of("/a.+", "Prefix", { "nginx.org/path-regex": "case_sensitive" }, "f5-nginx"), undefined],
    [of("/a/*", "ImplementationSpecific", {}, "gce"), undefined],
    [of("/a*", "ImplementationSpecific", {}, "gce"), "error"],
    [of("/a/*", "Prefix", {}, "gce"), "error"],
    [of("/a", "ImplementationSpecific", {}, "gce"), "warning"],
    [of("/", "Prefix", {}, "gce"), undefined],
    [of("/v1.2/~user/a-b_c", "Prefix"), undefined],
  ])("%j is %s", (found, severity) => {
    expect(found.map((line) => line.split(" ")[0])).toEqual(severity ? [severity] : []);
  });

  test("a rewrite that names a group which the path hasn't", () => {
    const of = (path: string) =>
      complaints(
        ingress({ path, pathType: "ImplementationSpecific", annotations: { "nginx.ingress.kubernetes.io/rewrite-target": "/$2" } }),
      ).filter((line) => line.includes("group"));
    expect(of("/a/(.*)")).toEqual([
      "warning metadata.annotations.nginx.ingress.kubernetes.io/rewrite-target: /$2 names the group $2, and the path /a/(.*) has 1.",
    ]);
    expect(of("/a(/|$)(.*)")).toEqual([]);
  });
});

describe("annotations", () => {
  const of = (key: string, value: string, controller?: "traefik" | "haproxy" | "f5-nginx" | "gce") =>
    lint(ingress({ className: "", annotations: { [key]: value } }), controller ? { controller } : {})
      .filter(({ path, message }) => path.at(-1) === key && !message.includes("retired"))
      .map(({ severity, message, mend }) => `${severity} ${message} ${mend}`);
  const nginx = "nginx.ingress.kubernetes.io/";

  test.each([
    [`${nginx}ssl-redirect`, "true"],
    [`${nginx}proxy-body-size`, "8m"],
    [`${nginx}proxy-read-timeout`, "60"],
    [`${nginx}whitelist-source-range`, "10.0.0.0/8, 192.168.1.7,fd00::/8"],
    [`${nginx}backend-protocol`, "grpc"],
    [`${nginx}session-cookie-samesite`, "Lax"],
    [`${nginx}canary-weight`, ""],
    ["traefik.ingress.kubernetes.io/router.entrypoints", "websecure"],
    ["traefik.ingress.kubernetes.io/router.entryPoints", "websecure"],
    ["traefik.ingress.kubernetes.io/router.tls.domains.0.main", "shop.example"],
    ["haproxy.org/ssl-redirect", "true"],
    ["nginx.org/client-max-body-size", "4m"],
    ["kubernetes.io/ingress.global-static-ip-name", "web"],
    ["nginx.org/ssl-redirect", "true"],
    ["nginx.org/proxy-redirect-from", "http://a.example/"],
    ["external-dns.alpha.kubernetes.io/hostname", "shop.example"],
    ["example.com/note", "anything"],
  ])("%s: %s is fine", (key, value) => {
    expect(of(key, value)).toEqual([]);
  });

  test.each([
    [
      `${nginx}ssl-redirect`,
      "yes",
      'error yes is neither true nor false; ingress-nginx refuses the whole Ingress. Write for example "true".',
    ],
    [
      `${nginx}proxy-read-timeout`,
      "60s",
      'error 60s is no whole number; ingress-nginx refuses the whole Ingress. Write for example "60", without a unit.',
    ],
    [
      `${nginx}proxy-body-size`,
      "8MB",
      'error 8MB is no size; ingress-nginx refuses the whole Ingress. Write for example "8m": a number and b, k, m or g.',
    ],
    [
      `${nginx}whitelist-source-range`,
      "10.0.0.0/33",
      'error 10.0.0.0/33 is no list of addresses and CIDRs; ingress-nginx refuses the whole Ingress. Write for example "10.0.0.0/8,192.168.1.20".',
    ],
    [`${nginx}affinity`, "ip", "error ip is none of cookie; ingress-nginx refuses the whole Ingress. Write one of cookie."],
    [`${nginx}rewrite-traget`, "/", `warning is no annotation of ingress-nginx: it is ignored. Did you mean ${nginx}rewrite-target?`],
    [
      "traefik.ingress.kubernetes.io/router.middleware",
      "a@file",
      "error is no setting of a router: Traefik then leaves the whole Ingress out. Did you mean traefik.ingress.kubernetes.io/router.middlewares?",
    ],
    ["haproxy.org/allowlist", "10.0.0.0/8", "warning is no annotation of HAProxy: it is ignored. Did you mean haproxy.org/allow-list?"],
    [
      "haproxy.org/something-quite-new",
      "1",
      "info is none of the annotations of HAProxy that are known here. Take it away, or look it up in the documentation of HAProxy.",
    ],
    [
      "traefik.ingress.kubernetes.io/service.sticky.cookie",
      "true",
      "warning is read on a Service only; on an Ingress it is ignored. Move it to the Service.",
    ],
    [
      "traefik.ingress.kubernetes.io/rule-type",
      "PathPrefixStrip",
      "warning is of Traefik 1: later versions ignore it. Write a Middleware, and name it in traefik.ingress.kubernetes.io/router.middlewares.",
    ],
  ])("%s: %s", (key, value, expected) => {
    expect(of(key, value)).toEqual([expected]);
  });

  test("another controller's annotation, with what the serving one has for it", () => {
    expect(of(`${nginx}proxy-body-size`, "8m", "f5-nginx")).toEqual([
      "warning is ingress-nginx's; F5 NGINX ignores it. Write nginx.org/client-max-body-size.",
    ]);
    expect(of("haproxy.org/check", "true", "traefik")).toEqual([
      "warning is HAProxy's; Traefik ignores it. Take it away, or find what Traefik has for it.",
    ]);
    expect(of("alb.ingress.kubernetes.io/scheme", "internal", "traefik")).toEqual([
      "warning is for the AWS Load Balancer Controller; Traefik ignores it. Take it away.",
    ]);
    expect(of("alb.ingress.kubernetes.io/scheme", "internal")).toEqual([]);
  });

  test.each([`${nginx}configuration-snippet`, "nginx.org/server-snippets", "haproxy.org/backend-config-snippet"])("%s is a risk", (key) => {
    expect(of(key, "x")).toEqual([expect.stringMatching(/^warning writes raw configuration/)]);
  });
});

test("an Ingress of v1beta1: only its version is wrong, and its routes count", () => {
  const old = `apiVersion: extensions/v1beta1
kind: Ingress
metadata: { name: old, namespace: shop }
spec:
  ingressClassName: traefik
  rules: [{ host: shop.example, http: { paths: [{ path: /, backend: { serviceName: api, servicePort: 80 } }] } }]
`;
  expect(errorsOf(old)).toEqual(["error apiVersion: extensions/v1beta1 was removed in Kubernetes 1.22; API servers of today refuse it."]);
  expect(complaints([ingress({ className: "traefik" }), old].join("---\n"))).toHaveLength(2);
  expect(complaints([ingress({ className: "traefik" }), service({}), old].join("---\n"))).toContainEqual(
    expect.stringContaining("there is no Service api"),
  );
});

test("kinds of the same name in other groups are others' own", () => {
  expect(lint("apiVersion: config.openshift.io/v1\nkind: Ingress\nmetadata: { name: cluster }\nspec: { domain: a.example }\n")).toEqual([]);
  expect(errorsOf("apiVersion: networking.k8s.io/v2\nkind: Ingress\nmetadata: { name: a }\n")).toEqual([
    "error apiVersion: there is no Ingress in networking.k8s.io/v2; API servers refuse it.",
  ]);
  expect(errorsOf("metadata: { name: a }\n")).toEqual(["error : has neither apiVersion nor kind: that is no Kubernetes object."]);
});

test("a kind in another spelling", () => {
  expect(errorsOf(ingress({}).replace("kind: Ingress", "kind: ingress"))).toEqual([
    "error kind: there is no kind ingress; API servers refuse it.",
  ]);
  expect(errorsOf(ingress({}).replace("kind: Ingress", "kind: Ingresses"))).toEqual([
    "error kind: there is no kind Ingresses; API servers refuse it.",
  ]);
});

test("two default backends for everything", () => {
  const all = (name: string, className: string) =>
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: ${name} }\nspec: { ingressClassName: ${className}, defaultBackend: { service: { name: ${name}, port: { number: 80 } } } }\n`;
  expect(complaints([all("one", "traefik"), all("two", "traefik")].join("---\n"))).toEqual([
    "error spec.defaultBackend: is a default backend for everything, as that of Ingress one (a.yaml:1) is; the controller takes one of the two.",
  ]);
  expect(complaints([all("one", "traefik"), all("two", "haproxy")].join("---\n"))).toEqual([]);
});

describe("regular expressions of ingress-nginx", () => {
  const of = (path: string) =>
    errorsOf(ingress({ path, pathType: "ImplementationSpecific", annotations: { "nginx.ingress.kubernetes.io/use-regex": "true" } }));
  test.each(["/a(.*", "/a.*)", "/a[bc"])("%s can't be read", (path) => {
    expect(of(path)).toEqual([
      `error spec.rules[0].http.paths[0].path: ${path} is no regular expression that can be read: nginx refuses the configuration.`,
    ]);
  });
  test.each(["/a(.*)", "/(?i)a/(?P<x>[^/)]+)", "/a\\(b", "/a[()]b"])("%s can be read", (path) => {
    expect(of(path)).toEqual([]);
  });
});

describe("Traefik's middlewares", () => {
  const middleware =
    "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: { name: strip, namespace: shop }\nspec: { stripPrefix: { prefixes: [/a] } }\n";
  const of = (value: string, ...more: string[]) =>
    lint(
      [ingress({ className: "traefik", annotations: { "traefik.ingress.kubernetes.io/router.middlewares": value } }), ...more].join(
        "---\n",
      ),
    ).map(({ severity, message, mend }) => `${severity} ${message} ${mend}`);
  test.each([
    ["shop-strip@kubernetescrd", [middleware], []],
    ["shop-strip@kubernetescrd,auth@file", [middleware], []],
    ["anything@kubernetescrd", [], []],
    [
      "strip",
      [middleware],
      [
        "error strip names no provider: Traefik looks for it among its Ingresses, finds none, and switches the router off. Write shop-strip@kubernetescrd, or strip@file.",
      ],
    ],
    [
      "strip@kubernetescrd",
      [middleware],
      [
        "error strip@kubernetescrd is no Middleware of these files: Traefik switches the router off. Write shop-strip@kubernetescrd: NAMESPACE-NAME@kubernetescrd.",
      ],
    ],
  ])("%s", (value, more, expected) => {
    expect(of(value, ...more)).toEqual(expected);
  });
});

describe("cert-manager", () => {
  const of = (tls?: string) => complaints(ingress({ annotations: { "cert-manager.io/cluster-issuer": "ca" }, ...(tls ? { tls } : {}) }));
  test("is asked in vain without tls, hosts or secretName", () => {
    expect(of()).toEqual([
      "warning metadata.annotations.cert-manager.io/cluster-issuer: asks for a certificate, and there is no tls: cert-manager makes none.",
    ]);
    expect(of("[{ hosts: [shop.example] }]")).toEqual([
      "warning spec.tls[0]: has no secretName: cert-manager makes no certificate for it.",
    ]);
    expect(of("[{ hosts: [shop.example], secretName: tls }]")).toEqual([]);
  });
});
