import type { Path } from "../../../core/finding";
import { classAnnotation } from "./api";
import { type Fields, type FileObject, fields, list, text, texts } from "./objects";

/** What a rule sends a request to. */
export interface Backend {
  readonly service: string | undefined;
  readonly port: string | number | undefined;
  readonly servicePath: Path;
  readonly portPath: Path;
}

/** One path of one rule. */
export interface Route {
  /** Undefined: any host. */
  readonly host: string | undefined;
  readonly url: string;
  readonly pathType: string;
  readonly backend: Backend;
  readonly path: Path;
}

export interface Tls {
  readonly hosts: readonly string[];
  readonly secret: string | undefined;
  readonly path: Path;
}

/** An Ingress of any version, as far as it could be read. */
export interface Ingress {
  readonly object: FileObject;
  readonly annotations: Readonly<Record<string, string>>;
  readonly className: string | undefined;
  /** Where the class is named; the object itself where it names none. */
  readonly classPath: Path;
  /** Hosts of all rules, with where they are. */
  readonly hosts: readonly { readonly host: string; readonly path: Path }[];
  readonly routes: readonly Route[];
  readonly defaultBackend: Backend | undefined;
  readonly tls: readonly Tls[];
}

/** Reads an Ingress of v1 or of the two v1beta1, whose backends are written otherwise. */
export function readIngress(object: FileObject): Ingress {
  const spec = fields(object.data.spec);
  const annotations = texts(fields(object.data.metadata).annotations);
  const named = text(spec.ingressClassName);
  const annotated = annotations[classAnnotation];
  const rules = list(spec.rules).map(fields);
  const fallback = spec.defaultBackend ?? spec.backend ?? undefined;
  return {
    object,
    annotations,
    className: annotated ?? named,
    classPath:
      annotated === undefined ? (named === undefined ? [] : ["spec", "ingressClassName"]) : ["metadata", "annotations", classAnnotation],
    hosts: rules.flatMap((rule, index) => {
      const host = text(rule.host);
      return host === undefined ? [] : [{ host, path: ["spec", "rules", index, "host"] }];
    }),
    routes: rules.flatMap((rule, index) =>
      list(fields(rule.http).paths).map((entry, position) =>
        readRoute(fields(entry), text(rule.host), ["spec", "rules", index, "http", "paths", position]),
      ),
    ),
    defaultBackend:
      fallback === undefined
        ? undefined
        : readBackend(fields(fallback), ["spec", spec.defaultBackend === undefined ? "backend" : "defaultBackend"]),
    tls: list(spec.tls)
      .map(fields)
      .map((tls, index) => ({
        hosts: list(tls.hosts).filter((host): host is string => typeof host === "string"),
        secret: text(tls.secretName),
        path: ["spec", "tls", index],
      })),
  };
}

function readRoute(entry: Fields, host: string | undefined, path: Path): Route {
  const pathType = text(entry.pathType) ?? "ImplementationSpecific";
  return { host, url: text(entry.path) ?? "/", pathType, backend: readBackend(fields(entry.backend), [...path, "backend"]), path };
}

function readBackend(backend: Fields, path: Path): Backend {
  if ("serviceName" in backend || "servicePort" in backend) {
    const { serviceName, servicePort } = backend;
    return {
      service: text(serviceName),
      port: portOf(servicePort),
      servicePath: [...path, "serviceName"],
      portPath: [...path, "servicePort"],
    };
  }
  const { name, port } = fields(backend.service);
  const { name: portName, number } = fields(port);
  const at = [...path, "service"];
  return { service: text(name), port: portOf(number) ?? portOf(portName), servicePath: [...at, "name"], portPath: [...at, "port"] };
}

const portOf = (value: unknown): string | number | undefined => (typeof value === "number" && value !== 0 ? value : text(value));
