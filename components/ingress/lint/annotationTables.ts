import type { ControllerName } from "./controllers";

/** What a value has to be. */
export type ValueKind = "text" | "boolean" | "integer" | "size" | "ranges" | "onOff" | readonly string[];

type Table = Readonly<Record<string, ValueKind>>;

const all = (kind: ValueKind, names: string): Table =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, kind]),
  );

/**
 * kubernetes/ingress-nginx, internal/ingress/annotations/<name>/main.go: the validators there. Sizes are `\d+[bkmg]?`.
 */
const ingressNginx: Table = {
  ...all(
    "boolean",
    `auth-keepalive-share-vars auth-always-set-cookie enable-global-auth auth-tls-pass-certificate-to-upstream canary enable-cors cors-allow-credentials
    disable-proxy-intercept-errors http2-push-preload enable-access-log enable-rewrite-log enable-modsecurity enable-owasp-core-rules enable-opentelemetry
    opentelemetry-trust-incoming-span use-port-in-redirects from-to-www-redirect relative-redirects ssl-redirect preserve-trailing-slash force-ssl-redirect
    use-regex service-upstream session-cookie-secure session-cookie-conditional-samesite-none session-cookie-change-on-failure ssl-prefer-server-ciphers
    ssl-passthrough upstream-hash-by-subset`,
  ),
  ...all(
    "integer",
    `auth-keepalive auth-keepalive-requests auth-keepalive-timeout auth-tls-verify-depth canary-weight canary-weight-total cors-max-age global-rate-limit
    proxy-connect-timeout proxy-send-timeout proxy-read-timeout proxy-buffers-number proxy-next-upstream-timeout proxy-next-upstream-tries
    proxy-ssl-verify-depth limit-rate limit-rate-after limit-rpm limit-rps limit-connections limit-burst-multiplier permanent-redirect-code
    temporal-redirect-code upstream-hash-by-subset-size`,
  ),
  ...all("size", "client-body-buffer-size proxy-buffer-size proxy-busy-buffers-size proxy-body-size proxy-max-temp-file-size"),
  ...all(
    "ranges",
    "allowlist-source-range whitelist-source-range denylist-source-range limit-allowlist limit-whitelist global-rate-limit-ignored-cidrs",
  ),
  ...all("onOff", "mirror-request-body proxy-request-buffering proxy-buffering proxy-ssl-verify proxy-ssl-server-name"),
  ...all(
    "text",
    `server-alias auth-secret auth-realm auth-url auth-method auth-signin auth-signin-redirect-param auth-snippet auth-cache-key auth-cache-duration
    auth-response-headers auth-proxy-set-headers auth-request-redirect auth-tls-secret auth-tls-verify-client auth-tls-error-page auth-tls-match-cn
    canary-by-header canary-by-header-value canary-by-header-pattern canary-by-cookie connection-proxy-header cors-allow-origin cors-allow-headers
    cors-allow-methods cors-expose-headers custom-headers custom-http-errors default-backend fastcgi-index fastcgi-params-configmap
    global-rate-limit-window global-rate-limit-key mirror-target mirror-host modsecurity-transaction-id modsecurity-snippet opentelemetry-operation-name
    proxy-cookie-path proxy-cookie-domain proxy-next-upstream proxy-redirect-from proxy-redirect-to proxy-ssl-secret proxy-ssl-ciphers proxy-ssl-protocols
    proxy-ssl-name temporal-redirect permanent-redirect rewrite-target app-root server-snippet session-cookie-name session-cookie-expires
    session-cookie-max-age session-cookie-path session-cookie-domain configuration-snippet ssl-ciphers stream-snippet upstream-hash-by upstream-vhost
    x-forwarded-prefix`,
  ),
  affinity: ["cookie"],
  "affinity-mode": ["balanced", "persistent"],
  "affinity-canary-behavior": ["sticky", "legacy"],
  "auth-type": ["basic", "digest"],
  "auth-secret-type": ["auth-file", "auth-map"],
  "backend-protocol": ["AUTO_HTTP", "HTTP", "HTTPS", "GRPC", "GRPCS", "FCGI"],
  "load-balance": ["round_robin", "ewma"],
  "proxy-http-version": ["1.0", "1.1"],
  satisfy: ["any", "all"],
  "session-cookie-samesite": ["None", "Lax", "Strict"],
};

/** Traefik 3, pkg/provider/kubernetes/ingress/annotations.go; names are read without regard to case. */
const traefik: Table = {
  ...all("boolean", "router.tls router.observability.accesslogs router.observability.metrics router.observability.tracing"),
  ...all("integer", "router.priority"),
  ...all("text", "router.entrypoints router.middlewares router.tls.certresolver router.tls.options"),
  "router.rulesyntax": ["v2", "v3"],
  "router.pathmatcher": ["Path", "PathPrefix", "PathRegexp"],
  "router.observability.traceverbosity": ["minimal", "detailed"],
};

/** What Traefik reads on a Service only. */
const traefikService: Table = {
  ...all(
    "boolean",
    "service.nativelb service.nodeportlb service.passhostheader service.sticky.cookie service.sticky.cookie.httponly service.sticky.cookie.secure",
  ),
  ...all("integer", "service.sticky.cookie.maxage"),
  ...all(
    "text",
    "service.serversscheme service.serverstransport service.sticky.cookie.name service.sticky.cookie.samesite service.sticky.cookie.path service.sticky.cookie.domain service.strategy",
  ),
};

