import { z } from "zod";
import { dnsLabel, dnsName, label, port, urlPath } from "./values";

const backend = z.strictObject({
  service: dnsLabel(),
  port: z.union([port(), dnsLabel()]).describe("Number or name of the service's port."),
});

export const ingressSection = z
  .strictObject({
    controllers: z
      .array(
        z.strictObject({
          name: z.enum(["traefik"]),
          class: dnsLabel()
            .default("default")
            .describe("Name of the IngressClass. `default`: the controller's name, and the cluster's default class."),
          expose: z
            .enum(["hostPort", "nodePort"])
            .default("hostPort")
            .describe("hostPort: ports 80 and 443 of every worker. nodePort: a NodePort service."),
          nodePorts: z
            .strictObject({ http: port(30080), https: port(30443) })
            .default({ http: 30080, https: 30443 })
            .describe("With expose: nodePort."),
          image: z.string().min(1).default("traefik:v3.7.15"),
        }),
      )
      .default([]),
    rules: z
      .array(
        z.strictObject({
          name: dnsLabel().describe("Name of the Ingress."),
          namespace: dnsLabel().default("default"),
          host: z
            .string()
            .max(253)
            .regex(new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`), "is no host name: write shop.example or *.shop.example.")
            // The API server refuses an address here, and what it would take for one.
            .refine(
              (host) => !/^[\d.]+$/.test(host),
              "is an address: write the host name that the browser shows, for example shop.example.",
            )
            .optional(),
          class: dnsLabel().optional().describe("Default: the cluster's default class."),
          paths: z
            .array(
              backend.extend({
                path: urlPath().default("/"),
                pathType: z.enum(["Prefix", "Exact", "ImplementationSpecific"]).default("Prefix"),
              }),
            )
            .default([]),
          defaultBackend: backend.optional().describe("Where requests go that no rule fits."),
          annotations: z
            .record(z.string(), z.string())
            .default({})
            .describe("Of the Ingress, for its controller; judged as `plumbline ingress lint` does."),
          redirectToHttps: z
            .boolean()
            .default(false)
            .describe("Send HTTP to HTTPS (Traefik: a middleware that its part brings along); with expose: nodePort to nodePorts.https."),
          tlsSecret: dnsName().optional().describe("An existing Secret of type kubernetes.io/tls in the same namespace."),
        }),
      )
      .default([])
      .describe("Ingress resources."),
    sample: z
      .strictObject({
        host: dnsName().meta({ examples: ["hello.example"] }),
        image: z.string().min(1).default("registry.k8s.io/e2e-test-images/agnhost:2.53"),
      })
      .optional()
      .describe("A small web application in the namespace plumbline-sample, answering at this host name through the ingress."),
  })
  .describe("HTTP into the cluster.");
