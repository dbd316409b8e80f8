/** What becomes of an annotation on the other side. */
export type Verdict = "same" | "different" | "unsupported";

export interface Judgement {
  readonly verdict: Verdict;
  /** What stands for it there, and how that differs. */
  readonly how: string;
}

export interface AnnotationFacts {
  readonly traefik: Judgement;
  readonly gateway: Judgement;
}

const same = (how: string): Judgement => ({ verdict: "same", how });
const different = (how: string): Judgement => ({ verdict: "different", how });
const unsupported = (how: string): Judgement => ({ verdict: "unsupported", how });

const facts = new Map<string, AnnotationFacts>();
/** Says of some annotations (names, separated by spaces) what Traefik and Gateway API have for them. */
function of(names: string, traefik: Judgement, gateway: Judgement): void {
  for (const name of names.split(/\s+/)) facts.set(name, { traefik, gateway });
}

const noSnippets = unsupported("raw nginx configuration has no place here: find the middleware or the filter for what it does.");
const policy = (what: string) => unsupported(`Gateway API has no ${what}: implementations have policies of their own for it.`);
const proxyDetail = unsupported("a detail of nginx's own way of proxying.");

of(
  "ssl-redirect force-ssl-redirect",
  same("Middleware redirectScheme; the status is 301 where it was 308."),
  same("an HTTPRoute on the HTTP listener with RequestRedirect; the status is 301 where it was 308."),
);
of(
  "preserve-trailing-slash",
  unsupported("the redirect to HTTPS always keeps the address as it is."),
  unsupported("the redirect to HTTPS always keeps the address as it is."),
);
of(
  "use-port-in-redirects relative-redirects",
  unsupported("redirects carry the port of the entry point."),
  unsupported("redirects carry the listener's port, unless RequestRedirect names one."),
);
of(
  "rewrite-target",
  different("Middleware replacePath, or replacePathRegex with groups; the expression tells upper from lower case."),
  different("URLRewrite: a whole path, or a prefix; other expressions can't be written."),
);
of(
  "use-regex",
  different("router.pathmatcher: PathRegexp; tells upper from lower case, and isn't anchored at the end."),
  different("matches of type RegularExpression: left to the implementation, which may take none."),
);
of("app-root", same("Middleware redirectRegex from / to it, 302."), same("a rule for exactly / with RequestRedirect, 302."));
of("permanent-redirect", different("Middleware redirectRegex; 301 for GET, 308 for other methods."), same("RequestRedirect, 301."));
of(
  "permanent-redirect-code",
  unsupported("redirectRegex knows permanent (301, 308) and not (302, 307)."),
  different("statusCode of RequestRedirect: 301 or 302 in the core, 303, 307 and 308 where the implementation can."),
);
of("temporal-redirect", different("Middleware redirectRegex; 302 for GET, 307 for other methods."), same("RequestRedirect, 302."));
of(
  "temporal-redirect-code",
  unsupported("redirectRegex knows permanent (301, 308) and not (302, 307)."),
  different("statusCode of RequestRedirect: 301 or 302 in the core."),
);
of(
  "from-to-www-redirect",
  different("write an Ingress for the other name with a Middleware redirectRegex."),
  different("write an HTTPRoute for the other name with RequestRedirect and its hostname."),
);
of(
  "server-alias",
  different("rules for the other names; expressions (~) can't be written."),
  different("hostnames for the other names; expressions (~) can't be written."),
);

of(
  "proxy-body-size",
  different(
    "Middleware buffering.maxRequestBodyBytes, which keeps whole requests in memory or on disk first; without it there is no limit (nginx: 1m).",
  ),
  policy("limit of the body"),
);
of("client-body-buffer-size", different("Middleware buffering.memRequestBodyBytes, which keeps whole requests first."), proxyDetail);
of(
  "proxy-buffering proxy-buffer-size proxy-buffers-number proxy-busy-buffers-size proxy-max-temp-file-size proxy-request-buffering",
  unsupported("Traefik streams; a Middleware buffering keeps whole messages instead."),
  proxyDetail,
);
of(
  "proxy-connect-timeout",
  different("ServersTransport forwardingTimeouts.dialTimeout, named on the Service."),
  policy("timeout of connecting"),
);
of(
  "proxy-read-timeout",
  different(
    "ServersTransport forwardingTimeouts.responseHeaderTimeout, named on the Service: until the answer begins, not between two reads.",
  ),
  different("timeouts.backendRequest: for the whole answer, not between two reads."),
);
of("proxy-send-timeout", unsupported("the entry point's transport.respondingTimeouts are for all."), policy("timeout of sending"));
of(
  "proxy-next-upstream proxy-next-upstream-timeout proxy-next-upstream-tries",
  different("Middleware retry.attempts: for connections that fail, whatever the method."),
  different("retry of a rule (codes, attempts, backoff), where the implementation can."),
);
of("proxy-http-version proxy-cookie-domain proxy-cookie-path proxy-redirect-from proxy-redirect-to", proxyDetail, proxyDetail);
of("connection-proxy-header", unsupported("Traefik keeps connections as HTTP says."), proxyDetail);

