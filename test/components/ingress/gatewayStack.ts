import type { StackInput } from "../../../core/stack/schema";

/** A shop behind a Gateway of its own namespace, an application elsewhere, and one that keeps its own TLS. */
export const shop: NonNullable<StackInput["ingress"]> = {
  controllers: [{ name: "traefik" }],
  gateways: [
    {
      name: "web",
      namespace: "edge",
      listeners: [
        { name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } },
        {
          name: "https",
          port: 443,
          protocol: "HTTPS",
          hostname: "shop.example",
          tls: { certificateRefs: [{ name: "shop-tls", namespace: "shop" }] },
          allowedRoutes: { namespaces: { from: "All" } },
        },
        {
          name: "own",
          port: 443,
          protocol: "TLS",
          hostname: "*.bank.example",
          tls: { mode: "Passthrough" },
          allowedRoutes: { namespaces: { from: "All" } },
        },
      ],
    },
  ],
  httpRoutes: [
    {
      name: "to-https",
      namespace: "shop",
      parentRefs: [{ name: "web", namespace: "edge", sectionName: "http" }],
      hostnames: ["shop.example"],
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
    },
    {
      name: "shop",
      namespace: "shop",
      parentRefs: [{ name: "web", namespace: "edge", sectionName: "https" }],
      hostnames: ["shop.example"],
      rules: [
        {
          matches: [
            {
              path: { value: "/api" },
              method: "GET",
              headers: [{ name: "X-Version", value: "2" }],
              queryParams: [{ name: "q", value: "1" }],
            },
          ],
          filters: [
            { type: "URLRewrite", urlRewrite: { hostname: "api.internal", path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } } },
            { type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "X-Shop", value: "1" }], remove: ["X-Debug"] } },
            { type: "ResponseHeaderModifier", responseHeaderModifier: { add: [{ name: "X-Served-By", value: "shop" }] } },
            { type: "RequestMirror", requestMirror: { backendRef: { name: "audit", port: 80 }, percent: 10 } },
          ],
          backendRefs: [
            { name: "api", port: 8080, weight: 9 },
            { name: "api-next", namespace: "next", port: 8080, weight: 1 },
          ],
          timeouts: { request: "30s", backendRequest: "10s" },
        },
        { backendRefs: [{ name: "shop", port: 80 }] },
      ],
    },
    { name: "any", namespace: "edge", rules: [{ backendRefs: [{ name: "sorry", port: 80 }] }] },
  ],
  tlsRoutes: [
    { name: "bank", namespace: "bank", hostnames: ["www.bank.example"], rules: [{ backendRefs: [{ name: "bank", port: 443 }] }] },
  ],
  referenceGrants: [
    { name: "edge", namespace: "shop", from: [{ kind: "Gateway", namespace: "edge" }], to: [{ kind: "Secret", name: "shop-tls" }] },
    { name: "shop", namespace: "next", from: [{ kind: "HTTPRoute", namespace: "shop" }], to: [{ kind: "Service" }] },
  ],
};
