import type { Ingress, Route } from "../lint/model";
import { hasRegex } from "./rewrite";
import { isOff, isOn, redirectsToHttps, setting } from "./settings";

export interface Middleware {
  /** After the Ingress's name. */
  readonly suffix: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The Middlewares of Traefik that stand for an Ingress's annotations whatever its paths, in the order in which nginx does the same things. */
export function commonMiddlewares(ingress: Ingress): Middleware[] {
  return [
    ...when(redirectsToHttps(ingress), "https", { redirectScheme: { scheme: "https", permanent: true } }),
    ...addresses(ingress),
    ...limits(ingress),
    ...redirects(ingress),
    ...authentication(ingress),
    ...cors(ingress),
    ...requestHeaders(ingress),
    ...body(ingress),
    ...retries(ingress),
  ];
}

const when = (holds: boolean, suffix: string, spec: Middleware["spec"]): Middleware[] => (holds ? [{ suffix, spec }] : []);
const items = (text: string | undefined): string[] =>
  (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
const number = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);

function addresses(ingress: Ingress): Middleware[] {
  const sourceRange = items(setting(ingress, "allowlist-source-range") ?? setting(ingress, "whitelist-source-range"));
  return when(sourceRange.length > 0, "allow", { ipAllowList: { sourceRange } });
}

function limits(ingress: Ingress): Middleware[] {
  // internal/ingress/annotations/ratelimit: the burst is five times the rate unless told otherwise.
  const multiplier = number(setting(ingress, "limit-burst-multiplier")) ?? 5;
  const [rps, rpm, connections] = ["limit-rps", "limit-rpm", "limit-connections"].map((name) => number(setting(ingress, name)) ?? 0);
  const rate = (average: number, period: string) => ({ rateLimit: { average, period, burst: average * multiplier } });
  return [
    ...when((rps ?? 0) > 0, "rps", rate(rps ?? 0, "1s")),
    ...when((rpm ?? 0) > 0, "rpm", rate(rpm ?? 0, "1m")),
    ...when((connections ?? 0) > 0, "connections", { inFlightReq: { amount: connections, sourceCriterion: { ipStrategy: { depth: 0 } } } }),
  ];
}

function redirects(ingress: Ingress): Middleware[] {
  const [permanent, temporal, root] = ["permanent-redirect", "temporal-redirect", "app-root"].map((name) => setting(ingress, name));
  const literal = (target: string) => target.replaceAll("$", "$$$$");
  const redirect = (regex: string, replacement: string, isPermanent: boolean) => ({
    redirectRegex: { regex, replacement, permanent: isPermanent },
  });
  if (temporal) return when(true, "redirect", redirect("^.*$", literal(temporal), false));
  if (permanent) return when(true, "redirect", redirect("^.*$", literal(permanent), true));
  return root ? when(true, "root", redirect("^(https?://[^/]+)/$", `\${1}${literal(root)}`, false)) : [];
}

function authentication(ingress: Ingress): Middleware[] {
  const [type, secret, url] = ["auth-type", "auth-secret", "auth-url"].map((name) => setting(ingress, name));
  const kind = type === "digest" ? "digestAuth" : "basicAuth";
  const realm = setting(ingress, "auth-realm");
  const answer = items(setting(ingress, "auth-response-headers"));
  return [
    ...when(type !== undefined && secret !== undefined, "auth", {
      [kind]: { secret: secret?.split("/").at(-1), ...(realm ? { realm } : {}) },
    }),
    ...when(url !== undefined && !url.includes("$"), "forward-auth", {
      forwardAuth: { address: url, ...(answer.length > 0 ? { authResponseHeaders: answer } : {}) },
    }),
  ];
}

/** internal/ingress/annotations/cors: the defaults are ingress-nginx's. */
export function corsOf(ingress: Ingress) {
  return {
    origins: items(setting(ingress, "cors-allow-origin") ?? "*"),
    methods: items(setting(ingress, "cors-allow-methods") ?? "GET, PUT, POST, DELETE, PATCH, OPTIONS"),
    headers: items(
      setting(ingress, "cors-allow-headers") ??
        "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization",
    ),
    exposed: items(setting(ingress, "cors-expose-headers")),
    credentials: !isOff(ingress, "cors-allow-credentials"),
    maxAge: number(setting(ingress, "cors-max-age")) ?? 1_728_000,
  };
}

function cors(ingress: Ingress): Middleware[] {
  const { origins, methods, headers, exposed, credentials, maxAge } = corsOf(ingress);
  return when(isOn(ingress, "enable-cors"), "cors", {
    headers: {
      accessControlAllowOriginList: origins,
      accessControlAllowMethods: methods,
      accessControlAllowHeaders: headers,
      ...(exposed.length > 0 ? { accessControlExposeHeaders: exposed } : {}),
      accessControlAllowCredentials: credentials,
      accessControlMaxAge: maxAge,
      addVaryHeader: true,
    },
  });
}

/** Headers of the request to the backend. */
export function requestHeadersOf(ingress: Ingress): Record<string, string> {
  const prefix = setting(ingress, "x-forwarded-prefix");
  return prefix ? { "X-Forwarded-Prefix": prefix } : {};
}

function requestHeaders(ingress: Ingress): Middleware[] {
  const host = setting(ingress, "upstream-vhost");
  const customRequestHeaders = { ...requestHeadersOf(ingress), ...(host ? { Host: host } : {}) };
  return when(Object.keys(customRequestHeaders).length > 0, "headers", { headers: { customRequestHeaders } });
}

const units: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** nginx's sizes in bytes. */
export function bytesOf(size: string | undefined): number | undefined {
  const match = /^(\d+)([bkmg]?)$/i.exec(size ?? "");
  return match ? Number(match[1]) * (units[match[2]?.toLowerCase() ?? ""] ?? 1) : undefined;
}

function body(ingress: Ingress): Middleware[] {
  const [most, memory] = ["proxy-body-size", "client-body-buffer-size"].map((name) => bytesOf(setting(ingress, name)));
  // 0 is no limit to both.
  return when((most ?? 0) > 0, "body", { buffering: { maxRequestBodyBytes: most, ...(memory ? { memRequestBodyBytes: memory } : {}) } });
}

function retries(ingress: Ingress): Middleware[] {
  const tries = number(setting(ingress, "proxy-next-upstream-tries")) ?? 0;
  return when(tries > 1 && setting(ingress, "proxy-next-upstream") !== "off", "retry", { retry: { attempts: tries } });
}

/** The one that changes the path; it depends on the paths. */
export function rewriteMiddlewares(ingress: Ingress, routes: readonly Route[]): Middleware[] {
  const target = setting(ingress, "rewrite-target");
  if (target === undefined) return [];
  const url = routes[0]?.url ?? "/";
  if (!target.includes("$") || !hasRegex(url)) return when(true, "rewrite", { replacePath: { path: target.replace(/\$\d/g, "") || "/" } });
  const replacement = target.replace(/\$(\d)/g, "$${$1}");
  return when(true, "rewrite", { replacePathRegex: { regex: `^${url}`, replacement } });
}
