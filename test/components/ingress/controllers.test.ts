import path from "node:path";
import { stringify } from "yaml";
import { partFindings, planNetwork } from "../../../components/plan";
import { parseStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";
import { expectGolden } from "../../support/golden";
import { showFindings, smallest, stackWith } from "../../support/stacks";

type Ingress = NonNullable<StackInput["ingress"]>;
type Controller = NonNullable<Ingress["controllers"]>[number];

const planOf = (ingress: Ingress) => planNetwork(stackWith({ ingress }));
const said = (...controllers: Controller[]) => showFindings(parseStack({ ...smallest, ingress: { controllers } }));
const retired: Controller = { name: "ingress-nginx", acknowledgeRetired: true };

test.each<[string, Controller]>([
  ["haproxy", { name: "haproxy", expose: "nodePort" }],
  ["f5-nginx", { name: "f5-nginx", expose: "loadBalancer", class: "web" }],
  ["ingress-nginx", retired],
])("the objects of %s", (name, controller) => {
  const shop = { name: "shop", host: "shop.example", class: controller.class ?? name, tlsSecret: "shop-tls" };
  const paths = [
    { service: "shop", port: 80 },
    { path: "/api", service: "api", port: 80, rewrite: "/" },
  ];
  const rules = [{ ...shop, redirectToHttps: true, paths }];
  expectGolden(
    path.join(__dirname, "golden", `${name}.yaml`),
    planOf({ controllers: [controller], rules })
      .manifests.filter(({ part }) => part.startsWith("ingress"))
      .map(({ object }) => stringify(object, { aliasDuplicateObjects: false }))
      .join("---\n"),
  );
});

test.each<[string, Controller["name"], Record<string, string>]>([
  ["traefik", "traefik", {}],
  ["haproxy", "haproxy", { "haproxy.org/ssl-redirect": "false" }],
  ["f5-nginx", "f5-nginx", { "nginx.org/ssl-redirect": "false" }],
  ["ingress-nginx", "ingress-nginx", { "nginx.ingress.kubernetes.io/ssl-redirect": "false" }],
])("without redirectToHttps no controller redirects a host with a certificate: %s", (_, name, expected) => {
  const controllers = [{ name, acknowledgeRetired: name === "ingress-nginx" }];
  const { manifests } = planOf({
    controllers,
    rules: [{ name: "shop", tlsSecret: "t", host: "a.example", paths: [{ service: "shop", port: 80 }] }],
  });
  const { annotations } = manifests.find(({ object }) => object.kind === "Ingress")?.object.metadata ?? {};
  expect(annotations).toEqual({ "pulumi.com/skipAwait": "true", ...expected });
});

test.each<[string, Controller["expose"], unknown]>([
  ["the workers' ports", "hostPort", { kind: "nodes", roles: ["worker"] }],
  ["nothing more than the NodePorts, which are open", "nodePort", undefined],
  ["every node's, where a load balancer may send it", "loadBalancer", { kind: "nodes" }],
])("the firewall opens %s", (_, expose, to) => {
  const flow = planOf({ controllers: [{ name: "haproxy", ...(expose ? { expose } : {}) }] }).flows.find(
    ({ part }) => part === "ingress/haproxy",
  );
  expect(flow?.to).toEqual(to);
  if (flow) expect(flow).toMatchObject({ published: true, protocol: "tcp", ports: [80, 443].map((port) => ({ from: port, to: port })) });
});

test("one controller twice: for each a namespace, a class and permissions of its own", () => {
  const { manifests } = planOf({
    controllers: [{ name: "haproxy" }, { name: "haproxy", as: "haproxy-internal", class: "internal", expose: "nodePort" }],
  });
  const objects = manifests.filter(({ patch }) => !patch).map(({ object }) => object);
  const names = (kind: string) => objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
  expect(names("Namespace")).toEqual(["haproxy", "haproxy-internal"]);
  expect(names("ClusterRoleBinding")).toEqual(["haproxy", "haproxy-internal"]);
  expect(objects.filter(({ kind }) => kind === "IngressClass").map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
    ["haproxy", { controller: "haproxy.org/ingress-controller" }],
    ["internal", { controller: "haproxy.org/ingress-controller/haproxy-internal" }],
  ]);
  expect(objects.filter(({ metadata }) => metadata.namespace === "haproxy-internal").map(({ kind }) => kind)).toEqual([
    "ServiceAccount",
    "ConfigMap",
    "Deployment",
    "Service",
  ]);
});

