import { accessFacts } from "./accessFacts";
import { routingFacts } from "./routingFacts";
import type { AnnotationFacts } from "./verdict";

/**
 * What Traefik 3 and Gateway API v1 have for every annotation of ingress-nginx, by its name without prefix.
 * Sources: ingress-nginx internal/ingress/annotations; Traefik's reference of middlewares; gateway-api v1.7, standard channel.
 */
export const annotationFacts: ReadonlyMap<string, AnnotationFacts> = new Map(
  [...routingFacts, ...accessFacts].flatMap(({ names, traefik, gateway }) => names.map((name) => [name, { traefik, gateway }])),
);
