import type { Manifest, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { controllerName, ingressClass } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { configHash } from "../configHash";
import { skipAwait } from "./rules";

export type Controller = Stack["ingress"]["controllers"][number];

/** One rule of a Role or ClusterRole. */
interface Permission {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What is particular to a controller; everything around it is the same for all. */
export interface Program {
  /** Of its IngressClass: `spec.controller`. */
  readonly controller: string;
  /** In the whole cluster. */
  readonly permissions: readonly Permission[];
  /** In its own namespace. */
  readonly ownPermissions?: readonly Permission[];
  /** The data of its ConfigMap. */
  readonly config?: {
    readonly name: string;
    readonly data: Record<string, string> /** A change needs new pods. */;
    readonly rollout?: true;
  };
  /** The ports on which its container listens, named as the Service names them. */
  readonly ports: { readonly http: readonly [name: string, port: number]; readonly https: readonly [name: string, port: number] };
  /** Metrics, health. */
  readonly adminPorts: readonly (readonly [name: string, port: number])[];
  readonly container: { readonly image: string; readonly [field: string]: unknown };
  readonly pod?: Record<string, unknown>;
}

export const read = ["get", "list", "watch"];

/** The pod may listen on 80 and 443 without being root: a sysctl of its own network namespace (Kubernetes counts it as safe since 1.22). */
export const lowPorts = { securityContext: { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] } };

/** Where its container finds its own pod. */
export const podNames = [
  { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
  { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
];

/** An ingress controller: on ports 80 and 443 of every worker, behind a NodePort service, or behind a load balancer. */
export function ingressController({ stack }: Context, controller: Controller, program: Program): Part {
  const { expose } = controller;
  const name = controllerName(controller);
  const part = `ingress/${name}`;
  const labels = { "app.kubernetes.io/name": name };
  const { name: className, isDefault } = ingressClass(controller);
  const onHost = expose === "hostPort";
  const meta = (own: string = name) => ({ name: own, namespace: name, labels });
  const workers = stack.nodes.filter((node) => node.roles.includes("worker"));
  const { config } = program;
  const { image, ...container } = program.container;
  const published = ([portName, port]: readonly [string, number], hostPort: number) => ({
    name: portName,
    containerPort: port,
    ...(onHost ? { hostPort } : {}),
  });
  const template = {
    metadata: { labels, ...(config?.rollout ? { annotations: configHash(Object.values(config.data).join("\n")) } : {}) },
    spec: {
      serviceAccountName: name,
      ...program.pod,
      containers: [
        {
          name,
          image,
          imagePullPolicy: "IfNotPresent",
          ports: [
            published(program.ports.http, 80),
            published(program.ports.https, 443),
            ...program.adminPorts.map(([portName, port]) => ({ name: portName, containerPort: port })),
          ],
          ...container,
        },
      ],
    },
  };
  const selector = { matchLabels: labels };
  const workload: Manifest = onHost
    ? { apiVersion: "apps/v1", kind: "DaemonSet", metadata: meta(), spec: { selector, template } }
    : { apiVersion: "apps/v1", kind: "Deployment", metadata: meta(), spec: { replicas: workers.length > 1 ? 2 : 1, selector, template } };
  const servicePort = ([portName]: readonly [string, number], port: number, nodePort: number) => ({
    name: portName,
    port,
    targetPort: portName,
    ...(expose === "nodePort" ? { nodePort } : {}),
  });
  const service: Manifest = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...meta(), annotations: skipAwait },
    spec: {
      type: expose === "nodePort" ? "NodePort" : "LoadBalancer",
      // Both families where the cluster has both.
      ipFamilyPolicy: "PreferDualStack",
      selector: labels,
      ports: [
        servicePort(program.ports.http, 80, controller.nodePorts.http),
        servicePort(program.ports.https, 443, controller.nodePorts.https),
      ],
    },
  };
  const objects: Manifest[] = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: meta() },
    { apiVersion: rbac, kind: "ClusterRole", metadata: { name, labels }, rules: program.permissions },
    { apiVersion: rbac, kind: "ClusterRoleBinding", metadata: { name, labels }, ...binding("ClusterRole", name) },
    ...(program.ownPermissions
      ? [
          { apiVersion: rbac, kind: "Role", metadata: meta(), rules: program.ownPermissions },
          { apiVersion: rbac, kind: "RoleBinding", metadata: meta(), ...binding("Role", name) },
        ]
      : []),
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: {
        name: className,
        labels,
        ...(isDefault ? { annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } } : {}),
      },
      spec: { controller: program.controller },
    },
    ...(config ? [{ apiVersion: "v1", kind: "ConfigMap", metadata: meta(config.name), data: config.data }] : []),
    workload,
    ...(onHost ? [] : [service]),
  ];
  return {
    name: part,
    flows: () =>
      // NodePorts are let in as all of kube-proxy's are.
      expose === "nodePort"
        ? []
        : [
            {
              part,
              from: { kind: "any" },
              to: { kind: "nodes", ...(onHost ? { roles: ["worker"] } : {}) },
              protocol: "tcp",
              ports: [80, 443].map((port) => ({ from: port, to: port })),
              published: true,
              why: `HTTP and HTTPS for the ingress controller ${name}`,
            },
          ],
    manifests: () => objects.map((object) => ({ part, object })),
  };
}

const rbac = "rbac.authorization.k8s.io/v1";

const binding = (kind: "Role" | "ClusterRole", name: string) => ({
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
  subjects: [{ kind: "ServiceAccount", name, namespace: name }],
});
