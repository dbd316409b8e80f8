import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { ingressClass } from "../../core/stack/check/ingress";
import { type Controller, ingressController, lowPorts, podNames, read } from "./controller";

/** What F5's controller reads without its custom resources and without writing statuses. Source: nginx/kubernetes-ingress, deployments/rbac. */
const permissions = [
  { apiGroups: [""], resources: ["services", "secrets", "configmaps", "pods", "namespaces"], verbs: read },
  { apiGroups: [""], resources: ["nodes"], verbs: ["list"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "list"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
];

/** It writes its version on its own pod, and looks for its own workload. */
const ownPermissions = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "update"] },
  { apiGroups: ["apps"], resources: ["replicasets", "daemonsets"], verbs: ["get"] },
];

/** F5's NGINX Ingress Controller (nginx/kubernetes-ingress), for Ingresses alone: its own resources would need its CRDs. */
export function f5Nginx(context: Context, controller: Controller): Part {
  return ingressController(context, controller, {
    controller: "nginx.org/ingress-controller",
    permissions,
    ownPermissions,
    config: { name: "nginx-config", data: {} },
    ports: { http: ["http", 80], https: ["https", 443] },
    adminPorts: [
      ["ready", 8081],
      ["metrics", 9113],
    ],
    container: {
      image: controller.image ?? "nginx/nginx-ingress:5.6.2",
      args: [
        "-nginx-configmaps=$(POD_NAMESPACE)/nginx-config",
        `-ingress-class=${ingressClass(controller).name}`,
        "-enable-custom-resources=false",
        // It is there for writing statuses.
        "-enable-leader-election=false",
        "-enable-prometheus-metrics",
        "-prometheus-metrics-listen-port=9113",
        "-ready-status-port=8081",
        "-enable-telemetry-reporting=false",
      ],
      env: podNames,
      readinessProbe: { httpGet: { path: "/nginx-ready", port: "ready" }, periodSeconds: 2 },
      resources: { requests: { cpu: "100m", memory: "128Mi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
        runAsNonRoot: true,
        runAsUser: 101,
      },
    },
    pod: lowPorts,
  });
}
