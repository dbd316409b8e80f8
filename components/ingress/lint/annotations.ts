import { meant } from "../../../core/stack/hints";
import { annotationName, annotationTables, traefikServiceAnnotations, type ValueKind } from "./annotationTables";
import { annotationOwner, type ControllerName, controllers } from "./controllers";
import { equivalentOf } from "./equivalents";
import type { Ingress } from "./model";
import { finding, type ManifestFinding } from "./objects";
import { valueMistake } from "./values";
import type { World } from "./world";

/** Annotations that are unknown, wrong, risky, or another controller's. */
export function annotationFindings(world: World): ManifestFinding[] {
  return world.ingresses.flatMap((ingress) =>
    Object.entries(ingress.annotations).flatMap(([key, value]) => judgeAnnotation(ingress, key, value, world.controllerOf(ingress))),
  );
}

function judgeAnnotation({ object }: Ingress, key: string, value: string, controller: ControllerName | undefined): ManifestFinding[] {
  const owner = annotationOwner(key);
  const path = ["metadata", "annotations", key];
  const say = (severity: "error" | "warning" | "info", message: string, mend: string, plugin = owner) =>
    finding(object, severity, path, message, mend, plugin);
  if (!owner)
    return foreign(key) && controller
      ? [say("warning", `is for ${foreign(key)}; ${controllers[controller].title} ignores it.`, "Take it away.", controller)]
      : [];
  const { title } = controllers[owner];
  if (controller && controller !== owner) {
    const mend = equivalentOf(key, controller) ?? `Take it away, or find what ${controllers[controller].title} has for it.`;
    return [say("warning", `is ${title}'s; ${controllers[controller].title} ignores it.`, mend, controller)];
  }
  const table = annotationTables[owner];
  const name = annotationName(owner, key);
  const kind = kindOf(owner, name);
  if (kind === undefined) return [unknown(owner, key, name, Object.keys(table), say)];
  const mistake = valueMistake(value, kind);
  if (mistake) {
    const drops = owner === "ingress-nginx" || owner === "f5-nginx" || (owner === "traefik" && name !== "router.tls");
    return [
      say(
        drops ? "error" : "warning",
        `${mistake.message}; ${drops ? dropped[owner] : `${title} falls back to the default`}.`,
        mistake.mend,
      ),
    ];
  }
  return risks(owner, name).map((message) =>
    say(
      "warning",
      message,
      "Use the controller's typed annotations or resources for it, so that who may write an Ingress can't write configuration.",
    ),
  );
}

/** What becomes of an Ingress with a value that can't be read. A protocol test asks a real Traefik. */
const dropped: Partial<Record<ControllerName, string>> = {
  // internal/ingress/annotations: Extract returns the validation error, and the Ingress is left out (default since 1.12).
  "ingress-nginx": "ingress-nginx refuses the whole Ingress",
  "f5-nginx": "F5 NGINX rejects the whole Ingress",
  traefik: "Traefik leaves the whole Ingress out",
};

type Say = (severity: "error" | "warning" | "info", message: string, mend: string) => ManifestFinding;

function unknown(owner: ControllerName, key: string, name: string, known: readonly string[], say: Say): ManifestFinding {
  const { title } = controllers[owner];
  const prefix = key.slice(0, key.length - name.length);
  const nearest = meant(name, known);
  const mend = nearest ? `Did you mean ${prefix}${nearest}?` : `Take it away, or look it up in the documentation of ${title}.`;
  // ingress-nginx gets no new annotations any more; the others do, and what resembles none may be one.
  if (owner === "ingress-nginx" || (owner !== "traefik" && nearest))
    return say("warning", `is no annotation of ${title}: it is ignored.`, mend);
  if (owner !== "traefik") return say("info", `is none of the annotations of ${title} that are known here.`, mend);
  if (name in traefikServiceAnnotations)
    return say("warning", "is read on a Service only; on an Ingress it is ignored.", "Move it to the Service.");
  // The decoder takes every name below router. for a field, and an unknown one is an error that drops the Ingress.
  if (name.startsWith("router.")) return say("error", "is no setting of a router: Traefik then leaves the whole Ingress out.", mend);
  return say(
    "warning",
    "is of Traefik 1: later versions ignore it.",
    "Write a Middleware, and name it in traefik.ingress.kubernetes.io/router.middlewares.",
  );
}

function kindOf(owner: ControllerName, name: string): ValueKind | undefined {
  const table = annotationTables[owner];
  const kind = Object.hasOwn(table, name) ? table[name] : undefined;
  return kind ?? (owner === "traefik" && /^router\.tls\.domains\.\d+\.(main|sans)$/.test(name) ? "text" : undefined);
}

function risks(owner: ControllerName, name: string): string[] {
  if (owner === "ingress-nginx" && name.endsWith("-snippet"))
    return [
      "writes raw configuration into the controller, which can read every Secret: ingress-nginx refuses it unless allow-snippet-annotations is on (default since 1.9: off).",
    ];
  if (owner === "f5-nginx" && name.endsWith("-snippets"))
    return ["writes raw configuration into the controller: F5 NGINX rejects it unless it was started with -enable-snippets."];
  if (owner === "haproxy" && name.endsWith("config-snippet")) return ["writes raw configuration into the controller, unchecked."];
  return [];
}

/** Products whose annotations no controller here reads. */
const others: readonly (readonly [string, string])[] = [
  ["alb.ingress.kubernetes.io/", "the AWS Load Balancer Controller"],
  ["appgw.ingress.kubernetes.io/", "Azure's Application Gateway"],
  ["haproxy-ingress.github.io/", "HAProxy Ingress (jcmoraisjr's, another controller than HAProxy Technologies')"],
  ["konghq.com/", "Kong"],
  ["contour.heptio.com/", "Contour"],
  ["projectcontour.io/", "Contour"],
  ["getambassador.io/", "Ambassador"],
];

const foreign = (key: string): string | undefined => others.find(([prefix]) => key.startsWith(prefix))?.[1];