test("controllers side by side, each with a class and ports of its own", () => {
  expect(
    said(
      { name: "traefik" },
      { name: "haproxy", class: "haproxy", expose: "nodePort" },
      { name: "f5-nginx", class: "nginx", expose: "loadBalancer" },
    ),
  ).toBe("no finding");
});

test.each<[string, Controller[], string[]]>([
  [
    "two defaults, on the same ports",
    [{ name: "traefik" }, { name: "haproxy" }],
    [
      "ingress.controllers[1].class: makes it the cluster's default class, as ingress.controllers[0] is already.\n  Write class: haproxy.",
      "ingress.controllers[1].expose: wants ports 80 and 443 of every worker, which ingress.controllers[0] has already.\n  Write expose: nodePort.",
    ],
  ],
  [
    "one class, and the default NodePorts twice",
    [
      { name: "traefik", class: "web", expose: "nodePort" },
      { name: "haproxy", class: "web", expose: "nodePort" },
    ],
    [
      "ingress.controllers[1].class: web is also the class of ingress.controllers[0].\n  Give every controller a class of its own.",
      "ingress.controllers[1].nodePorts.http: 30080 is also a port of ingress.controllers[0].\n  Write another one.",
      "ingress.controllers[1].nodePorts.https: 30443 is also a port of ingress.controllers[0].\n  Write another one.",
    ],
  ],
  [
    "one twice without a name of its own",
    [{ name: "traefik" }, { name: "traefik", class: "internal", expose: "nodePort" }],
    [
      "ingress.controllers[1].name: traefik is also ingress.controllers[0].\n  Remove it, or give it a name and a class of its own: as: traefik-internal, class: traefik-internal.",
    ],
  ],
  [
    "the name of another one",
    [{ name: "traefik" }, { name: "haproxy", as: "traefik", class: "internal", expose: "nodePort" }],
    [
      "ingress.controllers[1].as: traefik is also ingress.controllers[0].\n  Remove it, or give it a name and a class of its own: as: haproxy-internal, class: haproxy-internal.",
    ],
  ],
  [
    "the retired one",
    [{ name: "ingress-nginx" }],
    [
      "ingress.controllers[0].name: ingress-nginx was retired in March 2026: nobody mends its security holes.\n  Write traefik; `plumbline ingress migrate FILE --to traefik` says what becomes of every annotation. To run it all the same: acknowledgeRetired: true.",
    ],
  ],
  [
    "the retired one, acknowledged",
    [retired],
    [
      "warning: ingress.controllers[0].name: ingress-nginx was retired in March 2026: nobody mends its security holes. acknowledgeRetired accepts that.\n  Write traefik; `plumbline ingress migrate FILE --to traefik` says what becomes of every annotation.",
    ],
  ],
  [
    "the retired one by another name",
    [{ ...retired, as: "old" }],
    [
      "ingress.controllers[0].as: is for a controller that is there twice; a second ingress-nginx would serve the first one's class as well.\n  Remove it.",
      "warning: ingress.controllers[0].name: ingress-nginx was retired in March 2026: nobody mends its security holes. acknowledgeRetired accepts that.\n  Write traefik; `plumbline ingress migrate FILE --to traefik` says what becomes of every annotation.",
    ],
  ],
  [
    "an acknowledgement of nothing",
    [{ name: "traefik", acknowledgeRetired: true }],
    ["warning: ingress.controllers[0].acknowledgeRetired: means nothing for traefik.\n  Remove it."],
  ],
])("%s", (_, controllers, expected) => {
  expect(said(...controllers)).toBe(expected.join("\n"));
});

