import { different, type FactRow, policy, row, same, unsupported } from "./verdict";

const noSnippets = unsupported("raw nginx configuration has no place here: find the middleware or the filter for what it does.");

/** What becomes of annotations about sessions, who may come in, TLS, headers and logs. */
export const accessFacts: readonly FactRow[] = [
  row(
    "affinity session-cookie-name",
    different("traefik.ingress.kubernetes.io/service.sticky.cookie and .name on the Service; sessions of today are lost."),
    policy("standard session affinity (sessionPersistence is experimental)"),
  ),
  row(
    "session-cookie-path session-cookie-domain session-cookie-samesite session-cookie-secure session-cookie-max-age",
    different("service.sticky.cookie.* of the same name on the Service (maxage in seconds)."),
    policy("standard session affinity (sessionPersistence is experimental)"),
  ),
  row(
    "affinity-mode affinity-canary-behavior session-cookie-expires session-cookie-change-on-failure session-cookie-conditional-samesite-none",
    unsupported("Traefik's cookies have no such setting."),
    policy("standard session affinity (sessionPersistence is experimental)"),
  ),
  row(
    "whitelist-source-range allowlist-source-range",
    different("Middleware ipAllowList; behind a proxy set ipStrategy, or the proxy's address is judged."),
    policy("list of client addresses"),
  ),
  row(
    "denylist-source-range",
    unsupported("write the opposite as ipAllowList, or an IngressRoute with !ClientIP(`…`)."),
    policy("list of client addresses"),
  ),
  row(
    "limit-rps limit-rpm",
    different("Middleware rateLimit, by client address; the status is 429 where it was 503, and there is a limit for each Traefik."),
    policy("limit of rates"),
  ),
  row("limit-burst-multiplier", different("burst of Middleware rateLimit."), policy("limit of rates")),
  row(
    "limit-connections",
    different("Middleware inFlightReq, by client address: requests, not connections; the status is 429."),
    policy("limit of connections"),
  ),
  row(
    "limit-rate limit-rate-after limit-allowlist limit-whitelist",
    unsupported("Traefik limits requests, not bytes, and for everybody."),
    policy("limit of rates"),
  ),
  row(
    "global-rate-limit global-rate-limit-window global-rate-limit-key global-rate-limit-ignored-cidrs",
    unsupported("ingress-nginx took it away itself; Middleware rateLimit has redis for a common limit."),
    policy("limit of rates"),
  ),
  row(
    "auth-type auth-secret auth-realm",
    different("Middleware basicAuth or digestAuth; the Secret's key is users, not auth."),
    policy("authentication"),
  ),
  row(
    "auth-secret-type",
    unsupported("the Secret has the key users (htpasswd), or type kubernetes.io/basic-auth."),
    policy("authentication"),
  ),
  row(
    "auth-url auth-response-headers",
    different("Middleware forwardAuth; every status but 2xx goes to the client as it is."),
    policy("authentication (the filter ExternalAuth is experimental)"),
  ),
  row(
    "auth-signin auth-signin-redirect-param auth-request-redirect",
    unsupported("the service that forwardAuth asks has to answer with the redirect itself."),
    policy("authentication"),
  ),
  row(
    "auth-method auth-cache-key auth-cache-duration auth-keepalive auth-keepalive-share-vars auth-keepalive-requests auth-keepalive-timeout auth-proxy-set-headers auth-always-set-cookie enable-global-auth",
    unsupported("forwardAuth has no such setting."),
    policy("authentication"),
  ),
  row(
    "auth-tls-secret auth-tls-verify-client",
    different("TLSOption clientAuth (secretNames, clientAuthType), named in router.tls.options."),
    different("frontend validation of the Gateway (spec.tls.frontend), for whole ports."),
  ),
  row(
    "auth-tls-pass-certificate-to-upstream",
    different("Middleware passTLSClientCert; the header is X-Forwarded-Tls-Client-Cert."),
    policy("header with the client's certificate"),
  ),
  row(
    "auth-tls-verify-depth auth-tls-error-page auth-tls-match-cn",
    unsupported("TLSOption has no such setting."),
    unsupported("Gateway API has no such setting."),
  ),
  row("satisfy", unsupported("all middlewares have to let a request through."), policy("authentication")),
  row(
    "enable-cors cors-allow-origin cors-allow-methods cors-allow-headers cors-allow-credentials cors-expose-headers cors-max-age",
    different("Middleware headers.accessControl*; other origins get an answer without the headers."),
    different("the filter CORS, where the implementation can (extended)."),
  ),
  row(
    "canary canary-weight canary-weight-total",
    different("a TraefikService with weights, behind an IngressRoute: write it by hand."),
    different("a second backendRef with weights in the main HTTPRoute: write it by hand."),
  ),
  row(
    "canary-by-header canary-by-header-value canary-by-header-pattern canary-by-cookie",
    different("an IngressRoute with Header(`…`) or a cookie's HeaderRegexp in its rule: write it by hand."),
    different("a rule with matches.headers in the main HTTPRoute; there are no cookies: write it by hand."),
  ),
  row(
    "mirror-target mirror-host mirror-request-body",
    different("a TraefikService with mirroring, to a Service: write it by hand."),
    different("the filter RequestMirror, to a Service: write it by hand."),
  ),
  row(
    "custom-http-errors",
    different("Middleware errors (status, service, query): write it by hand; the headers X-Code and X-Original-URI aren't sent."),
    policy("error pages"),
  ),
  row(
    "default-backend",
    different("only with custom-http-errors, as the service of Middleware errors."),
    policy("second backend for when there are no endpoints"),
  ),
  row("disable-proxy-intercept-errors", unsupported("leave Middleware errors away."), policy("error pages")),
  row(
    "ssl-passthrough",
    different("an IngressRouteTCP with HostSNI(`…`) and tls.passthrough: write it by hand."),
    different("a listener with tls.mode Passthrough and a TLSRoute: write it by hand."),
  ),
  row(
    "ssl-ciphers ssl-prefer-server-ciphers",
    different("TLSOption cipherSuites, named in router.tls.options."),
    policy("choice of ciphers"),
  ),
  row("http2-push-preload", unsupported("browsers have given HTTP/2 push up."), unsupported("browsers have given HTTP/2 push up.")),
  row(
    "enable-access-log",
    same("traefik.ingress.kubernetes.io/router.observability.accesslogs."),
    unsupported("left to the implementation."),
  ),
  row(
    "enable-opentelemetry",
    same("traefik.ingress.kubernetes.io/router.observability.tracing."),
    unsupported("left to the implementation."),
  ),
  row(
    "enable-rewrite-log opentelemetry-trust-incoming-span opentelemetry-operation-name",
    unsupported("Traefik's logs and traces are set for the whole program."),
    unsupported("left to the implementation."),
  ),
  row(
    "enable-modsecurity enable-owasp-core-rules modsecurity-transaction-id modsecurity-snippet",
    unsupported("a plugin (Coraza), or a firewall in front of it."),
    policy("application firewall"),
  ),
  row("configuration-snippet server-snippet stream-snippet auth-snippet", noSnippets, noSnippets),
];
