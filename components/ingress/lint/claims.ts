import { isDeepStrictEqual } from "node:util";
import { type ControllerName, controllers } from "./controllers";
import type { Ingress, Route } from "./model";
import { describe, finding, type ManifestFinding, whereIs } from "./objects";
import { effectiveClass, type World } from "./world";

interface Claim {
  readonly ingress: Ingress;
  readonly route: Route;
  readonly controller: ControllerName | undefined;
}

/** Who gets the requests where two claim the same. */
const winners: Readonly<Record<ControllerName, string>> = {
  traefik: "Traefik makes two routers of the same priority and doesn't say which one gets the requests",
  haproxy: "HAProxy keeps one of the two and doesn't say which",
  "f5-nginx": "F5 NGINX keeps the older Ingress's and rejects the other",
  "ingress-nginx": "ingress-nginx's webhook refuses the second; without the webhook the older Ingress gets the requests",
  gce: "GCE takes one of the two in its URL map",
};

/** Two paths of Ingresses of one class that want the same requests. */
export function claimFindings(world: World): ManifestFinding[] {
  const claims = world.ingresses
    .filter((ingress) => !isCanary(ingress))
    .flatMap((ingress): Claim[] => {
      const controller = world.controllerOf(ingress);
      return ingress.routes.map((route) => ({ ingress, route, controller }));
    });
  const seen = new Map<string, Claim[]>();
  const findings: ManifestFinding[] = [];
  for (const claim of claims) {
    const key = keyOf(claim, world);
    const earlier = seen.get(key) ?? [];
    const rival = earlier.find((other) => !sameObject(other.ingress, claim.ingress) && meets(other.route, claim.route));
    if (rival) findings.push(...conflict(claim, rival));
    seen.set(key, [...earlier, claim]);
  }
  return [...findings, ...defaultClaims(world), ...hostCollisions(world)];
}

/** A class has one default backend for requests that no rule takes. */
function defaultClaims(world: World): ManifestFinding[] {
  const owners = new Map<string, Ingress>();
  return world.ingresses.flatMap((ingress) => {
    const { object, defaultBackend, routes } = ingress;
    const controller = world.controllerOf(ingress);
    // With rules, it is for their hosts on some controllers and for all on others.
    if (!defaultBackend || routes.length > 0 || controller === "gce" || isCanary(ingress)) return [];
    const key = effectiveClass(ingress, world.classes) ?? "";
    const owner = owners.get(key);
    owners.set(key, owner ?? ingress);
    if (!owner || sameObject(owner, ingress)) return [];
    const message = `is a default backend for everything, as that of ${describe(owner.object)} (${whereIs(owner.object)}) is; the controller takes one of the two.`;
    return [
      finding(
        object,
        "error",
        ["spec", "defaultBackend"],
        message,
        "Keep one of the two, or give one a class or a host of its own.",
        controller,
      ),
    ];
  });
}

/** ingress-nginx's canaries claim the same path on purpose. */
const isCanary = ({ annotations }: Ingress) => annotations["nginx.ingress.kubernetes.io/canary"]?.toLowerCase() === "true";

/** The same name twice is a finding of its own. */
const sameObject = (a: Ingress, b: Ingress) =>
  a !== b && a.object.name === b.object.name && (a.object.namespace ?? "default") === (b.object.namespace ?? "default");

function keyOf({ ingress, route, controller }: Claim, { classes }: World): string {
  // Every Ingress of GCE's is a load balancer with an address of its own: they can't meet.
  const door =
    controller === "gce"
      ? [ingress.object.file, ingress.object.namespace, ingress.object.name].join("/")
      : (effectiveClass(ingress, classes) ?? "");
  return [door, route.host ?? "*", route.url.replace(/(?<=.)\/$/, "")].join(" ");
}

/** Exact beside Prefix is the usual way to treat one address apart. */
function meets(a: Route, b: Route): boolean {
  if (a.pathType === b.pathType) return a.pathType === "Prefix" || a.url === b.url;
  return a.pathType !== "Exact" && b.pathType !== "Exact" && a.url === b.url;
}

function conflict({ ingress, route, controller }: Claim, rival: Claim): ManifestFinding[] {
  const sameBackend =
    ingress.object.namespace === rival.ingress.object.namespace &&
    isDeepStrictEqual([route.backend.service, route.backend.port], [rival.route.backend.service, rival.route.backend.port]);
  const identical = route.url === rival.route.url && route.pathType === rival.route.pathType;
  if (sameBackend && !identical) return [];
  const claimed = `${route.host ?? "any host"} ${route.url} (${route.pathType})`;
  const by =
    rival.ingress === ingress
      ? "by an earlier path of this Ingress"
      : `by ${describe(rival.ingress.object)} (${whereIs(rival.ingress.object)})`;
  const path = [...route.path, "path"];
  if (sameBackend)
    return [
      finding(
        ingress.object,
        "warning",
        path,
        `${claimed} is claimed ${by} as well, for the same backend.`,
        "Keep one of the two.",
        controller,
      ),
    ];
  const what = identical ? claimed : `${claimed} wants the same requests as ${rival.route.url} (${rival.route.pathType}), which`;
  const outcome = controller ? `${winners[controller]}.` : "which of the two gets the requests depends on the controller.";
  const severity = identical ? "error" : "warning";
  return [
    finding(
      ingress.object,
      severity,
      path,
      `${what} is claimed ${by} as well; ${outcome}`,
      "Keep one of the two, or give one another host or path.",
      controller,
    ),
  ];
}

/** F5 NGINX gives a host to one Ingress only, unless they are marked as parts of one. */
function hostCollisions(world: World): ManifestFinding[] {
  const owners = new Map<string, Ingress>();
  return world.ingresses.flatMap((ingress) => {
    if (world.controllerOf(ingress) !== "f5-nginx" || "nginx.org/mergeable-ingress-type" in ingress.annotations) return [];
    return ingress.hosts.flatMap(({ host, path }) => {
      const key = `${effectiveClass(ingress, world.classes) ?? ""} ${host}`;
      const owner = owners.get(key);
      owners.set(key, owner ?? ingress);
      if (!owner || owner === ingress || sameObject(owner, ingress)) return [];
      const message = `${host} belongs to ${describe(owner.object)} already; ${controllers["f5-nginx"].title} gives a host to the older Ingress alone and rejects the other.`;
      const mend = 'Write the paths into one Ingress, or mark them with nginx.org/mergeable-ingress-type: "master" and "minion".';
      return [finding(ingress.object, "error", path, message, mend, "f5-nginx")];
    });
  });
}
