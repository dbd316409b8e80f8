import type { Manifest } from "../../../core/part";
import type { Ingress, Route } from "../lint/model";
import { fields, list, sameNamespace } from "../lint/objects";
import type { World } from "../lint/world";
import { corsOf, requestHeadersOf } from "./middlewares";
import { exactPath, hasRegex, prefixRewrite } from "./rewrite";
import { idOf, isOn, metadataOf, redirectsToHttps, setting, type Translation } from "./settings";

const apiVersion = "gateway.networking.k8s.io/v1";
const gatewayName = "web";

/** One Gateway per namespace with a listener per host with TLS, and HTTPRoutes behind it. The class is the implementation's: `traefik` stands for it. */
export function toGateway(ingresses: readonly Ingress[], world: World): Translation[] {
  const plain = ingresses.filter((ingress) => !isOn(ingress, "canary") && !isOn(ingress, "ssl-passthrough"));
  const namespaces = [...new Set(plain.map(({ object }) => object.namespace))];
  const gateways = namespaces.map((namespace) => gatewayFor(plain.filter(({ object }) => object.namespace === namespace)));
  return [
    { objects: gateways, open: [] },
    ...ingresses.map((ingress): Translation => {
      if (isOn(ingress, "canary"))
        return {
          objects: [],
          open: [`${idOf(ingress)} is a canary: write its Service as a second backendRef with weights into the main HTTPRoute.`],
        };
      if (isOn(ingress, "ssl-passthrough"))
        return { objects: [], open: [`${idOf(ingress)} passes TLS through: write a listener with tls.mode Passthrough and a TLSRoute.`] };
      return routesFor(ingress, world);
    }),
  ];
}

/** Listeners are named by what they serve; the name is at most 63 characters. */
const sectionName = (host: string | undefined) =>
  (host === undefined ? "https" : `https-${host.replace("*", "any").replaceAll(".", "-")}`).slice(0, 63);

function gatewayFor(ingresses: readonly Ingress[]): Manifest {
  const [first] = ingresses;
  const secured = new Map<string | undefined, string>();
  for (const { tls } of ingresses)
    for (const { hosts, secret } of tls)
      for (const host of hosts.length > 0 ? hosts : [undefined]) if (secret && !secured.has(host)) secured.set(host, secret);
  const https = [...secured].map(([hostname, name]) => ({
    name: sectionName(hostname),
    protocol: "HTTPS",
    port: 443,
    ...(hostname === undefined ? {} : { hostname }),
    tls: { mode: "Terminate", certificateRefs: [{ name }] },
  }));
  return {
    apiVersion,
    kind: "Gateway",
    metadata: first ? metadataOf(first, gatewayName) : { name: gatewayName },
    spec: { gatewayClassName: "traefik", listeners: [{ name: "http", protocol: "HTTP", port: 80 }, ...https] },
  };
}

function routesFor(ingress: Ingress, world: World): Translation {
  const hosts = [...new Set(ingress.routes.map(({ host }) => host))];
  const redirected = redirectsToHttps(ingress);
  const open: string[] = [];
  const note = (text: string) => {
    if (!open.includes(`${idOf(ingress)}: ${text}`)) open.push(`${idOf(ingress)}: ${text}`);
  };
  const objects = hosts.flatMap((host, index): Manifest[] => {
    const name = hosts.length > 1 ? `${ingress.object.name}-${index + 1}` : ingress.object.name;
    const section = listenerOf(ingress, host);
    const rules = ingress.routes.filter((route) => route.host === host).flatMap((route) => ruleFor(ingress, route, world, note));
    const root = setting(ingress, "app-root");
    if (root)
      rules.unshift({
        matches: [{ path: { type: "Exact", value: "/" } }],
        filters: [redirect({ path: { type: "ReplaceFullPath", replaceFullPath: root } }, 302)],
      });
    const sections = section === undefined ? ["http"] : redirected ? [section] : ["http", section];
    if (rules.length === 0) return [];
    const main = route(ingress, name, sections, host, rules);
    return redirected && section !== undefined
      ? [main, route(ingress, `${name}-https`, ["http"], host, [{ filters: [redirect({ scheme: "https" }, 301)] }])]
      : [main];
  });
  const fallback = ingress.defaultBackend;
  if (fallback?.service)
    objects.push(
      route(ingress, `${ingress.object.name}-default`, ["http"], undefined, [
        { backendRefs: [backendRef(ingress, fallback, world, note)] },
      ]),
    );
  return { objects, open };
}

/** The listener whose certificate a host gets. */
function listenerOf({ tls }: Ingress, host: string | undefined): string | undefined {
  const named = tls
    .filter(({ secret }) => secret)
    .flatMap(({ hosts }): (string | undefined)[] => (hosts.length > 0 ? [...hosts] : [undefined]));
  const wildcard = host === undefined ? undefined : `*.${host.split(".").slice(1).join(".")}`;
  const found = [host, wildcard, undefined].find((candidate) => named.includes(candidate));
  return named.includes(found) ? sectionName(found) : undefined;
}

