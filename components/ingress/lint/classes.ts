import { meant } from "../../../core/stack/hints";
import { classAnnotation } from "./api";
import { type ControllerName, controllers, gceClasses, likelyControllers } from "./controllers";
import type { Ingress } from "./model";
import { fields, finding, type ManifestFinding, texts, whereIs } from "./objects";
import { among, isDefaultClass, type Served, type World } from "./world";

/** Which controller takes an Ingress up: classes that nobody serves, several defaults, the old annotation, what is retired. */
export function classFindings(world: World, served: Served | undefined): ManifestFinding[] {
  return [
    ...world.ingresses.flatMap((ingress) => [...judgeClass(ingress, world, served), ...judgeAnnotation(ingress, world)]),
    ...judgeDefaults(world),
    ...judgeRetired(world),
  ];
}

function judgeClass(ingress: Ingress, world: World, served: Served | undefined): ManifestFinding[] {
  const { object, className, classPath } = ingress;
  const { classes, isCluster } = world;
  if (className === undefined) return judgeNoClass(ingress, world);
  const likely = likelyControllers(className);
  if (classes.length === 0 && !isCluster) {
    const other =
      served !== undefined &&
      likely.length > 0 &&
      !likely.some((name) => name === served || (served === "nginx" && name.endsWith("nginx")));
    if (!other) return [];
    const title = served === "nginx" ? "NGINX" : controllers[served].title;
    return [
      finding(
        object,
        "warning",
        classPath,
        `${className} is usually the class of another controller than ${title}.`,
        `Name the class whose IngressClass has ${title} as its controller.`,
        served,
      ),
    ];
  }
  if (classes.some(({ name }) => name === className)) return [];
  // The classes of GCE are known without an object.
  if (gceClasses.includes(className)) return [];
  const names = classes.map(({ name }) => name);
  const nearest = meant(className, names);
  const known = names.length === 0 ? "which has none" : names.join(", ");
  const message = `${className} is no IngressClass of ${among(world)} (${known}): nobody serves this Ingress.`;
  return [
    finding(
      object,
      "error",
      classPath,
      message,
      nearest
        ? `Did you mean ${nearest}?`
        : names.length === 0
          ? "Add the IngressClass, and a controller that serves it."
          : `Write one of ${names.join(", ")}, or add the IngressClass.`,
    ),
  ];
}

function judgeNoClass({ object, annotations }: Ingress, { classes, isCluster }: World): ManifestFinding[] {
  if ((classes.length > 0 || isCluster) && !classes.some(isDefaultClass)) {
    const whose = isCluster ? "the cluster's" : "these files'";
    const message = `names no class, and none of ${whose} IngressClasses is the default: a controller has to be told to serve it.`;
    return [
      finding(
        object,
        "warning",
        ["spec"],
        message,
        'Write ingressClassName, or give one IngressClass the annotation ingressclass.kubernetes.io/is-default-class: "true".',
      ),
    ];
  }
  return classAnnotation in annotations
    ? []
    : [
        finding(
          object,
          "info",
          ["spec"],
          "names no class: the cluster's default one serves it, where there is one.",
          "Write ingressClassName to be sure.",
        ),
      ];
}

function judgeAnnotation(ingress: Ingress, { controllerOf }: World): ManifestFinding[] {
  const { object, annotations } = ingress;
  const annotated = annotations[classAnnotation];
  const named = fields(object.data.spec).ingressClassName;
  if (annotated === undefined) {
    if (typeof named !== "string" || controllerOf(ingress) !== "gce") return [];
    const mend = `Write the annotation ${classAnnotation}: ${gceClasses.includes(named) ? named : "gce"} instead.`;
    return [finding(object, "warning", ["spec", "ingressClassName"], "GKE reads the class from the annotation alone.", mend, "gce")];
  }
  if (gceClasses.includes(annotated)) return [];
  const path = ["metadata", "annotations", classAnnotation];
  const mend = named === undefined ? `Write ingressClassName: ${annotated} under spec instead.` : "Take it away: ingressClassName says it.";
  return [
    finding(
      object,
      "warning",
      path,
      "is deprecated since Kubernetes 1.18; the API server warns of it, and some controllers pass it over.",
      mend,
    ),
  ];
}

function judgeDefaults({ classes }: World): ManifestFinding[] {
  const defaults = classes.filter(isDefaultClass);
  const [first, ...others] = defaults;
  const marked = others.map((other) => {
    const message = `${other.name} is a default class as ${first?.name} is (${first ? whereIs(first) : ""}); an Ingress without a class gets the newest of them.`;
    return finding(other, "warning", ["metadata", "annotations"], message, "Keep one default.");
  });
  const written = classes.flatMap((object) => {
    const path = ["metadata", "annotations", "ingressclass.kubernetes.io/is-default-class"];
    const value = texts(fields(object.data.metadata).annotations)["ingressclass.kubernetes.io/is-default-class"];
    if (value === undefined || value === "true" || value === "false") return [];
    return [finding(object, "warning", path, `${value} doesn't make it the default; only "true" does.`, 'Write "true".')];
  });
  return [...marked, ...written];
}

/** Kubernetes retired kubernetes/ingress-nginx in March 2026: one finding per file says so. */
function judgeRetired(world: World): ManifestFinding[] {
  const retired: ControllerName = "ingress-nginx";
  const message = "ingress-nginx was retired in March 2026: nobody mends its security holes any more.";
  const mend =
    "`plumbline ingress migrate FILE --to traefik` (or gateway) writes the objects for another controller and says what differs.";
  const classes = world.classes.filter(({ data }) => fields(data.spec).controller === controllers[retired].controller);
  const found = [
    ...classes.map((object) => finding(object, "warning", ["spec", "controller"], message, mend, retired)),
    ...world.ingresses
      .filter((ingress) => world.controllerOf(ingress) === retired)
      .map(({ object, annotations, classPath }) => {
        const own = Object.keys(annotations).find((key) => key.startsWith("nginx.ingress.kubernetes.io/"));
        const certain = own !== undefined || classes.length > 0;
        return finding(object, certain ? "warning" : "info", own ? ["metadata", "annotations", own] : classPath, message, mend, retired);
      }),
  ];
  return found.filter(
    ({ file, severity }, index) => index === found.findIndex((other) => other.file === file && other.severity === severity),
  );
}