test.each<[string, Controller, boolean, string]>([
  ["Traefik has a certificate of its own", { name: "traefik" }, false, "no finding"],
  [
    "HAProxy serves no HTTPS without one",
    { name: "haproxy" },
    false,
    "ingress.rules[0].redirectToHttps: sends browsers to HTTPS, but the rule has no certificate: haproxy serves no HTTPS for its host.\n  Write tlsSecret: NAME, a Secret of type kubernetes.io/tls in the rule's namespace, or tls: { certificateFile, keyFile }.",
  ],
  [
    "F5 NGINX doesn't know its NodePort",
    { name: "f5-nginx", expose: "nodePort" },
    true,
    "warning: ingress.rules[0].redirectToHttps: sends browsers to port 443, since f5-nginx doesn't know of nodePorts.https 30443.\n  Put a load balancer with port 443 in front, or write expose: hostPort.",
  ],
  ["HAProxy does", { name: "haproxy", expose: "nodePort" }, true, "no finding"],
])("redirect to HTTPS: %s", (_, controller, hasSecret, expected) => {
  const rule = { name: "shop", host: "a.example", redirectToHttps: true, paths: [{ service: "shop", port: 80 }] };
  const rules = [{ ...rule, ...(hasSecret ? { tlsSecret: "shop-tls" } : {}) }];
  expect(showFindings(parseStack({ ...smallest, ingress: { controllers: [controller], rules } }))).toBe(expected);
});

describe("gce, which Plumbline doesn't install", () => {
  const shop = { name: "shop", host: "shop.example", tlsSecret: "shop-tls", paths: [{ service: "shop", port: 80 }] };
  const plan = planOf({
    controllers: [{ name: "traefik", class: "web" }, { name: "gce" }],
    rules: [shop],
    sample: { host: "hello.example" },
  });
  const own = (kind: string) =>
    plan.manifests.filter(({ part, object }) => part !== "ingress/traefik" && object.kind === kind).map(({ object }) => object);

  test("rules name its class by the annotation, and it has no IngressClass and no pods", () => {
    expect(
      own("Ingress").map(({ metadata, spec }) => [
        metadata.name,
        metadata.annotations,
        (spec as { ingressClassName?: string }).ingressClassName,
      ]),
    ).toEqual([
      ["shop", { "pulumi.com/skipAwait": "true", "kubernetes.io/ingress.class": "gce" }, undefined],
      ["hello", { "pulumi.com/skipAwait": "true", "kubernetes.io/ingress.class": "gce" }, undefined],
    ]);
    expect(own("IngressClass")).toEqual([]);
    expect(plan.manifests.filter(({ part }) => part === "ingress/gce")).toEqual([]);
  });

  test("the sample is where its load balancers can reach it", () => {
    expect(own("Service").map(({ spec }) => (spec as { type?: string }).type)).toEqual(["NodePort"]);
  });

  test("Google's load balancers and health checks reach the NodePorts of every node", () => {
    expect(
      plan.flows.filter(({ part }) => part === "ingress/gce").map(({ from, ...flow }) => ({ ...flow, from: JSON.stringify(from) })),
    ).toEqual([
      {
        part: "ingress/gce",
        from: '{"kind":"cidrs","cidrs":["130.211.0.0/22","35.191.0.0/16"]}',
        to: { kind: "nodes" },
        protocol: "tcp",
        ports: [{ from: 30000, to: 32767 }],
        published: true,
        why: "Google's load balancers, and their health checks",
      },
    ]);
  });

  test("whoever names it is told that it has to be run; beside a controller on the hosts' ports it is fine", () => {
    const controllers: Controller[] = [{ name: "traefik" }, { name: "gce", class: "gce" }];
    expect(said(...controllers)).toBe("no finding");
    expect(partFindings(stackWith({ ingress: { controllers } }))).toContainEqual({
      severity: "info",
      path: ["ingress", "controllers", 1],
      message: "gce isn't installed by Plumbline: it makes load balancers of Google Cloud's with a key of your project.",
      mend: "Run the controller of github.com/kubernetes/ingress-gce, and make the Services of the rules NodePorts.",
    });
  });
});
