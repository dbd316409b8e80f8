import { lintWithCluster } from "../../../components/ingress/liveLint";
import { readManifests } from "../../../components/manifests/documents";
import { planNetwork } from "../../../components/plan";
import { showPath } from "../../../core/finding";
import type { StackInput } from "../../../core/stack/schema";
import { stackWith } from "../../support/stacks";
import { today } from "./lint/judge";

type Ingress = NonNullable<StackInput["ingress"]>;

const shop = { name: "shop", host: "shop.example", paths: [{ service: "web", port: 80 }] };
const controllers: Ingress["controllers"] = [{ name: "traefik" }];

/** An object as the cluster's reader names it. */
const live = (kind: string, name: string, rest: string, metadata = "") => ({
  file: `${kind} ${kind === "IngressClass" ? "" : "default/"}${name}`,
  ...readManifests(
    `apiVersion: ${kind === "Service" ? "v1" : "networking.k8s.io/v1"}
kind: ${kind}
metadata: { name: ${name}${kind === "IngressClass" ? "" : ", namespace: default"}${metadata} }
${rest}`,
  ),
});
const web = live("Service", "web", "spec: { ports: [{ port: 80 }] }");
const ingress = (name: string, { className = "traefik", service = "web", port = 80, host = "shop.example" } = {}) =>
  live(
    "Ingress",
    name,
    `spec: { ingressClassName: ${className}, rules: [{ host: ${host}, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${service}, port: { number: ${port} } } } }] } }] }`,
  );

const said = (rules: Ingress["rules"], ...cluster: ReturnType<typeof live>[]) =>
  lintWithCluster(planNetwork(stackWith({ ingress: { controllers, rules } })), cluster, today).map(
    ({ severity, path, message, mend }) => `${severity} ${showPath(path)}: ${message} ${mend}`,
  );

test("rules that go with what is there: the Ingress of the last apply is theirs, and so is its class", () => {
  expect(
    said([shop], web, ingress("shop", { service: "old" }), live("IngressClass", "traefik", "spec: { controller: a.example/b }")),
  ).toEqual([]);
});

test("another Ingress that claims the same host and path", () => {
  expect(said([shop], web, live("Service", "old", "spec: { ports: [{ port: 80 }] }"), ingress("by-hand", { service: "old" }))).toEqual([
    "error ingress.rules[0].paths[0].path: shop.example / (Prefix) is claimed by Ingress default/by-hand (in the cluster) as well; Traefik makes two routers of the same priority and doesn't say which one gets the requests. Keep one of the two, or give one another host or path.",
  ]);
  expect(said([shop], web, ingress("by-hand", { host: "other.example" }))).toEqual([]);
});

test("a Service and a port that aren't there", () => {
  expect(said([shop])).toEqual([
    "error ingress.rules[0].paths[0].service: there is no Service web in the namespace default of the cluster. Add it.",
  ]);
  expect(said([{ ...shop, paths: [{ service: "web", port: 8080 }] }], web)).toEqual([
    "error ingress.rules[0].paths[0].port: Service default/web (in the cluster) has no port 8080. It has 80.",
  ]);
});

test("a class that nobody serves, which the plan alone can't know", () => {
  const rule = { ...shop, class: "nginx" };
  expect(said([rule], web)).toEqual([
    "error ingress.rules[0].class: nginx is no IngressClass of the cluster (traefik): nobody serves this Ingress. Write one of traefik, or add the IngressClass.",
  ]);
  expect(said([rule], web, live("IngressClass", "nginx", "spec: { controller: nginx.org/ingress-controller }"))).toEqual([]);
});

test("a second default class", () => {
  const other = live(
    "IngressClass",
    "web",
    "spec: { controller: haproxy.org/ingress-controller }",
    ', annotations: { ingressclass.kubernetes.io/is-default-class: "true" }',
  );
  expect(said([shop], web, other)).toEqual([
    "warning ingress.controllers[0].class: traefik is a default class as web is (in the cluster); an Ingress without a class gets the newest of them. Keep one default.",
  ]);
});

test("of the cluster's own Ingresses only what can't work, and nothing twice that the plan has been found to have", () => {
  expect(said([], web, ingress("by-hand", { port: 81 }), ingress("lost", { className: "gone", host: "lost.example" }))).toEqual([
    "error : Ingress default/by-hand: Service default/web (in the cluster) has no port 81. It has 80.",
    "error : Ingress default/lost: gone is no IngressClass of the cluster (traefik): nobody serves this Ingress. Write one of traefik, or add the IngressClass.",
  ]);
  const known = { ...shop, annotations: { "haproxy.org/check": "true" } };
  expect(said([known], web)).toEqual([]);
});
