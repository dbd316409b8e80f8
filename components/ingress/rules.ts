import type { Manifest, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { ingressClass, redirectMiddleware } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { rulesFindings } from "./rulesLint";

type Rule = Stack["ingress"]["rules"][number];

/**
 * For an Ingress: bare-metal clusters have no load balancer that would ever answer; Pulumi would wait ten minutes for its address.
 * For a Service: its pods were awaited already; Pulumi would look for its endpoints for ten seconds more.
 */
export const skipAwait = { "pulumi.com/skipAwait": "true" };

/**
 * The class of an Ingress that names none: the default controller's. Written out, because the API server fills it in only where the IngressClass was there first.
 */
function defaultClass({ ingress }: Stack): string | undefined {
  return ingress.controllers.map(ingressClass).find(({ isDefault }) => isDefault)?.name;
}

function ingress(rule: Rule, className: string | undefined): Manifest {
  const annotations = {
    ...skipAwait,
    ...rule.annotations,
    ...(rule.redirectToHttps ? { "traefik.ingress.kubernetes.io/router.middlewares": redirectMiddleware } : {}),
  };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: rule.name, namespace: rule.namespace, annotations },
    spec: {
      ...(className ? { ingressClassName: className } : {}),
      ...(rule.defaultBackend ? { defaultBackend: backend(rule.defaultBackend) } : {}),
      ...(rule.tlsSecret ? { tls: [{ secretName: rule.tlsSecret, ...(rule.host ? { hosts: [rule.host] } : {}) }] } : {}),
      ...(rule.paths.length > 0
        ? {
            rules: [
              {
                ...(rule.host ? { host: rule.host } : {}),
                http: { paths: rule.paths.map((entry) => ({ path: entry.path, pathType: entry.pathType, backend: backend(entry) })) },
              },
            ],
          }
        : {}),
    },
  };
}

const backend = ({ service, port }: { service: string; port: string | number }) => ({
  service: { name: service, port: typeof port === "number" ? { number: port } : { name: port } },
});

/** The Ingress resources of the stack file. */
export function ingressRules({ stack }: Context): Part {
  const part = "ingress";
  const objects = stack.ingress.rules.map((rule) => ingress(rule, rule.class ?? defaultClass(stack)));
  return {
    name: part,
    manifests: () => objects.map((object) => ({ part, object })),
    findings: () => rulesFindings(stack, objects),
  };
}
