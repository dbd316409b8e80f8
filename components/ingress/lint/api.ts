import type { Path } from "../../../core/finding";
import { apiMetadata } from "./apiMetadata";
import { hostMistake, isPortName, isServiceName, isSubdomain } from "./names";
import { type FileObject, fields, finding, list, type ManifestFinding, text } from "./objects";
import { misfits } from "./shape";
import { ingressClassShape, ingressShape } from "./shapes";

/**
 * What the API server refuses of an Ingress or an IngressClass of networking.k8s.io/v1.
 * The rules are those of k8s.io/kubernetes v1.34, pkg/apis/networking/validation; a protocol test holds them against a real API server.
 */
export function apiFindings(object: FileObject): ManifestFinding[] {
  const shape = object.kind === "Ingress" ? ingressShape : ingressClassShape;
  const misfitting = misfits(object.data, shape);
  const rules = object.kind === "Ingress" ? ingressFindings(object) : classFindings(object);
  // What has the wrong type isn't judged by its content as well.
  const within = (path: Path) => misfitting.some((misfit) => misfit.path.every((step, index) => path[index] === step));
  return [
    ...misfitting.map(({ path, message, mend }) => finding(object, "error", path, message, mend)),
    ...[...apiMetadata(object), ...rules].filter(({ path }) => !within(path)),
  ];
}

type Refuse = (path: Path, message: string, mend: string) => void;

/** Collects errors about one object. */
function refusals(object: FileObject, judge: (refuse: Refuse) => void): ManifestFinding[] {
  const findings: ManifestFinding[] = [];
  judge((path, message, mend) => findings.push(finding(object, "error", path, message, mend)));
  return findings;
}

function ingressFindings(object: FileObject): ManifestFinding[] {
  return refusals(object, (refuse) => {
    const spec = fields(object.data.spec);
    const rules = list(spec.rules);
    if (rules.length === 0 && (spec.defaultBackend ?? undefined) === undefined) {
      const mend = "Write rules: [{ host: …, http: { paths: […] } }], or a defaultBackend for everything.";
      refuse(["spec"], "has neither rules nor a defaultBackend; the API server refuses it.", mend);
    }
    if ((spec.defaultBackend ?? undefined) !== undefined) judgeBackend(spec.defaultBackend, ["spec", "defaultBackend"], refuse);
    rules.forEach((rule, index) => {
      judgeRule(fields(rule), ["spec", "rules", index], refuse);
    });
    list(spec.tls).forEach((tls, index) => {
      judgeTls(fields(tls), ["spec", "tls", index], refuse);
    });
    judgeClassName(object, refuse);
  });
}

function judgeRule(rule: Readonly<Record<string, unknown>>, path: Path, refuse: Refuse): void {
  const mistake = typeof rule.host === "string" && rule.host !== "" ? hostMistake(rule.host) : undefined;
  if (mistake) refuse([...path, "host"], mistake.message, mistake.mend);
  if ((rule.http ?? undefined) === undefined) return;
  const paths = list(fields(rule.http).paths);
  if (paths.length === 0)
    refuse(
      [...path, "http"],
      "has no paths; the API server refuses it.",
      "Write at least one: paths: [{ path: /, pathType: Prefix, backend: … }].",
    );
  paths.forEach((entry, index) => {
    judgePath(fields(entry), [...path, "http", "paths", index], refuse);
  });
}

const pathTypes = ["Exact", "Prefix", "ImplementationSpecific"];

/** networking/validation: invalidPathSequences, invalidPathSuffixes. */
const badSequences = ["//", "/./", "/../", "%2f", "%2F"];
const badEnds = ["/..", "/."];

