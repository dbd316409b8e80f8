import type { Manifest, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { ingressClass } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { classAnnotation } from "./lint/api";
import { skipAwait } from "./rules";

const labels = { "app.kubernetes.io/name": "hello" };
const metadata = { name: "hello", namespace: "plumbline-sample", labels };

/** A small web application behind the ingress (the default controller, else the first), so that a first look shows something. */
export function sample({ stack }: Context, { host, image }: NonNullable<Stack["ingress"]["sample"]>): Part {
  const part = "ingress/sample";
  const classes = stack.ingress.controllers.map(ingressClass);
  const { name: className } = classes.find(({ isDefault }) => isDefault) ?? classes[0] ?? {};
  const isGce = stack.ingress.controllers.some((controller) => controller.name === "gce" && ingressClass(controller).name === className);
  const container = {
    name: "hello",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["/agnhost"],
    args: ["netexec", "--http-port=8080"],
    ports: [{ name: "http", containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 2 },
  };
  const objects: Manifest[] = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "plumbline-sample", labels } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, annotations: skipAwait },
      spec: { ...(isGce ? { type: "NodePort" } : {}), selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { ...metadata, annotations: { ...skipAwait, ...(isGce && className ? { [classAnnotation]: className } : {}) } },
      spec: {
        ...(className && !isGce ? { ingressClassName: className } : {}),
        rules: [
          { host, http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "hello", port: { name: "http" } } } }] } },
        ],
      },
    },
  ];
  return {
    name: part,
    manifests: () => objects.map((object) => ({ part, object })),
  };
}
