import type { Manifest } from "../../../core/part";
import { annotationName } from "../lint/annotationTables";
import { annotationOwner, controllers } from "../lint/controllers";
import type { Ingress } from "../lint/model";
import type { World } from "../lint/world";
import { toGateway } from "./gateway";
import { idOf, nginxPrefix } from "./settings";
import { toTraefik } from "./traefik";
import type { Judgement } from "./verdict";
import { annotationFacts } from "./verdicts";

export type Target = "traefik" | "gateway";

/** What becomes of one annotation of one Ingress. */
export interface AnnotationReport extends Judgement {
  /** `shop/web` */
  readonly ingress: string;
  readonly annotation: string;
  readonly value: string;
}

export interface Migration {
  readonly objects: readonly Manifest[];
  readonly annotations: readonly AnnotationReport[];
  /** What behaves otherwise, whatever the annotations; and what is left to do by hand. */
  readonly differences: readonly string[];
}

/** Translates Ingresses that ingress-nginx serves into objects for another controller, and says of every annotation what becomes of it. */
export function migrate(world: World, target: Target): Migration {
  const served = world.ingresses.filter((ingress) => isServed(ingress, world));
  const translations = target === "traefik" ? served.map((ingress) => toTraefik(ingress)) : toGateway(served, world);
  return {
    objects: translations.flatMap(({ objects }) => objects),
    annotations: served.flatMap((ingress) => reportsOn(ingress, target)),
    differences: [...translations.flatMap(({ open }) => open), ...(served.length > 0 ? general[target] : [])],
  };
}

/** Those of other controllers stay as they are; without any hint an Ingress is taken for ingress-nginx's. */
function isServed(ingress: Ingress, world: World): boolean {
  const controller = world.controllerOf(ingress);
  return controller === undefined || controller === "ingress-nginx";
}

function reportsOn(ingress: Ingress, target: Target): AnnotationReport[] {
  return Object.entries(ingress.annotations).flatMap(([annotation, value]): AnnotationReport[] => {
    const owner = annotationOwner(annotation);
    // What is Traefik's stays.
    if (owner === undefined || owner === target) return [];
    if (!annotation.startsWith(nginxPrefix))
      return [
        {
          ingress: idOf(ingress),
          annotation,
          value,
          verdict: "unsupported",
          how: `is of ${controllers[owner].title}; those of ingress-nginx alone are translated.`,
        },
      ];
    const facts = annotationFacts.get(annotationName("ingress-nginx", annotation));
    const judgement: Judgement = facts?.[target] ?? {
      verdict: "unsupported",
      how: "is no annotation of ingress-nginx: it did nothing there either.",
    };
    return [{ ingress: idOf(ingress), annotation, value, ...judgement }];
  });
}

const general: Readonly<Record<Target, readonly string[]>> = {
  traefik: [
    "Prefix goes by characters on Traefik (/shop takes /shopping too) unless it runs with --providers.kubernetesingress.strictprefixmatching=true; ingress-nginx goes by whole elements without use-regex.",
    "Of several routers that fit, Traefik takes the one with the longest rule (host and path together); ingress-nginx takes the longest path of the host.",
    "A path without a route gets Traefik's own 404; there is no default backend of the controller's.",
    "Traefik has no limit of the body (ingress-nginx: 1m) and no read timeout of the backend (ingress-nginx: 60s).",
    "ExternalName Services are refused unless providers.kubernetesingress.allowexternalnameservices is on.",
    "Middlewares are found by NAMESPACE-NAME@kubernetescrd: Traefik has to run with --providers.kubernetescrd and its CRDs.",
    "Instead of new objects, Traefik's provider kubernetesIngressNGINX (3.6 and later) reads ingress-nginx's own annotations, as a bridge: it knows most of them, not all.",
  ],
  gateway: [
    "PathPrefix goes by whole elements, as Ingress's Prefix does; ingress-nginx with use-regex went by characters and ignored case.",
    "Exact wins over PathPrefix, the longer prefix over the shorter, then methods, headers, the older route; between HTTPRoutes of one host too.",
    "A request that no rule fits gets 404 from the implementation; a default backend is an HTTPRoute without hostnames, and loses against any route with the host.",
    "A listener takes a route only if their hostnames meet; a wildcard listener takes several labels (a.b.example), an Ingress's wildcard one.",
    "Secrets and Services of other namespaces need a ReferenceGrant there; a Gateway takes routes of its own namespace unless allowedRoutes says otherwise.",
    "Every Gateway may get a load balancer of its own: one per namespace is written here; several namespaces can share one through allowedRoutes and ListenerSets.",
    "The CRDs have to be installed (standard channel), and a controller that serves the GatewayClass.",
  ],
};
