import type { Manifest } from "../../../core/part";
import type { Ingress, Route } from "../lint/model";
import { fields } from "../lint/objects";
import { commonMiddlewares, type Middleware, rewriteMiddlewares } from "./middlewares";
import { hasRegex } from "./rewrite";
import { idOf, isOff, isOn, metadataOf, nginxPrefix, setting, type Translation } from "./settings";

const traefikPrefix = "traefik.ingress.kubernetes.io/";

/** An Ingress for Traefik with the Middlewares that stand for ingress-nginx's annotations. */
export function toTraefik(ingress: Ingress): Translation {
  if (isOn(ingress, "canary")) return { objects: [], open: [`${idOf(ingress)} is a canary: write a TraefikService with weights by hand.`] };
  if (isOn(ingress, "ssl-passthrough"))
    return { objects: [], open: [`${idOf(ingress)} passes TLS through: write an IngressRouteTCP by hand.`] };
  const groups = groupsOf(ingress);
  const { name } = ingress.object;
  const shared = commonMiddlewares(ingress).map((middleware) => middlewareFor(ingress, name, middleware));
  const routed = groups.flatMap((routes, index) => {
    const own = groups.length > 1 ? `${name}-${index + 1}` : name;
    const rewrites = rewriteMiddlewares(ingress, routes).map((middleware) => middlewareFor(ingress, own, middleware));
    return [...rewrites, ingressFor(ingress, own, routes, [...shared, ...rewrites])];
  });
  const transport = transportFor(ingress);
  return {
    objects: [...shared, ...(transport ? [transport] : []), ...routed],
    open: [...serviceNotes(ingress, transport), ...openNotes(ingress)],
  };
}

const middlewareFor = (ingress: Ingress, name: string, { suffix, spec }: Middleware): Manifest => ({
  apiVersion: "traefik.io/v1alpha1",
  kind: "Middleware",
  metadata: metadataOf(ingress, `${name}-${suffix}`),
  spec,
});

/** How Traefik speaks with the backends; a Service names it. */
function transportFor(ingress: Ingress): Manifest | undefined {
  const [connect, read] = ["proxy-connect-timeout", "proxy-read-timeout"].map((name) => setting(ingress, name));
  const forwardingTimeouts = { ...(connect ? { dialTimeout: `${connect}s` } : {}), ...(read ? { responseHeaderTimeout: `${read}s` } : {}) };
  if (Object.keys(forwardingTimeouts).length === 0) return undefined;
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "ServersTransport",
    metadata: metadataOf(ingress, ingress.object.name),
    spec: { forwardingTimeouts },
  };
}

/** A Middleware is for all paths of an Ingress: paths with groups of their own get an Ingress each. */
function groupsOf({ annotations, routes }: Ingress): (readonly Route[])[] {
  const target = annotations[`${nginxPrefix}rewrite-target`];
  const expressions = new Set(routes.map(({ url }) => url));
  return target?.includes("$") && expressions.size > 1
    ? [...expressions].map((url) => routes.filter((route) => route.url === url))
    : [routes];
}

function ingressFor(ingress: Ingress, name: string, routes: readonly Route[], middlewares: readonly Manifest[]): Manifest {
  const { object, annotations, tls, defaultBackend } = ingress;
  const regex = routes.some(({ url }) => hasRegex(url));
  const namespace = object.namespace ?? "default";
  const kept = Object.entries(annotations).filter(
    ([key]) => !key.startsWith(nginxPrefix) && key !== "kubernetes.io/ingress.class" && !key.startsWith("kubectl.kubernetes.io/"),
  );
  const added = {
    ...(middlewares.length > 0
      ? {
          [`${traefikPrefix}router.middlewares`]: middlewares
            .map(({ metadata }) => `${namespace}-${metadata.name}@kubernetescrd`)
            .join(","),
        }
      : {}),
    ...(regex ? { [`${traefikPrefix}router.pathmatcher`]: "PathRegexp" } : {}),
    ...observability(ingress),
  };
  const annotated: Record<string, string> = { ...Object.fromEntries(kept), ...added };
  const aliases = (setting(ingress, "server-alias") ?? "")
    .split(",")
    .map((alias) => alias.trim())
    .filter((alias) => alias !== "" && !alias.startsWith("~"));
  const hosts = [...new Set(routes.map(({ host }) => host))];
  const rules = hosts.flatMap((host) =>
    [host, ...(host === undefined ? [] : aliases)].map((one) =>
      ruleFor(
        one,
        routes.filter((route) => route.host === host),
        regex,
      ),
    ),
  );
  const labels = fields(fields(object.data.metadata).labels);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      ...metadataOf(ingress, name),
      ...(Object.keys(labels).length > 0 ? { labels: labels as Record<string, string> } : {}),
      ...(Object.keys(annotated).length > 0 ? { annotations: annotated } : {}),
    },
    spec: {
      ingressClassName: "traefik",
      ...(defaultBackend?.service ? { defaultBackend: backendOf(defaultBackend) } : {}),
      ...(tls.length > 0
        ? {
            tls: tls.map(({ hosts: named, secret }) => ({
              ...(named.length > 0 ? { hosts: named } : {}),
              ...(secret ? { secretName: secret } : {}),
            })),
          }
        : {}),
      ...(rules.length > 0 ? { rules } : {}),
    },
  };
}