function route(ingress: Ingress, name: string, sections: readonly string[], host: string | undefined, rules: readonly object[]): Manifest {
  const parentRefs = sections.map((section) => ({ name: gatewayName, sectionName: section }));
  const aliases = (setting(ingress, "server-alias") ?? "")
    .split(",")
    .map((alias) => alias.trim())
    .filter((alias) => alias !== "" && !alias.startsWith("~"));
  return {
    apiVersion,
    kind: "HTTPRoute",
    metadata: metadataOf(ingress, name),
    spec: { parentRefs, ...(host === undefined ? {} : { hostnames: [host, ...aliases] }), rules },
  };
}

type Note = (text: string) => void;

const redirect = (to: object, statusCode: number) => ({ type: "RequestRedirect", requestRedirect: { ...to, statusCode } });

function ruleFor(ingress: Ingress, one: Route, world: World, note: Note): object[] {
  const target = setting(ingress, "rewrite-target");
  const prefix = target === undefined ? undefined : prefixRewrite(one.url, target);
  const matches = [{ path: matchOf(one, prefix?.prefix) }];
  const [temporal, permanent] = [setting(ingress, "temporal-redirect"), setting(ingress, "permanent-redirect")];
  const elsewhere = temporal ?? permanent;
  if (elsewhere !== undefined) return [{ matches, filters: [redirect(addressOf(elsewhere, note), temporal ? 302 : 301)] }];
  if (target?.includes("$") && !prefix)
    note(
      `the path ${one.url} with rewrite-target ${target} can't be written as URLRewrite: rewrite in the application, or in the implementation's own policy.`,
    );
  if (hasRegex(one.url) && !prefix && exactPath(one.url) === undefined)
    note(`the path ${one.url} needs an implementation that takes RegularExpression.`);
  const filters = filtersOf(ingress, target, prefix?.replacement);
  const seconds = setting(ingress, "proxy-read-timeout");
  return [
    {
      matches,
      ...(filters.length > 0 ? { filters } : {}),
      ...(seconds && /^\d+$/.test(seconds) ? { timeouts: { backendRequest: `${seconds}s` } } : {}),
      backendRefs: [backendRef(ingress, one.backend, world, note)],
    },
  ];
}

function matchOf({ url, pathType }: Route, prefix: string | undefined) {
  if (prefix !== undefined) return { type: "PathPrefix", value: prefix };
  const exact = exactPath(url);
  if (exact !== undefined) return { type: "Exact", value: exact };
  if (hasRegex(url)) return { type: "RegularExpression", value: url };
  return pathType === "Exact" ? { type: "Exact", value: url } : { type: "PathPrefix", value: url };
}

function filtersOf(ingress: Ingress, target: string | undefined, replacement: string | undefined): object[] {
  const hostname = setting(ingress, "upstream-vhost");
  const path =
    replacement !== undefined
      ? { type: "ReplacePrefixMatch", replacePrefixMatch: replacement }
      : target !== undefined && !target.includes("$")
        ? { type: "ReplaceFullPath", replaceFullPath: target }
        : undefined;
  const headers = Object.entries(requestHeadersOf(ingress)).map(([name, value]) => ({ name, value }));
  const { origins, methods, headers: allowed, exposed, credentials, maxAge } = corsOf(ingress);
  const cors = {
    allowOrigins: origins,
    allowMethods: methods,
    allowHeaders: allowed,
    ...(exposed.length > 0 ? { exposeHeaders: exposed } : {}),
    allowCredentials: credentials,
    maxAge,
  };
  return [
    ...(headers.length > 0 ? [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: headers } }] : []),
    ...(isOn(ingress, "enable-cors") ? [{ type: "CORS", cors }] : []),
    ...(path || hostname ? [{ type: "URLRewrite", urlRewrite: { ...(hostname ? { hostname } : {}), ...(path ? { path } : {}) } }] : []),
  ];
}

/** The parts of an address that RequestRedirect knows. */
function addressOf(address: string, note: Note): object {
  const match = /^(?:(https?):\/\/([^/:?#]+)(?::(\d+))?)?(\/[^?#]*)?$/.exec(address);
  if (!match) {
    note(`the redirect to ${address} can't be written as RequestRedirect: it has no place for queries and variables.`);
    return {};
  }
  const [, scheme, hostname, port, path] = match;
  return {
    ...(scheme ? { scheme } : {}),
    ...(hostname ? { hostname } : {}),
    ...(port ? { port: Number(port) } : {}),
    ...(path ? { path: { type: "ReplaceFullPath", replaceFullPath: path } } : {}),
  };
}

/** Gateway API knows Services' ports by number only. */
function backendRef({ object }: Ingress, { service, port }: Route["backend"], { services }: World, note: Note): object {
  if (typeof port === "number") return { name: service, port };
  const found = services.find(({ name, namespace }) => name === service && sameNamespace(namespace, object.namespace));
  const named = list(fields(found?.data.spec).ports)
    .map(fields)
    .find(({ name }) => name === port);
  if (typeof named?.port === "number") return { name: service, port: named.port };
  const guess = port === "https" ? 443 : 80;
  note(
    `the port ${port} of the Service ${service} has to be a number in an HTTPRoute: ${guess} is a guess; give the Service's file as well, or write its number.`,
  );
  return { name: service, port: guess };
}
