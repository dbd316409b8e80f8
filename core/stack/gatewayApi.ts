import { z } from "zod";
import { tlsFiles } from "./tlsFiles";
import { dnsLabel, dnsName, hostName, port } from "./values";

/*
 * The objects of Gateway API, in its own words: what is under `spec` there is beside the name here.
 * Source: sigs.k8s.io/gateway-api v1.6, standard channel, apis/v1.
 */

const named = { name: dnsName().meta({ examples: ["web"] }), namespace: dnsLabel().default("default") };
const otherNamespace = () =>
  dnsLabel().optional().describe("Default: the object's own. In another one a ReferenceGrant has to let the reference in.");

const listener = z.strictObject({
  name: dnsName().meta({ examples: ["https"] }),
  port: port(443).describe("Traefik serves 80 and 443."),
  protocol: z
    .enum(["HTTP", "HTTPS", "TLS"])
    .describe("HTTP and HTTPS take HTTPRoutes; TLS takes TLSRoutes, which go by the name in the handshake (SNI)."),
  hostname: hostName().optional().describe("Default: any."),
  tls: z
    .strictObject({
      mode: z.enum(["Terminate", "Passthrough"]).default("Terminate").describe("Passthrough: the pods behind have the certificate."),
      certificateRefs: z
        .array(z.strictObject({ name: dnsName().meta({ examples: ["shop-tls"] }), namespace: otherNamespace() }))
        .optional()
        .describe("Secrets of type kubernetes.io/tls."),
      files: tlsFiles().optional(),
    })
    .optional(),
  allowedRoutes: z
    .strictObject({
      namespaces: z.strictObject({
        from: z.enum(["Same", "All", "Selector"]).default("Same"),
        selector: z
          .strictObject({ matchLabels: z.record(z.string(), z.string()) })
          .optional()
          .describe("With from: Selector."),
      }),
    })
    .optional()
    .describe("Whose routes it takes. Default: those of the Gateway's namespace."),
});

const parentRefs = z
  .array(
    z.strictObject({
      name: dnsName()
        .meta({ examples: ["web"] })
        .describe("Name of a Gateway."),
      namespace: dnsLabel().optional().describe("Default: the route's own. The listener's allowedRoutes has to let it in."),
      sectionName: dnsName().optional().describe("A listener's name. Default: every listener that fits."),
      port: port(443).optional(),
    }),
  )
  .optional()
  .describe("The Gateways that serve the route. Default: the stack's only one.");

const backendRef = z.strictObject({
  name: dnsLabel().describe("Name of a Service."),
  namespace: otherNamespace(),
  port: port(80).describe("Number of the Service's port; Gateway API knows no names of ports."),
  weight: z.number().int().min(0).max(1_000_000).optional().describe("Share of the requests, relative to the others'. Default: 1."),
});
const backendRefs = z.array(backendRef).min(1).max(16);

const headers = z.array(z.strictObject({ name: z.string().min(1).max(256), value: z.string().max(4096) }));
const headerModifier = z
  .strictObject({ set: headers.optional(), add: headers.optional(), remove: z.array(z.string().min(1)).optional() })
  .optional();
const pathModifier = z
  .strictObject({
    type: z.enum(["ReplaceFullPath", "ReplacePrefixMatch"]),
    replaceFullPath: z.string().max(1024).optional(),
    replacePrefixMatch: z.string().max(1024).optional(),
  })
  .optional();

const filter = z.strictObject({
  type: z.enum(["RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite", "RequestMirror"]),
  requestHeaderModifier: headerModifier,
  responseHeaderModifier: headerModifier,
  requestRedirect: z
    .strictObject({
      scheme: z.enum(["http", "https"]).optional(),
      hostname: dnsName().optional(),
      port: port(443).optional(),
      path: pathModifier,
      statusCode: z.literal([301, 302, 303, 307, 308]).optional().describe("Default: 302."),
    })
    .optional(),
  urlRewrite: z.strictObject({ hostname: dnsName().optional(), path: pathModifier }).optional(),
  requestMirror: z
    .strictObject({ backendRef: backendRef.omit({ weight: true }), percent: z.number().int().min(0).max(100).optional() })
    .optional(),
});

const valueMatches = z
  .array(
    z.strictObject({
      type: z.enum(["Exact", "RegularExpression"]).default("Exact"),
      name: z.string().min(1).max(256),
      value: z.string().min(1).max(4096),
    }),
  )
  .optional();

const match = z.strictObject({
  path: z
    .strictObject({
      type: z.enum(["Exact", "PathPrefix", "RegularExpression"]).default("PathPrefix"),
      value: z.string().max(1024).default("/"),
    })
    .optional(),
  headers: valueMatches,
  queryParams: valueMatches,
  method: z.enum(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]).optional(),
});

const duration = () =>
  z
    .string()
    .regex(/^(\d{1,5}(h|m|s|ms)){1,4}$/, "is no duration: write for example 30s or 1m30s.")
    .meta({ examples: ["30s"] });

export const gatewayApiKeys = {
  gatewayAPI: z
    .boolean()
    .default(false)
    .describe("Install Gateway API's definitions, and have Traefik serve it, also where this file has none of its objects."),
  gateways: z
    .array(
      z.strictObject({
        ...named,
        gatewayClassName: dnsName().optional().describe("Default: that of the controller traefik."),
        listeners: z.array(listener).min(1).max(64),
      }),
    )
    .default([])
    .describe("Gateways of Gateway API: the ports, host names and certificates behind which routes are."),
  httpRoutes: z
    .array(
      z.strictObject({
        ...named,
        parentRefs,
        hostnames: z.array(hostName()).max(16).optional().describe("Default: those of the listener."),
        rules: z
          .array(
            z.strictObject({
              matches: z.array(match).optional().describe("One of them has to fit. Default: every request."),
              filters: z.array(filter).optional(),
              backendRefs: backendRefs.optional(),
              timeouts: z.strictObject({ request: duration().optional(), backendRequest: duration().optional() }).optional(),
            }),
          )
          .min(1)
          .max(16),
      }),
    )
    .default([])
    .describe("HTTPRoutes of Gateway API."),
  tlsRoutes: z
    .array(
      z.strictObject({
        ...named,
        parentRefs,
        hostnames: z.array(hostName()).min(1).max(16).describe("Names in the TLS handshake (SNI)."),
        rules: z.array(z.strictObject({ backendRefs })).length(1),
      }),
    )
    .default([])
    .describe("TLSRoutes of Gateway API: connections that go to a Service by the name in their TLS handshake."),
  referenceGrants: z
    .array(
      z.strictObject({
        ...named,
        from: z
          .array(
            z.strictObject({
              group: z.string().default("gateway.networking.k8s.io"),
              kind: z
                .string()
                .min(1)
                .meta({ examples: ["HTTPRoute"] }),
              namespace: dnsLabel(),
            }),
          )
          .min(1),
        to: z
          .array(
            z.strictObject({
              group: z.string().default(""),
              kind: z
                .string()
                .min(1)
                .meta({ examples: ["Service"] }),
              name: dnsName().optional().describe("Default: every one."),
            }),
          )
          .min(1),
      }),
    )
    .default([])
    .describe("Who may refer to objects of the grant's namespace."),
};
