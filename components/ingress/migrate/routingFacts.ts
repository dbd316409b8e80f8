import { different, type FactRow, policy, row, same, unsupported } from "./verdict";

const proxyDetail = unsupported("a detail of nginx's own way of proxying.");

/** What becomes of annotations about redirects, paths and how backends are spoken with. */
export const routingFacts: readonly FactRow[] = [
  row(
    "ssl-redirect force-ssl-redirect",
    same("Middleware redirectScheme; the status for GET is 301 where it was 308."),
    same("an HTTPRoute on the HTTP listener with RequestRedirect; the status for GET is 301 where it was 308."),
  ),
  row(
    "preserve-trailing-slash",
    unsupported("the redirect to HTTPS always keeps the address as it is."),
    unsupported("the redirect to HTTPS always keeps the address as it is."),
  ),
  row(
    "use-port-in-redirects relative-redirects",
    unsupported("redirects carry the port of the entry point."),
    unsupported("redirects carry the listener's port, unless RequestRedirect names one."),
  ),
  row(
    "rewrite-target",
    different("Middleware replacePath, or replacePathRegex with groups; the expression tells upper from lower case."),
    different("URLRewrite: a whole path, or a prefix; other expressions can't be written."),
  ),
  row(
    "use-regex",
    different("router.pathmatcher: PathRegexp; tells upper from lower case, and isn't anchored at the end."),
    different("matches of type RegularExpression: left to the implementation, which may take none."),
  ),
  row("app-root", same("Middleware redirectRegex from / to it, 302."), same("a rule for exactly / with RequestRedirect, 302.")),
  row("permanent-redirect", different("Middleware redirectRegex; 301 for GET, 308 for other methods."), same("RequestRedirect, 301.")),
  row(
    "permanent-redirect-code",
    unsupported("redirectRegex knows permanent (301, 308) and not (302, 307)."),
    different("statusCode of RequestRedirect: 301 or 302 in the core, 303, 307 and 308 where the implementation can."),
  ),
  row("temporal-redirect", different("Middleware redirectRegex; 302 for GET, 307 for other methods."), same("RequestRedirect, 302.")),
  row(
    "temporal-redirect-code",
    unsupported("redirectRegex knows permanent (301, 308) and not (302, 307)."),
    different("statusCode of RequestRedirect: 301 or 302 in the core."),
  ),
  row(
    "from-to-www-redirect",
    different("write an Ingress for the other name with a Middleware redirectRegex."),
    different("write an HTTPRoute for the other name with RequestRedirect and its hostname."),
  ),
  row(
    "server-alias",
    different("rules for the other names; expressions (~) can't be written."),
    different("hostnames for the other names; expressions (~) can't be written."),
  ),
  row(
    "proxy-body-size",
    different(
      "Middleware buffering.maxRequestBodyBytes, which keeps whole requests in memory or on disk first; without it there is no limit (nginx: 1m).",
    ),
    policy("limit of the body"),
  ),
  row("client-body-buffer-size", different("Middleware buffering.memRequestBodyBytes, which keeps whole requests first."), proxyDetail),
  row(
    "proxy-buffering proxy-buffer-size proxy-buffers-number proxy-busy-buffers-size proxy-max-temp-file-size proxy-request-buffering",
    unsupported("Traefik streams; a Middleware buffering keeps whole messages instead."),
    proxyDetail,
  ),
  row(
    "proxy-connect-timeout",
    different("ServersTransport forwardingTimeouts.dialTimeout, named on the Service."),
    policy("timeout of connecting"),
  ),
  row(
    "proxy-read-timeout",
    different(
      "ServersTransport forwardingTimeouts.responseHeaderTimeout, named on the Service: until the answer begins, not between two reads.",
    ),
    different("timeouts.backendRequest: for the whole answer, not between two reads."),
  ),
  row("proxy-send-timeout", unsupported("the entry point's transport.respondingTimeouts are for all."), policy("timeout of sending")),
  row(
    "proxy-next-upstream proxy-next-upstream-timeout proxy-next-upstream-tries",
    different("Middleware retry.attempts: for connections that fail, whatever the method."),
    different("retry of a rule (codes, attempts, backoff), where the implementation can."),
  ),
  row("proxy-http-version proxy-cookie-domain proxy-cookie-path proxy-redirect-from proxy-redirect-to", proxyDetail, proxyDetail),
  row("connection-proxy-header", unsupported("Traefik keeps connections as HTTP says."), proxyDetail),
  row(
    "backend-protocol",
    different("traefik.ingress.kubernetes.io/service.serversscheme on the Service: https or h2c."),
    different("appProtocol of the Service's port, BackendTLSPolicy for HTTPS, GRPCRoute for gRPC."),
  ),
  row(
    "proxy-ssl-secret proxy-ssl-name proxy-ssl-verify proxy-ssl-server-name",
    different("ServersTransport (certificatesSecrets, rootCAsSecrets, serverName, insecureSkipVerify), named on the Service."),
    different("BackendTLSPolicy: hostname and CA; always verifies."),
  ),
  row(
    "proxy-ssl-verify-depth proxy-ssl-ciphers proxy-ssl-protocols",
    unsupported("ServersTransport has no such setting."),
    unsupported("BackendTLSPolicy has no such setting."),
  ),
  row(
    "fastcgi-index fastcgi-params-configmap",
    unsupported("Traefik speaks no FastCGI: put nginx or Caddy into the pod."),
    unsupported("Gateway API knows no FastCGI: put nginx or Caddy into the pod."),
  ),
  row(
    "service-upstream",
    same('traefik.ingress.kubernetes.io/service.nativelb: "true" on the Service.'),
    unsupported("left to the implementation."),
  ),
  row("upstream-vhost", same("Middleware headers.customRequestHeaders.Host."), same("URLRewrite.hostname.")),
  row(
    "x-forwarded-prefix",
    same("Middleware headers.customRequestHeaders.X-Forwarded-Prefix."),
    same("RequestHeaderModifier sets X-Forwarded-Prefix."),
  ),
  row(
    "custom-headers",
    different("Middleware headers.customResponseHeaders: write the ConfigMap's entries there."),
    different("ResponseHeaderModifier: write the ConfigMap's entries there."),
  ),
  row(
    "load-balance",
    different("Traefik goes round; traefik.ingress.kubernetes.io/service.strategy on the Service (wrr, p2c, hrw, leasttime)."),
    policy("choice of balancing"),
  ),
  row(
    "upstream-hash-by upstream-hash-by-subset upstream-hash-by-subset-size",
    different("service.strategy: hrw on the Service hashes the client's address only."),
    policy("choice of balancing"),
  ),
];
