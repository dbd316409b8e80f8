import { annotationOwner, type ControllerName, classController, likelyControllers } from "./controllers";
import { type Ingress, readIngress } from "./model";
import { type FileObject, fields, text, texts } from "./objects";

/** All objects of the files that are judged together. */
export interface World {
  readonly objects: readonly FileObject[];
  readonly ingresses: readonly Ingress[];
  readonly classes: readonly FileObject[];
  readonly services: readonly FileObject[];
  readonly secrets: readonly FileObject[];
  readonly workloads: readonly FileObject[];
  readonly now: Date;
  /** Whether the files are all that a cluster has: then what isn't among them isn't there. */
  readonly isCluster: boolean;
  /** The controller that will serve an Ingress, where the files or the user's word tell. */
  readonly controllerOf: (ingress: Ingress) => ControllerName | undefined;
}

/** What the user says of the cluster: `nginx` is whichever of the two NGINX controllers an Ingress is written for. */
export type Served = ControllerName | "nginx";

const isIngress = ({ kind, group }: FileObject) => kind === "Ingress" && (group === "networking.k8s.io" || group === "extensions");

const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"];

export function makeWorld(
  objects: readonly FileObject[],
  now: Date,
  { served, isCluster = false }: { served?: Served | undefined; isCluster?: boolean | undefined } = {},
): World {
  const classes = objects.filter(({ kind, group }) => kind === "IngressClass" && group === "networking.k8s.io");
  return {
    objects,
    ingresses: objects.filter(isIngress).map(readIngress),
    classes,
    services: objects.filter(({ kind, group }) => kind === "Service" && group === ""),
    secrets: objects.filter(({ kind, group }) => kind === "Secret" && group === ""),
    workloads: objects.filter(({ kind, group }) => workloadKinds.includes(kind) && (group === "apps" || group === "")),
    now,
    isCluster,
    controllerOf: (ingress) => controllerOf(ingress, classes, served),
  };
}

/** Where the objects are, in messages. */
export const among = ({ isCluster }: World): string => (isCluster ? "the cluster" : "these files");

export const isDefaultClass = ({ data }: FileObject): boolean =>
  texts(fields(data.metadata).annotations)["ingressclass.kubernetes.io/is-default-class"] === "true";

/** The name of the class that an Ingress gets: its own, else the default one of the files. */
export function effectiveClass({ className }: Ingress, classes: readonly FileObject[]): string | undefined {
  const defaults = classes.filter(isDefaultClass);
  return className ?? (defaults.length === 1 ? defaults[0]?.name : undefined);
}

function controllerOf(ingress: Ingress, classes: readonly FileObject[], served: Served | undefined): ControllerName | undefined {
  const owners = [...new Set(Object.keys(ingress.annotations).map(annotationOwner))].filter((owner) => owner !== undefined);
  const among = (likely: readonly ControllerName[]) =>
    likely.find((name) => owners.includes(name)) ?? (likely.length === 1 ? likely[0] : undefined);
  if (served !== undefined) return served === "nginx" ? (among(["ingress-nginx", "f5-nginx"]) ?? "ingress-nginx") : served;
  const className = effectiveClass(ingress, classes);
  const own = classes.find(({ name }) => name === className);
  if (own) return classController(text(fields(own.data.spec).controller) ?? "");
  const likely = className === undefined ? [] : likelyControllers(className);
  if (likely.length > 0) return among(likely);
  return owners.length === 1 ? owners[0] : undefined;
}
