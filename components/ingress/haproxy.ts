import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { type Controller, ingressController, lowPorts, podNames, read } from "./controller";

/**
 * What HAProxy's controller reads, and the status that it writes. It watches CRDs for its own kinds, which Plumbline doesn't install.
 * Source: haproxytech/kubernetes-ingress, deploy/ and documentation/controller.md.
 */
const permissions = [
  {
    apiGroups: [""],
    resources: ["configmaps", "endpoints", "nodes", "pods", "services", "namespaces", "events", "serviceaccounts", "secrets"],
    verbs: read,
  },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["get", "update", "patch"] },
  { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: read },
];

/** HAProxy Technologies' controller (not jcmoraisjr's haproxy-ingress). HAProxy's own metrics at its port `stat`, /metrics. */
export function haproxy(context: Context, controller: Controller): Part {
  const { as, expose, nodePorts, image = "haproxytech/kubernetes-ingress:3.2.13" } = controller;
  return ingressController(context, controller, {
    // By itself it serves every class that names it; one of several serves those that name it with its --ingress.class.
    controller: `haproxy.org/ingress-controller${as ? `/${as}` : ""}`,
    permissions,
    // It follows the ConfigMap by itself.
    config: { name: "haproxy-config", data: { "ssl-redirect-port": String(expose === "nodePort" ? nodePorts.https : 443) } },
    ports: { http: ["http", 80], https: ["https", 443] },
    adminPorts: [
      ["healthz", 1042],
      ["stat", 1024],
    ],
    container: {
      image,
      args: [
        "--configmap=$(POD_NAMESPACE)/haproxy-config",
        "--http-bind-port=80",
        "--https-bind-port=443",
        "--log=info",
        ...(as ? [`--ingress.class=${as}`] : []),
      ],
      env: podNames,
      readinessProbe: { httpGet: { path: "/healthz", port: "healthz" }, periodSeconds: 2 },
      livenessProbe: { httpGet: { path: "/healthz", port: "healthz" }, failureThreshold: 3 },
      resources: { requests: { cpu: "50m", memory: "128Mi" } },
      securityContext: {
        // Its HAProxy carries a file capability, which the kernel refuses to start without this.
        allowPrivilegeEscalation: true,
        capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
      },
    },
    pod: lowPorts,
  });
}