function ruleFor(host: string | undefined, routes: readonly Route[], regex: boolean) {
  const paths = routes.map(({ url, pathType, backend }) => ({
    path: url,
    // Where some are expressions, all were to ingress-nginx. What the controller decided was a prefix.
    pathType: regex ? "ImplementationSpecific" : pathType === "Exact" ? "Exact" : "Prefix",
    backend: backendOf(backend),
  }));
  return { ...(host === undefined ? {} : { host }), http: { paths } };
}

export const backendOf = ({ service, port }: Route["backend"]) => ({
  service: { name: service, port: typeof port === "number" ? { number: port } : { name: port } },
});

function observability(ingress: Ingress): Record<string, string> {
  const pairs: [string, string][] = [
    ["enable-access-log", "router.observability.accesslogs"],
    ["enable-opentelemetry", "router.observability.tracing"],
  ];
  return Object.fromEntries(
    pairs.flatMap(([name, key]) =>
      isOn(ingress, name) || isOff(ingress, name) ? [[traefikPrefix + key, String(isOn(ingress, name))]] : [],
    ),
  );
}

/** What belongs on the Services, which the migration doesn't own. */
function serviceNotes(ingress: Ingress, transport: Manifest | undefined): string[] {
  const notes: string[] = [];
  const protocol = setting(ingress, "backend-protocol")?.toUpperCase();
  if (protocol === "HTTPS" || protocol === "GRPCS") notes.push("service.serversscheme: https");
  if (protocol === "GRPC") notes.push("service.serversscheme: h2c");
  if (isOn(ingress, "service-upstream")) notes.push('service.nativelb: "true"');
  if (setting(ingress, "affinity"))
    notes.push(
      'service.sticky.cookie: "true"',
      `service.sticky.cookie.name: ${setting(ingress, "session-cookie-name") ?? "INGRESSCOOKIE"}`,
    );
  if (transport) notes.push(`service.serverstransport: ${ingress.object.namespace ?? "default"}-${transport.metadata.name}@kubernetescrd`);
  const services = [...new Set(ingress.routes.map(({ backend }) => backend.service))].join(", ");
  return notes.map((note) => `${idOf(ingress)}: annotate the Service ${services} with ${traefikPrefix}${note}.`);
}

/** What needs a value that isn't in the Ingress. */
function openNotes(ingress: Ingress): string[] {
  const notes: string[] = [];
  if (setting(ingress, "auth-url")?.includes("$"))
    notes.push("auth-url names variables of nginx's: write the Middleware forwardAuth by hand.");
  if (setting(ingress, "auth-secret")) notes.push("copy the Secret's key auth to users, which Traefik reads.");
  if (setting(ingress, "server-alias")?.includes("~"))
    notes.push("expressions in server-alias can't be written: write the names as rules.");
  if (setting(ingress, "custom-http-errors")) notes.push("write the Middleware errors by hand.");
  if (setting(ingress, "mirror-target")) notes.push("write a TraefikService with mirroring by hand.");
  if (setting(ingress, "auth-tls-secret")) notes.push("write a TLSOption with clientAuth by hand, and name it in router.tls.options.");
  return notes.map((note) => `${idOf(ingress)}: ${note}`);
}
