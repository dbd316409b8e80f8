/** The ingress controllers that the lint knows. */
export const controllerNames = ["traefik", "haproxy", "f5-nginx", "ingress-nginx", "gce"] as const;
export type ControllerName = (typeof controllerNames)[number];

export interface ControllerFacts {
  readonly title: string;
  /** `spec.controller` of its IngressClasses. */
  readonly controller: string | undefined;
  /** Prefixes of its annotations on an Ingress. */
  readonly prefixes: readonly string[];
}

/**
 * Sources: Traefik pkg/provider/kubernetes/ingress, haproxytech/kubernetes-ingress documentation, nginx/kubernetes-ingress
 * internal/configs/annotations.go, kubernetes/ingress-nginx annotations/parser, kubernetes/ingress-gce pkg/annotations.
 */
export const controllers: Readonly<Record<ControllerName, ControllerFacts>> = {
  traefik: { title: "Traefik", controller: "traefik.io/ingress-controller", prefixes: ["traefik.ingress.kubernetes.io/"] },
  haproxy: { title: "HAProxy", controller: "haproxy.org/ingress-controller", prefixes: ["haproxy.org/", "haproxy.com/"] },
  "f5-nginx": {
    title: "F5 NGINX",
    controller: "nginx.org/ingress-controller",
    prefixes: ["nginx.org/", "nginx.com/", "appprotect.f5.com/", "appprotectdos.f5.com/"],
  },
  "ingress-nginx": { title: "ingress-nginx", controller: "k8s.io/ingress-nginx", prefixes: ["nginx.ingress.kubernetes.io/"] },
  gce: {
    title: "GCE",
    controller: undefined,
    prefixes: [
      "ingress.gcp.kubernetes.io/",
      "networking.gke.io/",
      "kubernetes.io/ingress.allow-http",
      "kubernetes.io/ingress.global-static-ip-name",
      "kubernetes.io/ingress.regional-static-ip-name",
    ],
  },
};

/** The controller whose annotation this is. */
export const annotationOwner = (key: string): ControllerName | undefined =>
  controllerNames.find((name) => controllers[name].prefixes.some((prefix) => key.startsWith(prefix)));

/** The controller that an IngressClass names: HAProxy's may be followed by the name of one of several instances. */
export function classController(controller: string): ControllerName | undefined {
  return controllerNames.find((name) => {
    const own = controllers[name].controller;
    return own !== undefined && (controller === own || (name === "haproxy" && controller.startsWith(`${own}/`)));
  });
}

/** GCE's classes, by annotation: GKE has no IngressClass objects. */
export const gceClasses: readonly string[] = ["gce", "gce-internal", "gce-multi-cluster"];

/** The controllers that a class's name alone makes likely; `nginx` is the usual name of two of them. */
export function likelyControllers(className: string): readonly ControllerName[] {
  if (gceClasses.includes(className)) return ["gce"];
  if (/^nginx(-|$)/.test(className)) return ["ingress-nginx", "f5-nginx"];
  const name = controllerNames.find((known) => known === className || className.startsWith(`${known}-`));
  return name ? [name] : [];
}