/** haproxytech/kubernetes-ingress 3.2, documentation/annotations.md: those for Ingress; both prefixes mean the same. */
const haproxy: Table = {
  ...all("boolean", "check cors-enable cors-allow-credentials forwarded-for server-ssl ssl-passthrough ssl-redirect standalone-backend"),
  ...all(
    "integer",
    "pod-maxconn rate-limit-requests request-capture-len request-redirect-code scale-server-slots ssl-redirect-code ssl-redirect-port",
  ),
  ...all(
    "text",
    `auth-type auth-secret auth-realm blacklist deny-list whitelist allow-list check-http check-interval cors-allow-origin cors-allow-methods
    cors-allow-headers cors-max-age backend-config-snippet src-ip-header load-balance path-rewrite rate-limit-period rate-limit-status-code rate-limit-size
    rate-limit-whitelist request-capture request-set-header request-redirect response-set-header send-proxy-protocol server-ca server-crt server-proto
    set-host timeout-check timeout-server timeout-server-fin timeout-tunnel timeout-connect timeout-queue ingress.class`,
  ),
};

/** nginx/kubernetes-ingress, internal/configs/annotations.go. */
const f5: Table = {
  ...all(
    "boolean",
    `nginx.com/health-checks nginx.com/health-checks-mandatory nginx.org/redirect-to-https nginx.org/proxy-buffering nginx.org/hsts
    nginx.org/hsts-include-subdomains nginx.org/hsts-behind-proxy nginx.org/use-cluster-ip nginx.org/limit-req-no-delay nginx.org/limit-req-dry-run
    nginx.org/limit-req-scale nginx.org/ssl-redirect nginx.org/ssl-prefer-server-ciphers appprotect.f5.com/app-protect-enable appprotect.f5.com/app-protect-security-log-enable`,
  ),
  ...all(
    "integer",
    `nginx.com/health-checks-mandatory-queue nginx.org/hsts-max-age nginx.org/keepalive nginx.org/max-fails nginx.org/max-conns nginx.org/limit-req-delay
    nginx.org/limit-req-burst nginx.org/limit-req-reject-code nginx.org/http-redirect-code`,
  ),
  ...all(
    "text",
    `nginx.org/lb-method nginx.com/slow-start nginx.org/server-tokens nginx.org/server-snippets nginx.org/location-snippets nginx.org/proxy-connect-timeout
    nginx.org/proxy-read-timeout nginx.org/proxy-send-timeout nginx.org/proxy-hide-headers nginx.org/proxy-pass-headers nginx.org/proxy-set-headers
    nginx.org/client-max-body-size nginx.org/client-body-buffer-size nginx.org/proxy-buffers nginx.org/proxy-buffer-size nginx.org/proxy-busy-buffers-size
    nginx.org/upstream-zone-size nginx.org/proxy-max-temp-file-size nginx.org/basic-auth-secret nginx.org/basic-auth-realm nginx.org/listen-ports
    nginx.org/listen-ports-ssl nginx.org/fail-timeout nginx.org/limit-req-rate nginx.org/limit-req-key nginx.org/limit-req-zone-size nginx.org/rewrites
    nginx.org/rewrite-target nginx.org/app-root nginx.org/ssl-services nginx.org/grpc-services nginx.org/websocket-services nginx.org/policies
    nginx.org/ssl-ciphers nginx.org/proxy-next-upstream nginx.org/proxy-redirect-from nginx.org/proxy-redirect-to nginx.org/proxy-http-version
    nginx.org/upstream-vhost nginx.org/custom-http-errors nginx.org/add-header nginx.org/add-header-inherit nginx.org/sticky-cookie-services nginx.org/proxy-next-upstream-timeout
    nginx.org/proxy-next-upstream-tries nginx.com/jwt-realm nginx.com/jwt-key nginx.com/jwt-token nginx.com/jwt-login-url nginx.com/sticky-cookie-services
    appprotect.f5.com/app-protect-policy appprotect.f5.com/app-protect-security-log appprotect.f5.com/app-protect-security-log-destination
    appprotectdos.f5.com/app-protect-dos-resource`,
  ),
  "nginx.org/mergeable-ingress-type": ["master", "minion"],
  "nginx.org/path-regex": ["case_sensitive", "case_insensitive", "exact"],
  "nginx.org/limit-req-log-level": ["info", "notice", "warn", "error"],
};

/** kubernetes/ingress-gce, pkg/annotations/ingress.go, and the certificate and frontend settings of GKE's documentation. */
const gce: Table = {
  ...all("boolean", "kubernetes.io/ingress.allow-http networking.gke.io/suppress-firewall-xpn-error"),
  ...all(
    "text",
    `kubernetes.io/ingress.global-static-ip-name kubernetes.io/ingress.regional-static-ip-name ingress.gcp.kubernetes.io/pre-shared-cert
    ingress.gcp.kubernetes.io/instance-groups ingress.gcp.kubernetes.io/path-prefix-rewrite networking.gke.io/v1beta1.FrontendConfig
    networking.gke.io/managed-certificates networking.gke.io/certmap networking.gke.io/static-ip networking.gke.io/load-balancer-type`,
  ),
};

/** The annotations of each controller by the part of the key that is looked up: see `annotationName`. */
export const annotationTables: Readonly<Record<ControllerName, Table>> = {
  "ingress-nginx": ingressNginx,
  traefik,
  haproxy,
  "f5-nginx": f5,
  gce,
};
export const traefikServiceAnnotations: Table = traefikService;

/** The part of a key that names the annotation in its controller's table. */
export function annotationName(owner: ControllerName, key: string): string {
  if (owner === "f5-nginx" || owner === "gce") return key;
  const name = key.slice(key.indexOf("/") + 1);
  return owner === "traefik" ? name.toLowerCase() : name;
}
