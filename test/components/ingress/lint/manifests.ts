interface IngressParts {
  name?: string;
  /** Empty: none. */
  namespace?: string;
  className?: string;
  host?: string;
  path?: string;
  paths?: readonly string[];
  pathType?: string;
  service?: string;
  services?: readonly string[];
  port?: string;
  annotations?: Readonly<Record<string, string>>;
  tls?: string;
}

/** An Ingress of shop.example, a file of fourteen lines, with some parts otherwise. */
export function ingress(parts: IngressParts): string {
  const {
    name = "web",
    namespace = "shop",
    className = "public",
    host = "shop.example",
    path = "/",
    pathType = "Prefix",
    service = "web",
    port = "{ number: 80 }",
    annotations = {},
    tls,
  } = parts;
  const { paths = [path], services = [service] } = parts;
  const shown = paths.map(
    (one, index) =>
      `{ path: ${JSON.stringify(one).replace(/^"([\w/.-]*)"$/, "$1")}, pathType: ${pathType}, backend: { service: { name: ${services[index] ?? service}, port: ${port} } } }`,
  );
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  ${namespace ? `namespace: ${namespace}` : "labels: {}"}
  annotations: ${JSON.stringify(annotations)}
spec:
  ${className ? `ingressClassName: ${className}` : "# no class"}
  ${tls ? `tls: ${tls}` : "# no TLS"}
  rules:
    - host: ${host}
      http:
        paths: [${shown.join(", ")}]
`;
}

interface ServiceParts {
  name?: string;
  namespace?: string;
  port?: number;
  portName?: string;
  targetPort?: number | string;
  protocol?: string;
  type?: string;
}

export function service({
  name = "web",
  namespace = "shop",
  port = 80,
  portName = "main",
  targetPort = 8080,
  protocol = "TCP",
  type = "ClusterIP",
}: ServiceParts): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}${namespace ? `, namespace: ${namespace}` : ""} }
spec:
  type: ${type}
  selector: { app: web }
  ports: [{ name: ${portName}, port: ${port}, targetPort: ${targetPort}, protocol: ${protocol} }]
`;
}

export function workload({
  namespace = "shop",
  app = "web",
  portName = "main",
}: {
  namespace?: string;
  app?: string;
  portName?: string;
}): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${app} } }
  template:
    metadata: { labels: { app: ${app} } }
    spec: { containers: [{ name: web, image: web, ports: [{ name: ${portName}, containerPort: 8080 }] }] }
`;
}

export function ingressClass(name: string, controller: string, isDefault = false): string {
  return `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: ${name}, annotations: { ingressclass.kubernetes.io/is-default-class: "${isDefault}" } }
spec: { controller: ${controller} }
`;
}