export function judgePath(entry: Readonly<Record<string, unknown>>, path: Path, refuse: Refuse): void {
  const { pathType } = entry;
  if ((pathType ?? undefined) === undefined) {
    refuse(path, "has no pathType; the API server refuses it.", "Write pathType: Prefix (everything below the path) or Exact.");
    return;
  }
  if (typeof pathType === "string" && !pathTypes.includes(pathType)) {
    const meant = pathTypes.find((known) => known.toLowerCase() === pathType.toLowerCase());
    refuse(
      [...path, "pathType"],
      `${pathType || '""'} is no pathType.`,
      meant ? `Write ${meant}.` : `Write ${pathTypes.join(", ")}: as one word, in this spelling.`,
    );
  }
  judgeUrl(entry.path, pathType, [...path, "path"], refuse);
  judgeBackend(entry.backend, [...path, "backend"], refuse);
}

function judgeUrl(value: unknown, pathType: unknown, path: Path, refuse: Refuse): void {
  if (typeof value !== "string" && (value ?? undefined) !== undefined) return;
  const url = value ?? "";
  const strict = pathType === "Exact" || pathType === "Prefix";
  if (typeof url !== "string" || (!strict && url === "")) return;
  if (url === "") {
    refuse(path, `is missing; ${pathType} needs one.`, "Write path: / for everything.");
    return;
  }
  if (!url.startsWith("/")) refuse(path, `${url} doesn't start with /.`, `Write /${url.replace(/^(\.\/|\^\/?)/, "")}.`);
  if (!strict) return;
  const bad = [...badSequences.filter((part) => url.includes(part)), ...badEnds.filter((part) => url.endsWith(part))];
  if (bad.length > 0)
    refuse(
      path,
      `${url} has ${bad.join(" and ")} in it; the API server refuses that for ${pathType}.`,
      "Write the path plainly, as it arrives after normalisation.",
    );
}

function judgeBackend(value: unknown, path: Path, refuse: Refuse): void {
  const { service, resource } = fields(value);
  const [hasService, hasResource] = [(service ?? undefined) !== undefined, (resource ?? undefined) !== undefined];
  if (hasService && hasResource) {
    refuse(path, "names both a service and a resource.", "Keep one of the two.");
    return;
  }
  if (hasResource) {
    judgeReference(fields(resource), [...path, "resource"], refuse);
    return;
  }
  if (!hasService) {
    refuse(path, "names no service; the API server refuses it.", "Write service: { name: NAME, port: { number: 80 } }.");
    return;
  }
  const { name, port } = fields(service);
  const named = (name ?? "") !== "";
  if (!named) refuse([...path, "service", "name"], "is missing.", "Write the name of a Service in the same namespace.");
  else if (typeof name === "string" && !isServiceName(name))
    refuse([...path, "service", "name"], `${name} is no name of a Service.`, serviceMend(name));
  judgePort(fields(port), [...path, "service"], refuse);
}

function serviceMend(name: string): string {
  const [first = "", second = ""] = name.split(/[./]/);
  if (/[./]/.test(name))
    return `An Ingress reaches Services of its own namespace only, by their plain name: write ${name.includes("/") ? second : first}.`;
  return "Write lower-case letters, digits and '-', starting with a letter, at most 63.";
}

function judgePort({ name, number }: Readonly<Record<string, unknown>>, path: Path, refuse: Refuse): void {
  const [hasName, hasNumber] = [(name ?? "") !== "", (number ?? 0) !== 0];
  const at = [...path, "port"];
  if (hasName && hasNumber) refuse(at, "has both a name and a number.", "Keep one of the two.");
  else if (hasName && typeof name === "string" && !isPortName(name)) {
    const mend = /^\d+$/.test(name)
      ? `Write number: ${name}.`
      : "Write the port's name in the Service: at most 15 lower-case letters, digits and '-'.";
    refuse([...at, "name"], `${name} is no name of a port.`, mend);
  } else if (hasNumber && typeof number === "number" && (number < 1 || number > 65535))
    refuse([...at, "number"], `${number} is no port.`, "Write 1 to 65535.");
  else if (!hasName && !hasNumber)
    refuse(at, "names no port; the API server refuses it.", "Write port: { number: 80 } or port: { name: http }, as in the Service.");
}

