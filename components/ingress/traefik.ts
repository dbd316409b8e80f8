import { stringify } from "yaml";
import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { gatewayController, usesGatewayApi } from "../../core/stack/check/gatewayApi";
import { ingressClass, redirectMiddleware, ruleController } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { type Controller, ingressController, lowPorts, read } from "./controller";
import { gatewayGroup } from "./lint/gateway";
import { rewriteMiddlewares } from "./rewrites";

/** What Traefik's Kubernetes Ingress provider reads, and the one status that it writes. */
const permissions = [
  { apiGroups: [""], resources: ["services", "secrets", "nodes", "namespaces"], verbs: read },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
];

/** What its Gateway API provider reads beyond that, and where it says what became of it. Source: doc.traefik.io, kubernetes-gateway-rbac.yml of 3.7. */
const gatewayResources = ["gatewayclasses", "gateways", "httproutes", "grpcroutes", "tlsroutes", "listenersets", "backendtlspolicies"];
const gatewayPermissions = [
  { apiGroups: [""], resources: ["configmaps"], verbs: read },
  { apiGroups: [gatewayGroup], resources: [...gatewayResources, "referencegrants"], verbs: read },
  { apiGroups: [gatewayGroup], resources: gatewayResources.map((name) => `${name}/status`), verbs: ["update"] },
];

const middlewaresFile = "/etc/traefik/middlewares.yaml";

/** The middlewares that rules name, for a file; Traefik's own resources for them would need its CRDs. */
function middlewaresOf(stack: Stack, controller: Controller): Record<string, object> {
  const { expose, nodePorts } = controller;
  const port = expose === "nodePort" ? { port: String(nodePorts.https) } : {};
  const [name = ""] = redirectMiddleware.split("@");
  const redirects = stack.ingress.rules.some((rule) => rule.redirectToHttps && ruleController(stack, rule) === controller);
  return {
    ...(redirects ? { [name]: { redirectScheme: { scheme: "https", permanent: true, ...port } } } : {}),
    ...rewriteMiddlewares(stack, controller),
  };
}

/** Traefik as ingress controller; run for real in the lab. Metrics for Prometheus at its admin port. */
export function traefik(context: Context, controller: Controller): Part {
  const { stack } = context;
  const { name: className } = ingressClass(controller);
  const middlewares = middlewaresOf(stack, controller);
  const hasMiddlewares = Object.keys(middlewares).length > 0;
  const gateways = usesGatewayApi(stack) && controller === gatewayController(stack);
  return ingressController(context, controller, {
    controller: "traefik.io/ingress-controller",
    permissions: gateways ? [...permissions, ...gatewayPermissions] : permissions,
    ...(hasMiddlewares
      ? {
          config: {
            name: "traefik-middlewares",
            data: { "middlewares.yaml": stringify({ http: { middlewares } }) },
            rollout: true as const,
          },
        }
      : {}),
    // A Gateway's listeners have to have the numbers of these ports.
    ports: { http: ["web", 80], https: ["websecure", 443] },
    adminPorts: [["admin", 8080]],
    container: {
      image: controller.image ?? "traefik:v3.7.15",
      args: [
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        "--entrypoints.web.address=:80",
        "--entrypoints.websecure.address=:443",
        "--entrypoints.websecure.http.tls=true",
        "--entrypoints.traefik.address=:8080",
        "--ping=true",
        "--metrics.prometheus=true",
        "--providers.kubernetesingress=true",
        `--providers.kubernetesingress.ingressclass=${className}`,
        // As Ingress has it: /shop takes /shop/a, not /shopping.
        "--providers.kubernetesingress.strictprefixmatching=true",
        ...(gateways ? ["--providers.kubernetesgateway=true"] : []),
        ...(hasMiddlewares ? [`--providers.file.filename=${middlewaresFile}`] : []),
      ],
      readinessProbe: { httpGet: { path: "/ping", port: "admin" }, periodSeconds: 2 },
      livenessProbe: { httpGet: { path: "/ping", port: "admin" }, failureThreshold: 3 },
      ...(hasMiddlewares ? { volumeMounts: [{ name: "middlewares", mountPath: "/etc/traefik", readOnly: true }] } : {}),
      resources: { requests: { cpu: "50m", memory: "64Mi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 65532,
      },
    },
    pod: {
      ...lowPorts,
      ...(hasMiddlewares ? { volumes: [{ name: "middlewares", configMap: { name: "traefik-middlewares" } }] } : {}),
    },
  });
}