of(
  "backend-protocol",
  different("traefik.ingress.kubernetes.io/service.serversscheme on the Service: https or h2c."),
  different("appProtocol of the Service's port, BackendTLSPolicy for HTTPS, GRPCRoute for gRPC."),
);
of(
  "proxy-ssl-secret proxy-ssl-name proxy-ssl-verify proxy-ssl-server-name",
  different("ServersTransport (certificatesSecrets, rootCAsSecrets, serverName, insecureSkipVerify), named on the Service."),
  different("BackendTLSPolicy: hostname and CA; always verifies."),
);
of(
  "proxy-ssl-verify-depth proxy-ssl-ciphers proxy-ssl-protocols",
  unsupported("ServersTransport has no such setting."),
  unsupported("BackendTLSPolicy has no such setting."),
);
of(
  "fastcgi-index fastcgi-params-configmap",
  unsupported("Traefik speaks no FastCGI: put nginx or Caddy into the pod."),
  unsupported("Gateway API knows no FastCGI: put nginx or Caddy into the pod."),
);
of(
  "service-upstream",
  same('traefik.ingress.kubernetes.io/service.nativelb: "true" on the Service.'),
  unsupported("left to the implementation."),
);
of("upstream-vhost", same("Middleware headers.customRequestHeaders.Host."), same("URLRewrite.hostname."));
of(
  "x-forwarded-prefix",
  same("Middleware headers.customRequestHeaders.X-Forwarded-Prefix."),
  same("RequestHeaderModifier sets X-Forwarded-Prefix."),
);
of(
  "custom-headers",
  different("Middleware headers.customResponseHeaders: write the ConfigMap's entries there."),
  different("ResponseHeaderModifier: write the ConfigMap's entries there."),
);
of(
  "load-balance",
  different("Traefik goes round; traefik.ingress.kubernetes.io/service.strategy on the Service (wrr, p2c, hrw, leasttime)."),
  policy("choice of balancing"),
);
of(
  "upstream-hash-by upstream-hash-by-subset upstream-hash-by-subset-size",
  different("service.strategy: hrw on the Service hashes the client's address only."),
  policy("choice of balancing"),
);

of(
  "affinity session-cookie-name",
  different("traefik.ingress.kubernetes.io/service.sticky.cookie and .name on the Service; sessions of today are lost."),
  policy("standard session affinity (sessionPersistence is experimental)"),
);
of(
  "session-cookie-path session-cookie-domain session-cookie-samesite session-cookie-secure session-cookie-max-age",
  different("service.sticky.cookie.* of the same name on the Service (maxage in seconds)."),
  policy("standard session affinity (sessionPersistence is experimental)"),
);
of(
  "affinity-mode affinity-canary-behavior session-cookie-expires session-cookie-change-on-failure session-cookie-conditional-samesite-none",
  unsupported("Traefik's cookies have no such setting."),
  policy("standard session affinity (sessionPersistence is experimental)"),
);

of(
  "whitelist-source-range allowlist-source-range",
  different("Middleware ipAllowList; behind a proxy set ipStrategy, or the proxy's address is judged."),
  policy("list of client addresses"),
);
of(
  "denylist-source-range",
  unsupported("write the opposite as ipAllowList, or an IngressRoute with !ClientIP(`…`)."),
  policy("list of client addresses"),
);
of(
  "limit-rps limit-rpm",
  different("Middleware rateLimit, by client address; the status is 429 where it was 503, and there is a limit for each Traefik."),
  policy("limit of rates"),
);
of("limit-burst-multiplier", different("burst of Middleware rateLimit."), policy("limit of rates"));
of(
  "limit-connections",
  different("Middleware inFlightReq, by client address: requests, not connections; the status is 429."),
  policy("limit of connections"),
);
of(
  "limit-rate limit-rate-after limit-allowlist limit-whitelist",
  unsupported("Traefik limits requests, not bytes, and for everybody."),
  policy("limit of rates"),
);
of(
  "global-rate-limit global-rate-limit-window global-rate-limit-key global-rate-limit-ignored-cidrs",
  unsupported("ingress-nginx took it away itself; Middleware rateLimit has redis for a common limit."),
  policy("limit of rates"),
);

