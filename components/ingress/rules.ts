import type { Finding } from "../../core/finding";
import type { Manifest, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { redirectMiddleware, ruleClass, ruleController, ruleSecret } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { certificateSecret, judgeCertificate, ruleCertificates } from "./certificates";
import { classAnnotation } from "./lint/api";
import { withRewrites } from "./rewrites";
import { rulesFindings } from "./rulesLint";

type Rule = Stack["ingress"]["rules"][number];
type ControllerName = Stack["ingress"]["controllers"][number]["name"];

/**
 * For an Ingress: bare-metal clusters have no load balancer that would ever answer; Pulumi would wait ten minutes for its address.
 * For a Service: its pods were awaited already; Pulumi would look for its endpoints for ten seconds more.
 */
export const skipAwait = { "pulumi.com/skipAwait": "true" };

/**
 * How each controller redirects to HTTPS. All but Traefik do so by themselves where there is a certificate, so the contrary is written as well.
 * Sources: haproxytech documentation/annotations, nginx/kubernetes-ingress internal/configs/annotations.go, ingress-nginx annotations.
 */
function redirectAnnotations(rule: Rule, controller: ControllerName | undefined): Record<string, string> {
  const { redirectToHttps } = rule;
  // A FrontendConfig does it there.
  if (controller === "gce") return {};
  if (controller === "traefik" || controller === undefined)
    return redirectToHttps ? { "traefik.ingress.kubernetes.io/router.middlewares": redirectMiddleware } : {};
  const key = {
    haproxy: "haproxy.org/ssl-redirect",
    "f5-nginx": "nginx.org/ssl-redirect",
    "ingress-nginx": "nginx.ingress.kubernetes.io/ssl-redirect",
  };
  return ruleSecret(rule) ? { [key[controller]]: String(redirectToHttps) } : {};
}

/**
 * An Ingress. Its class is written out, because the API server fills in a default only where the IngressClass was there first. Google's controller has no
 * IngressClass, and reads an annotation.
 */
function ingress(rule: Rule, className: string | undefined, controller: ControllerName | undefined): Manifest {
  const secretName = ruleSecret(rule);
  const isAnnotated = className !== undefined && controller === "gce";
  const annotations = {
    ...skipAwait,
    ...(isAnnotated ? { [classAnnotation]: className } : {}),
    ...redirectAnnotations(rule, controller),
    ...rule.annotations,
  };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: rule.name, namespace: rule.namespace, annotations },
    spec: {
      ...(className && !isAnnotated ? { ingressClassName: className } : {}),
      ...(rule.defaultBackend ? { defaultBackend: backend(rule.defaultBackend) } : {}),
      ...(secretName ? { tls: [{ secretName, ...(rule.host ? { hosts: [rule.host] } : {}) }] } : {}),
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

const ingressOf = (stack: Stack, rule: Rule): Manifest => ingress(rule, ruleClass(stack, rule), ruleController(stack, rule)?.name);

const priority = "traefik.ingress.kubernetes.io/router.priority";

/**
 * Of two routes Traefik takes the one whose rule is longer, so that Prefix / gets what Exact /api should have: `PathPrefix("/")` is longer than `Path("/api")`.
 * An annotation speaks of all the paths of its Ingress, so the exact ones become an Ingress of their own, before everything else. A host with a wildcard
 * stays behind the hosts that it covers.
 */
function withExactFirst(rule: Rule): Rule[] {
  if (!hasExactFirst(rule)) return [rule];
  const { defaultBackend, ...own } = rule;
  const exact = rule.paths.filter(({ pathType }) => pathType === "Exact");
  const others = { ...rule, paths: rule.paths.filter((path) => !exact.includes(path)) };
  // The Secret is the whole rule's, whatever Ingress names it.
  const tlsSecret = ruleSecret(rule);
  const first = { ...own, tlsSecret, paths: exact, annotations: { ...rule.annotations, ...beforeAll } };
  return others.paths.length === 0 && !defaultBackend ? [first] : [others, { ...first, name: `${rule.name}-exact` }];
}

const beforeAll = { [priority]: "1000000" };

const hasExactFirst = ({ host, paths, annotations }: Rule): boolean =>
  host !== undefined && !host.startsWith("*") && paths.some(({ pathType }) => pathType === "Exact") && !(priority in annotations);

/** A rule as one Ingress with its paths as they are in the stack file, for judges. That exact paths come first on Traefik is seen to. */
export function judgedIngress(stack: Stack, rule: Rule): Manifest {
  const isMended = ruleController(stack, rule)?.name === "traefik" && hasExactFirst(rule);
  return ingressOf(stack, isMended ? { ...rule, annotations: { ...rule.annotations, ...beforeAll } } : rule);
}

/** The rules of a stack as ingress-nginx would have them, from where `plumbline ingress migrate` translates; for each rule its Ingresses. */
export function rulesToMigrate(stack: Stack): Manifest[][] {
  return stack.ingress.rules.map((rule) =>
    withRewrites(rule, "ingress-nginx").map((written) => {
      const { metadata, ...rest } = ingress(written, undefined, "ingress-nginx");
      const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !(key in skipAwait));
      return { ...rest, metadata: { ...metadata, annotations: Object.fromEntries(annotations) } };
    }),
  );
}

const backend = ({ service, port }: { service: string; port: string | number }) => ({
  service: { name: service, port: typeof port === "number" ? { number: port } : { name: port } },
});

/** The Ingress resources of the stack file. */
export function ingressRules({ stack }: Context): Part {
  const part = "ingress";
  const { rules } = stack.ingress;
  const objectOf = (rule: Rule) => ingressOf(stack, rule);
  const written = rules.map((rule) => {
    const controller = ruleController(stack, rule)?.name;
    const rewritten = withRewrites(rule, controller);
    return controller === "traefik" ? rewritten.flatMap(withExactFirst) : rewritten;
  });
  return {
    name: part,
    manifests: () => [
      ...ruleCertificates(stack).map((certificate) => certificateSecret(certificate, part)),
      ...written.flat().map((rule) => ({ part, object: objectOf(rule) })),
    ],
    findings: () => [
      ...rulesFindings(
        stack,
        rules.map((rule) => judgedIngress(stack, rule)),
      ),
      ...ruleCertificates(stack).flatMap(judgeCertificate),
      ...clashes(rules, written),
    ],
  };
}

/** A rule whose name one of the Ingresses has that another one becomes. */
function clashes(rules: readonly Rule[], written: readonly (readonly Rule[])[]): Finding[] {
  return rules.flatMap((rule, index) => {
    const rival = rules.findIndex(
      (other, position) =>
        other.name !== rule.name && other.namespace === rule.namespace && written[position]?.some(({ name }) => name === rule.name),
    );
    if (rival < 0) return [];
    const path = ["ingress", "rules", index, "name"];
    const message = `${rule.name} is one of the Ingresses that ingress.rules[${rival}] becomes.`;
    return [{ severity: "error" as const, path, message, mend: "Write another name." }];
  });
}
