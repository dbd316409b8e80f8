import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";
import { ingressClass } from "./ingress";

type Ingress = Stack["ingress"];
type Gateway = Ingress["gateways"][number];
type Listener = Gateway["listeners"][number];
type Filter = NonNullable<Ingress["httpRoutes"][number]["rules"][number]["filters"]>[number];

/** The keys of `ingress` that hold Gateway API's objects, with their kinds. */
export const gatewayKinds = {
  gateways: "Gateway",
  httpRoutes: "HTTPRoute",
  tlsRoutes: "TLSRoute",
  referenceGrants: "ReferenceGrant",
} as const;
export const gatewayKeys = Object.keys(gatewayKinds) as (keyof typeof gatewayKinds)[];

/** Whether the stack has anything of Gateway API. */
export const usesGatewayApi = ({ ingress }: Stack): boolean => ingress.gatewayAPI || gatewayKeys.some((key) => ingress[key].length > 0);

/** The controller that serves Gateway API: the first Traefik. Each would take the Gateways of all. */
export const gatewayController = ({ ingress }: Stack): Ingress["controllers"][number] | undefined =>
  ingress.controllers.find(({ name }) => name === "traefik");

/** Its GatewayClass, named as its IngressClass. */
export function gatewayClass(stack: Stack): string | undefined {
  const traefik = gatewayController(stack);
  return traefik && ingressClass(traefik).name;
}

/** The class of a Gateway: its own, else Traefik's. */
export const classOfGateway = (stack: Stack, { gatewayClassName }: Gateway): string | undefined => gatewayClassName ?? gatewayClass(stack);

/** The Secret that is made of the files of a listener's certificate. */
export const filesSecret = (gateway: Gateway, listener: Listener): string => `${gateway.name}-${listener.name}-tls`;

/** The Secrets with a listener's certificates: existing ones, or that of its own files. */
export function listenerSecrets(gateway: Gateway, listener: Listener): { name: string; namespace?: string | undefined }[] {
  const { certificateRefs = [], files } = listener.tls ?? {};
  return files ? [{ name: filesSecret(gateway, listener) }] : certificateRefs;
}

/** The port of Traefik that serves a listener: a Gateway has to name it, it can't open another one. */
export const traefikPort = (protocol: Listener["protocol"]): number => (protocol === "HTTP" ? 80 : 443);

const fieldOf: Readonly<Record<Filter["type"], Exclude<keyof Filter, "type">>> = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  RequestMirror: "requestMirror",
};

/** What the stack itself says against its Gateway API objects; what is wrong between them, the lint of manifests finds (components/ingress/gatewayApi). */
export function checkGatewayApi(stack: Stack, { intact }: Losses): Finding[] {
  const { ingress, cluster } = stack;
  const findings: Finding[] = [];
  const report: Report = (severity, path, message, mend) => findings.push({ severity, path: ["ingress", ...path], message, mend });
  const whole = (...path: Path) => intact("ingress", ...path);
  const first = ingress.gatewayAPI ? "gatewayAPI" : gatewayKeys.find((key) => ingress[key].length > 0);
  if (first && Number(cluster.kubernetes.split(".")[1]) < 31 && intact("cluster", "kubernetes"))
    report(
      "error",
      [first],
      `needs Kubernetes 1.31 for Gateway API's definitions, but cluster.kubernetes is ${cluster.kubernetes}.`,
      "Write Ingresses: ingress.rules.",
    );
  for (const key of gatewayKeys)
    ingress[key].forEach(({ namespace, name }, index) => {
      const twin = ingress[key].findIndex((other) => other.name === name && other.namespace === namespace);
      if (twin < index && whole(key, index) && whole(key, twin))
        report("error", [key, index, "name"], `${namespace}/${name} is also ingress.${key}[${twin}].`, "Give it a name of its own.");
    });
  const served = gatewayClass(stack);
  ingress.gateways.forEach((gateway, index) => {
    const className = classOfGateway(stack, gateway);
    if (!whole("gateways", index) || !whole("controllers")) return;
    if (className === undefined)
      report(
        "error",
        ["gateways", index],
        "needs a gatewayClassName, since no controller here serves Gateway API.",
        "Add `controllers: [{ name: traefik }]`, or write the GatewayClass of your own implementation.",
      );
    else if (className !== served)
      report(
        "warning",
        ["gateways", index, "gatewayClassName"],
        `${className} is the GatewayClass of no controller here (${served ?? "there are none"}): nothing is known of what serves it.`,
        "Leave it out for Traefik's.",
      );
    else
      for (const [position, listener] of gateway.listeners.entries())
        checkPort(listener, ["gateways", index, "listeners", position, "port"], report);
    for (const [position, { tls }] of gateway.listeners.entries())
      if (tls?.files) checkFiles(tls, ["gateways", index, "listeners", position, "tls"], report);
  });
  for (const key of ["httpRoutes", "tlsRoutes"] as const)
    ingress[key].forEach(({ parentRefs }, index) => {
      if (parentRefs === undefined && ingress.gateways.length !== 1 && whole(key, index) && whole("gateways"))
        report(
          "error",
          [key, index],
          `needs parentRefs, since the stack has ${ingress.gateways.length === 0 ? "no Gateway" : `${ingress.gateways.length} Gateways`}.`,
          "Write parentRefs: [{ name: GATEWAY }].",
        );
    });
  for (const [route, { rules }] of ingress.httpRoutes.entries())
    for (const [rule, { filters = [] }] of rules.entries())
      for (const [position, filter] of filters.entries()) {
        const path = ["httpRoutes", route, "rules", rule, "filters", position];
        if (whole(...path)) checkFilter(filter, path, report);
      }
  return findings;
}

type Report = (severity: Finding["severity"], path: Path, message: string, mend: string) => void;

function checkFilter(filter: Filter, path: Path, report: Report): void {
  const own = fieldOf[filter.type];
  if (filter[own] === undefined) report("error", path, `is a ${filter.type} without ${own}.`, `Write ${own}: {…}.`);
  for (const other of Object.values(fieldOf))
    if (other !== own && filter[other] !== undefined)
      report(
        "error",
        [...path, other],
        `means nothing to a ${filter.type}; the API server refuses it.`,
        "Write a filter of its own for it.",
      );
}

function checkFiles({ mode, certificateRefs }: NonNullable<Listener["tls"]>, path: Path, report: Report): void {
  if (mode === "Passthrough")
    report(
      "error",
      [...path, "files"],
      "is a certificate, but with mode: Passthrough the pods behind have it.",
      "Remove it, or write mode: Terminate.",
    );
  if (certificateRefs)
    report("error", [...path, "certificateRefs"], "is there beside files, which make a Secret of their own.", "Keep one of the two.");
}

function checkPort({ port, protocol }: Listener, path: Path, report: Report): void {
  const own = traefikPort(protocol);
  if (port !== own)
    report(
      "error",
      path,
      `is ${port}, where Traefik doesn't listen for ${protocol}.`,
      `Write port: ${own}. What clients use is set by the controller's expose.`,
    );
}
