import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { ingressClass } from "../../core/stack/check/ingress";
import { type Controller, ingressController, lowPorts, podNames, read } from "./controller";

/** Source: kubernetes/ingress-nginx, deploy/static. */
const permissions = [
  { apiGroups: [""], resources: ["configmaps", "endpoints", "nodes", "pods", "secrets", "namespaces", "services"], verbs: read },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
];

/** Who of several writes the statuses. */
const ownPermissions = [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create", "get", "update"] }];

/** kubernetes/ingress-nginx, retired in March 2026: behind `acknowledgeRetired`, without its admission webhook (CVE-2025-1974 was reached through it). */
export function ingressNginx(context: Context, controller: Controller): Part {
  return ingressController(context, controller, {
    controller: "k8s.io/ingress-nginx",
    permissions,
    ownPermissions,
    config: { name: "ingress-nginx-controller", data: {} },
    ports: { http: ["http", 80], https: ["https", 443] },
    adminPorts: [["metrics", 10254]],
    container: {
      image: controller.image ?? "registry.k8s.io/ingress-nginx/controller:v1.14.3",
      args: [
        "/nginx-ingress-controller",
        "--election-id=ingress-nginx-leader",
        "--controller-class=k8s.io/ingress-nginx",
        `--ingress-class=${ingressClass(controller).name}`,
        "--configmap=$(POD_NAMESPACE)/ingress-nginx-controller",
      ],
      env: podNames,
      readinessProbe: { httpGet: { path: "/healthz", port: "metrics" }, periodSeconds: 2 },
      livenessProbe: { httpGet: { path: "/healthz", port: "metrics" }, failureThreshold: 5 },
      resources: { requests: { cpu: "100m", memory: "90Mi" } },
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
