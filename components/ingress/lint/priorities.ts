import type { Ingress, Route } from "./model";
import { describe, finding, type ManifestFinding, whereIs } from "./objects";
import { effectiveClass, type World } from "./world";

const prefix = "traefik.ingress.kubernetes.io/router.";
const [priority, matcher, entryPoints] = [`${prefix}priority`, `${prefix}pathmatcher`, `${prefix}entrypoints`];

interface Router {
  readonly ingress: Ingress;
  readonly route: Route;
  readonly priority: number;
}

/**
 * Of two routers of one host that fit Traefik takes the one with the higher priority, which is the length of its rule unless an annotation says otherwise:
 * ``PathPrefix(`/`)`` comes before ``Path(`/api`)``. Judged by Traefik's rules without strictPrefixMatching, with which those of prefixes are longer still.
 * Source: doc.traefik.io, "Routers, priority"; seen in the lab.
 */
export function priorityFindings(world: World): ManifestFinding[] {
  const routers = world.ingresses
    .filter((ingress) => world.controllerOf(ingress) === "traefik" && !(matcher in ingress.annotations))
    .flatMap((ingress) => ingress.routes.map((route): Router => ({ ingress, route, priority: priorityOf(ingress, route) })));
  return routers
    .filter(({ route }) => route.pathType === "Exact")
    .flatMap((exact) => {
      const winner = routers.find((other) => takes(other, exact, world));
      return winner ? [unreached(exact, winner)] : [];
    });
}

function priorityOf({ annotations }: Ingress, { pathType, url }: Route): number {
  const given = Number(annotations[priority] ?? 0);
  // 0 is none.
  return given || (pathType === "Exact" ? `Path(\`${url}\`)` : `PathPrefix(\`${url}\`)`).length;
}

/** Whether a prefix gets what an exact path of the same host should have, and sends it elsewhere. */
function takes(other: Router, exact: Router, { classes }: World): boolean {
  const { route, ingress } = other;
  const { service, port } = route.backend;
  const sameBackend =
    ingress.object.namespace === exact.ingress.object.namespace &&
    service === exact.route.backend.service &&
    port === exact.route.backend.port;
  return (
    route.pathType !== "Exact" &&
    route.host === exact.route.host &&
    effectiveClass(ingress, classes) === effectiveClass(exact.ingress, classes) &&
    ingress.annotations[entryPoints] === exact.ingress.annotations[entryPoints] &&
    `${exact.route.url}/`.startsWith(route.url.replace(/\/?$/, "/")) &&
    comesFirst(other, exact) &&
    !(ingress === exact.ingress && sameBackend)
  );
}

const isGiven = ({ ingress }: Router): boolean => priority in ingress.annotations;

/** Of two rules of the same length the prefix was seen to win; of two priorities that are given and the same nothing is known. */
const comesFirst = (other: Router, exact: Router): boolean =>
  other.priority > exact.priority || (other.priority === exact.priority && !isGiven(other) && !isGiven(exact));

function unreached(exact: Router, winner: Router): ManifestFinding {
  const { ingress, route } = exact;
  const by = winner.ingress === ingress ? "" : ` of ${describe(winner.ingress.object)} (${whereIs(winner.ingress.object)})`;
  const reason =
    isGiven(exact) || isGiven(winner)
      ? `its priority ${winner.priority} is above ${exact.priority}`
      : "Traefik takes the router with the longer rule";
  const message = `${route.host ?? "any host"} ${route.url} (Exact) gets no requests: ${winner.route.url} (${winner.route.pathType})${by} comes first, since ${reason}.`;
  const others = ingress.routes.some(({ pathType }) => pathType !== "Exact");
  const mend = `${others ? "Put the exact paths into an Ingress of their own with" : "Write"} the annotation ${priority}: "1000000".`;
  return finding(ingress.object, "warning", [...route.path, "path"], message, mend, "traefik");
}
