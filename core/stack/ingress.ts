import { z } from "zod";
import { gatewayApiKeys } from "./gatewayApi";
import { tlsFiles } from "./tlsFiles";
import { dnsLabel, dnsName, hostName, port, urlPath } from "./values";

const backend = z.strictObject({
  service: dnsLabel(),
  port: z.union([port(), dnsLabel()]).describe("Number or name of the service's port."),
});

export const ingressSection = z
  .strictObject({
    controllers: z
      .array(
        z.strictObject({
          name: z
            .enum(["traefik", "haproxy", "f5-nginx", "ingress-nginx", "gce"])
            .describe(
              "traefik; haproxy: HAProxy Technologies' controller; f5-nginx: F5's nginx/kubernetes-ingress; ingress-nginx: retired in March 2026, see acknowledgeRetired; gce: Google's, which you run beside Plumbline on Google Cloud's machines.",
            ),
          as: dnsLabel()
            .optional()
            .describe(
              "What its namespace and objects are called. Default: its name. For a second one of the same kind, with a class of its own.",
            ),
          class: dnsLabel()
            .default("default")
            .describe("Name of the IngressClass. `default`: the controller's own name (`as`), and the cluster's default class."),
          expose: z
            .enum(["hostPort", "nodePort", "loadBalancer"])
            .default("hostPort")
            .describe(
              "hostPort: ports 80 and 443 of every worker. nodePort: a NodePort service. loadBalancer: a Service of type LoadBalancer, which the cloud or MetalLB gives its address.",
            ),
          nodePorts: z
            .strictObject({ http: port(30080), https: port(30443) })
            .default({ http: 30080, https: 30443 })
            .describe("With expose: nodePort."),
          image: z.string().min(1).optional().describe("Default: the version that Plumbline was written for, see docs/ingress.md."),
          acknowledgeRetired: z
            .boolean()
            .default(false)
            .describe("For ingress-nginx only: it gets no more fixes, and that is known and accepted."),
        }),
      )
      .default([]),
    rules: z
      .array(
        z.strictObject({
          name: dnsLabel().describe("Name of the Ingress."),
          namespace: dnsLabel().default("default"),
          host: hostName().optional(),
          class: dnsLabel().optional().describe("Default: the cluster's default class."),
          paths: z
            .array(
              backend.extend({
                path: urlPath().default("/"),
                pathType: z.enum(["Prefix", "Exact", "ImplementationSpecific"]).default("Prefix"),
                rewrite: urlPath()
                  .optional()
                  .describe(
                    "What the Service gets in place of `path`: of a Prefix the beginning is replaced (/ takes it away), of an Exact path the whole.",
                  )
                  .meta({ examples: ["/", "/new"] }),
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
            .describe(
              "Send HTTP to HTTPS in the way of the rule's controller; with expose: nodePort to nodePorts.https (Traefik, HAProxy).",
            ),
          tlsSecret: dnsName().optional().describe("An existing Secret of type kubernetes.io/tls in the same namespace."),
          tls: tlsFiles().optional(),
        }),
      )
      .default([])
      .describe("Ingress resources."),
    ...gatewayApiKeys,
    sample: z
      .strictObject({
        host: dnsName().meta({ examples: ["hello.example"] }),
        image: z.string().min(1).default("registry.k8s.io/e2e-test-images/agnhost:2.53"),
      })
      .optional()
      .describe("A small web application in the namespace plumbline-sample, answering at this host name through the ingress."),
  })
  .describe("HTTP into the cluster.");
