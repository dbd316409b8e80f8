import { stringify } from "yaml";
import type { Manifest, ManifestItem, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { ingressClass, redirectMiddleware } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { configHash } from "../configHash";
import { skipAwait } from "./rules";

type Controller = Stack["ingress"]["controllers"][number];

const namespace = "traefik";
const labels = { "app.kubernetes.io/name": "traefik" };

/** What Traefik's Kubernetes Ingress provider reads, and the one status that it writes. */
const rules = [
  { apiGroups: [""], resources: ["services", "secrets", "nodes", "namespaces"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
];

const middlewaresFile = "/etc/traefik/middlewares.yaml";

/** The file of middlewares that rules name; Traefik's own resources for them would need its CRDs. */
function middlewaresText({ expose, nodePorts }: Controller): string {
  const port = expose === "nodePort" ? { port: String(nodePorts.https) } : {};
  const [name = ""] = redirectMiddleware.split("@");
  return stringify({ http: { middlewares: { [name]: { redirectScheme: { scheme: "https", permanent: true, ...port } } } } });
}

/** Traefik as ingress controller: on ports 80 and 443 of every worker, or behind a NodePort service. */
export function traefik({ stack }: Context, controller: Controller): Part {
  const part = "ingress/traefik";
  const { name: className, isDefault } = ingressClass(controller);
  const onHost = controller.expose === "hostPort";
  const meta = (name = "traefik") => ({ name, namespace, labels });
  const workers = stack.nodes.filter((node) => node.roles.includes("worker"));
  const redirects = stack.ingress.rules.some(
    (rule) => rule.redirectToHttps && (rule.class ?? (isDefault ? className : undefined)) === className,
  );
  const middlewares = middlewaresText(controller);
  const template = {
    metadata: { labels, ...(redirects ? { annotations: configHash(middlewares) } : {}) },
    spec: {
      serviceAccountName: "traefik",
      containers: [
        {
          name: "traefik",
          image: controller.image,
          imagePullPolicy: "IfNotPresent",
          args: [
            "--global.checknewversion=false",
            "--global.sendanonymoususage=false",
            "--entrypoints.web.address=:8000",
            "--entrypoints.websecure.address=:8443",
            "--entrypoints.websecure.http.tls=true",
            "--entrypoints.traefik.address=:8080",
            "--ping=true",
            "--providers.kubernetesingress=true",
            `--providers.kubernetesingress.ingressclass=${className}`,
            // As Ingress has it: /shop takes /shop/a, not /shopping.
            "--providers.kubernetesingress.strictprefixmatching=true",
            ...(redirects ? [`--providers.file.filename=${middlewaresFile}`] : []),
          ],
          ports: [
            { name: "web", containerPort: 8000, ...(onHost ? { hostPort: 80 } : {}) },
            { name: "websecure", containerPort: 8443, ...(onHost ? { hostPort: 443 } : {}) },
            { name: "admin", containerPort: 8080 },
          ],
          readinessProbe: { httpGet: { path: "/ping", port: "admin" }, periodSeconds: 2 },
          ...(redirects ? { volumeMounts: [{ name: "middlewares", mountPath: "/etc/traefik", readOnly: true }] } : {}),
          livenessProbe: { httpGet: { path: "/ping", port: "admin" }, failureThreshold: 3 },
          resources: { requests: { cpu: "50m", memory: "64Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            runAsUser: 65532,
          },
        },
      ],
      ...(redirects ? { volumes: [{ name: "middlewares", configMap: { name: "traefik-middlewares" } }] } : {}),
    },
  };
  const selector = { matchLabels: labels };
  const workload: Manifest = onHost
    ? { apiVersion: "apps/v1", kind: "DaemonSet", metadata: meta(), spec: { selector, template } }
    : { apiVersion: "apps/v1", kind: "Deployment", metadata: meta(), spec: { replicas: workers.length > 1 ? 2 : 1, selector, template } };
  const service: Manifest = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...meta(), annotations: skipAwait },
    spec: {
      type: "NodePort",
      // Both families where the cluster has both.
      ipFamilyPolicy: "PreferDualStack",
      selector: labels,
      ports: [
        { name: "web", port: 80, targetPort: "web", nodePort: controller.nodePorts.http },
        { name: "websecure", port: 443, targetPort: "websecure", nodePort: controller.nodePorts.https },
      ],
    },
  };
  const item = (object: Manifest): ManifestItem => ({ part, object });
  return {
    name: part,
    flows: () =>
      onHost
        ? [
            {
              part,
              from: { kind: "any" },
              to: { kind: "nodes", roles: ["worker"] },
              protocol: "tcp",
              ports: [80, 443].map((port) => ({ from: port, to: port })),
              published: true,
              why: "HTTP and HTTPS for the ingress controller traefik",
            },
          ]
        : [],
    manifests: () =>
      [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
        { apiVersion: "v1", kind: "ServiceAccount", metadata: meta() },
        { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "traefik", labels }, rules },
        {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRoleBinding",
          metadata: { name: "traefik", labels },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "traefik" },
          subjects: [{ kind: "ServiceAccount", name: "traefik", namespace }],
        },
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "IngressClass",
          metadata: {
            name: className,
            labels,
            ...(isDefault ? { annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } } : {}),
          },
          spec: { controller: "traefik.io/ingress-controller" },
        },
        ...(redirects
          ? [{ apiVersion: "v1", kind: "ConfigMap", metadata: meta("traefik-middlewares"), data: { "middlewares.yaml": middlewares } }]
          : []),
        workload,
        ...(onHost ? [] : [service]),
      ].map(item),
  };
}