function judgeReference(reference: Readonly<Record<string, unknown>>, path: Path, refuse: Refuse): void {
  const { apiGroup, kind, name } = reference;
  if (typeof apiGroup === "string" && !isSubdomain(apiGroup))
    refuse([...path, "apiGroup"], `${apiGroup || '""'} is no API group.`, "Write the group without the version, for example example.com.");
  for (const [key, value] of Object.entries({ kind, name })) {
    if ((value ?? "") === "") refuse([...path, key], "is missing.", `Write the ${key} of the object.`);
    else if (typeof value === "string" && (/[/%]/.test(value) || value === "." || value === ".."))
      refuse([...path, key], `${value} can't be part of a path.`, "Write it without / and %.");
  }
}

function judgeTls({ hosts, secretName }: Readonly<Record<string, unknown>>, path: Path, refuse: Refuse): void {
  list(hosts).forEach((host, index) => {
    // In TLS an address passes for a name: the API server judges the characters only.
    const mistake = typeof host === "string" && !/^\d+(\.\d+){3}$/.test(host) ? hostMistake(host) : undefined;
    if (mistake) refuse([...path, "hosts", index], host === "" ? "is empty; the API server refuses it." : mistake.message, mistake.mend);
  });
  const name = text(secretName);
  if (name === undefined || isSubdomain(name)) return;
  const mend = name.includes("/")
    ? `An Ingress reads Secrets of its own namespace only: write ${name.split("/").at(-1)}.`
    : "Write lower-case letters, digits, '-' and '.'.";
  refuse([...path, "secretName"], `${name} is no name of a Secret.`, mend);
}

export const classAnnotation = "kubernetes.io/ingress.class";

function judgeClassName({ data }: FileObject, refuse: Refuse): void {
  const name = fields(data.spec).ingressClassName;
  if (typeof name !== "string") return;
  const annotated = fields(fields(data.metadata).annotations)[classAnnotation];
  if (!isSubdomain(name))
    refuse(
      ["spec", "ingressClassName"],
      `${name || '""'} is no name of an IngressClass.`,
      "Write lower-case letters, digits, '-' and '.', or leave it out for the default class.",
    );
  if (typeof annotated === "string" && annotated !== name) {
    const message = `says ${annotated} where ingressClassName says ${name}; the API server refuses to create that.`;
    refuse(["metadata", "annotations", classAnnotation], message, "Take the annotation away: ingressClassName has replaced it.");
  }
}

function classFindings(object: FileObject): ManifestFinding[] {
  return refusals(object, (refuse) => {
    const { controller, parameters } = fields(object.data.spec);
    if (typeof controller === "string" || (controller ?? undefined) === undefined) judgeController(String(controller ?? ""), refuse);
    if ((parameters ?? undefined) === undefined) return;
    const path = ["spec", "parameters"];
    const { scope, namespace } = fields(parameters);
    judgeReference(fields(parameters), path, refuse);
    // The API server fills in Cluster where scope is missing.
    const effective = scope ?? "Cluster";
    if (effective === "Namespace" && (namespace ?? "") === "")
      refuse([...path, "namespace"], "is missing; scope: Namespace needs it.", "Write the namespace of the parameters.");
    else if (effective === "Cluster" && (namespace ?? undefined) !== undefined)
      refuse([...path, "namespace"], "is there, but the scope is Cluster.", "Take it away, or write scope: Namespace.");
    else if (typeof effective === "string" && effective !== "Namespace" && effective !== "Cluster")
      refuse([...path, "scope"], `${effective} is no scope.`, "Write Cluster or Namespace.");
  });
}

function judgeController(controller: string, refuse: Refuse): void {
  const [domain = "", ...rest] = controller.split("/");
  const path = rest.join("/");
  if (controller.length <= 250 && isSubdomain(domain) && /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) return;
  const message = controller === "" ? "has no controller; the API server refuses it." : `${controller} is no name of a controller.`;
  refuse(
    controller === "" ? ["spec"] : ["spec", "controller"],
    message,
    "Write a domain and a path, at most 250 characters, for example traefik.io/ingress-controller.",
  );
}