of(
  "auth-type auth-secret auth-realm",
  different("Middleware basicAuth or digestAuth; the Secret's key is users, not auth."),
  policy("authentication"),
);
of("auth-secret-type", unsupported("the Secret has the key users (htpasswd), or type kubernetes.io/basic-auth."), policy("authentication"));
of(
  "auth-url auth-response-headers",
  different("Middleware forwardAuth; every status but 2xx goes to the client as it is."),
  policy("authentication (the filter ExternalAuth is experimental)"),
);
of(
  "auth-signin auth-signin-redirect-param auth-request-redirect",
  unsupported("the service that forwardAuth asks has to answer with the redirect itself."),
  policy("authentication"),
);
of(
  "auth-method auth-cache-key auth-cache-duration auth-keepalive auth-keepalive-share-vars auth-keepalive-requests auth-keepalive-timeout auth-proxy-set-headers auth-always-set-cookie enable-global-auth",
  unsupported("forwardAuth has no such setting."),
  policy("authentication"),
);
of(
  "auth-tls-secret auth-tls-verify-client",
  different("TLSOption clientAuth (secretNames, clientAuthType), named in router.tls.options."),
  different("frontend validation of the Gateway (spec.tls.frontend), for whole ports."),
);
of(
  "auth-tls-pass-certificate-to-upstream",
  different("Middleware passTLSClientCert; the header is X-Forwarded-Tls-Client-Cert."),
  policy("header with the client's certificate"),
);
of(
  "auth-tls-verify-depth auth-tls-error-page auth-tls-match-cn",
  unsupported("TLSOption has no such setting."),
  unsupported("Gateway API has no such setting."),
);
of("satisfy", unsupported("all middlewares have to let a request through."), policy("authentication"));

of(
  "enable-cors cors-allow-origin cors-allow-methods cors-allow-headers cors-allow-credentials cors-expose-headers cors-max-age",
  different("Middleware headers.accessControl*; other origins get an answer without the headers."),
  different("the filter CORS, where the implementation can (extended)."),
);
of(
  "canary canary-weight canary-weight-total",
  different("a TraefikService with weights, behind an IngressRoute: write it by hand."),
  different("a second backendRef with weights in the main HTTPRoute: write it by hand."),
);
of(
  "canary-by-header canary-by-header-value canary-by-header-pattern canary-by-cookie",
  different("an IngressRoute with Header(`…`) or a cookie's HeaderRegexp in its rule: write it by hand."),
  different("a rule with matches.headers in the main HTTPRoute; there are no cookies: write it by hand."),
);
of(
  "mirror-target mirror-host mirror-request-body",
  different("a TraefikService with mirroring, to a Service: write it by hand."),
  different("the filter RequestMirror, to a Service: write it by hand."),
);
of(
  "custom-http-errors",
  different("Middleware errors (status, service, query): write it by hand; the headers X-Code and X-Original-URI aren't sent."),
  policy("error pages"),
);
of(
  "default-backend",
  different("only with custom-http-errors, as the service of Middleware errors."),
  policy("second backend for when there are no endpoints"),
);
of("disable-proxy-intercept-errors", unsupported("leave Middleware errors away."), policy("error pages"));

of(
  "ssl-passthrough",
  different("an IngressRouteTCP with HostSNI(`…`) and tls.passthrough: write it by hand."),
  different("a listener with tls.mode Passthrough and a TLSRoute: write it by hand."),
);
of("ssl-ciphers ssl-prefer-server-ciphers", different("TLSOption cipherSuites, named in router.tls.options."), policy("choice of ciphers"));
of("http2-push-preload", unsupported("browsers have given HTTP/2 push up."), unsupported("browsers have given HTTP/2 push up."));
of("enable-access-log", same("traefik.ingress.kubernetes.io/router.observability.accesslogs."), unsupported("left to the implementation."));
of("enable-opentelemetry", same("traefik.ingress.kubernetes.io/router.observability.tracing."), unsupported("left to the implementation."));
of(
  "enable-rewrite-log opentelemetry-trust-incoming-span opentelemetry-operation-name",
  unsupported("Traefik's logs and traces are set for the whole program."),
  unsupported("left to the implementation."),
);
of(
  "enable-modsecurity enable-owasp-core-rules modsecurity-transaction-id modsecurity-snippet",
  unsupported("a plugin (Coraza), or a firewall in front of it."),
  policy("application firewall"),
);
of("configuration-snippet server-snippet stream-snippet auth-snippet", noSnippets, noSnippets);

/**
 * What Traefik 3 and Gateway API v1 have for every annotation of ingress-nginx, by its name without prefix.
 * Sources: ingress-nginx internal/ingress/annotations; Traefik's reference of middlewares; gateway-api v1.7, standard channel.
 */
export const annotationFacts: ReadonlyMap<string, AnnotationFacts> = facts;
