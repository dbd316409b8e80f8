import type { ControllerName } from "./controllers";

/** What a controller has for an annotation of ingress-nginx that it ignores: the most common ones. */
const equivalents: Readonly<Record<string, Partial<Record<ControllerName, string>>>> = {
  "rewrite-target": {
    traefik:
      "Write a Middleware (replacePathRegex, or stripPrefix where only the prefix goes) and name it in traefik.ingress.kubernetes.io/router.middlewares.",
    haproxy: "Write haproxy.org/path-rewrite; its groups are \\1, not $1.",
    "f5-nginx": "Write nginx.org/rewrite-target, or nginx.org/rewrites for a plain prefix.",
    gce: "Write ingress.gcp.kubernetes.io/path-prefix-rewrite, or rewrite in the application.",
  },
  "use-regex": {
    traefik: "Write traefik.ingress.kubernetes.io/router.pathmatcher: PathRegexp with pathType ImplementationSpecific.",
    haproxy: "HAProxy takes no regular expressions in paths: write plain ones.",
    "f5-nginx": "Write nginx.org/path-regex: case_insensitive.",
    gce: "GCE takes no regular expressions: write plain paths.",
  },
  "ssl-redirect": {
    traefik:
      "Write a Middleware with redirectScheme: { scheme: https, permanent: true } and name it in traefik.ingress.kubernetes.io/router.middlewares.",
    haproxy: "Write haproxy.org/ssl-redirect.",
    "f5-nginx": "Write ingress.kubernetes.io/ssl-redirect; on is F5 NGINX's default where there is TLS.",
    gce: "Write a FrontendConfig with redirectToHttps, named in networking.gke.io/v1beta1.FrontendConfig.",
  },
  "proxy-body-size": {
    traefik: "Write a Middleware with buffering.maxRequestBodyBytes; Traefik's default is no limit.",
    "f5-nginx": "Write nginx.org/client-max-body-size.",
  },
  "whitelist-source-range": {
    traefik: "Write a Middleware with ipAllowList.sourceRange.",
    haproxy: "Write haproxy.org/allow-list.",
    "f5-nginx": "Write a Policy with accessControl, named in nginx.org/policies.",
    gce: "Write a Cloud Armor policy in the Service's BackendConfig.",
  },
  "proxy-read-timeout": {
    traefik: "Write a ServersTransport with forwardingTimeouts.responseHeaderTimeout.",
    haproxy: "Write haproxy.org/timeout-server.",
    "f5-nginx": 'Write nginx.org/proxy-read-timeout, with a unit: "60s".',
    gce: "Write timeoutSec in the Service's BackendConfig.",
  },
  "backend-protocol": {
    traefik: "Write traefik.ingress.kubernetes.io/service.serversscheme on the Service: https or h2c.",
    haproxy: 'Write haproxy.org/server-ssl: "true".',
    "f5-nginx": "Write nginx.org/ssl-services or nginx.org/grpc-services.",
    gce: "Write the annotation cloud.google.com/app-protocols on the Service.",
  },
  "enable-cors": {
    traefik: "Write a Middleware with headers.accessControlAllowOriginList and others.",
    haproxy: "Write haproxy.org/cors-enable and haproxy.org/cors-allow-origin.",
  },
  affinity: {
    traefik: 'Write traefik.ingress.kubernetes.io/service.sticky.cookie: "true" on the Service.',
    haproxy: "Write haproxy.org/cookie-persistence on the Service.",
    "f5-nginx": "Write nginx.com/sticky-cookie-services (NGINX Plus).",
    gce: "Write sessionAffinity in the Service's BackendConfig.",
  },
};

const aliases: Readonly<Record<string, string>> = {
  "force-ssl-redirect": "ssl-redirect",
  "allowlist-source-range": "whitelist-source-range",
  "proxy-send-timeout": "proxy-read-timeout",
};

/** The mend for an annotation of another controller's; undefined where nothing is known. */
export function equivalentOf(key: string, controller: ControllerName): string | undefined {
  if (!key.startsWith("nginx.ingress.kubernetes.io/")) return undefined;
  const name = key.slice(key.indexOf("/") + 1);
  const known = equivalents[aliases[name] ?? name]?.[controller];
  if (known) return known;
  return controller === "traefik"
    ? "`plumbline ingress migrate FILE --to traefik` says what Traefik has for it; or let Traefik's kubernetesIngressNGINX provider serve the Ingress."
    : undefined;
}
