import type { Path } from "../../../core/finding";
import { meant } from "../../../core/stack/hints";
import { covers, hostMistake } from "./names";
import {
  describe,
  type Fields,
  type FileObject,
  fields,
  finding,
  list,
  type ManifestFinding,
  sameNamespace,
  show,
  text,
  whereIs,
} from "./objects";
import { mayRefer, noGrant } from "./references";

export interface GatewayObjects {
  readonly gateways: readonly FileObject[];
  readonly grants: readonly FileObject[];
  readonly services: readonly FileObject[];
}

type Refuse = (path: Path, message: string, mend: string) => void;

/** A route of Gateway API: whether a listener takes it, and whether its Services are there. */
export function routeFindings(route: FileObject, objects: GatewayObjects): ManifestFinding[] {
  const findings: ManifestFinding[] = [];
  const refuse: Refuse = (path, message, mend) => findings.push(finding(route, "error", path, message, mend));
  const spec = fields(route.data.spec);
  const hostnames = list(spec.hostnames);
  hostnames.forEach((host, index) => {
    const mistake = typeof host === "string" ? hostMistake(host) : undefined;
    if (mistake) refuse(["spec", "hostnames", index], mistake.message, mistake.mend);
  });
  const parents = list(spec.parentRefs).map(fields);
  if (parents.length === 0)
    findings.push(
      finding(route, "warning", ["spec"], "names no Gateway in parentRefs: nobody serves it.", "Write parentRefs: [{ name: GATEWAY }]."),
    );
  parents.forEach((parent, index) => {
    judgeParent(route, parent, ["spec", "parentRefs", index], objects, refuse);
  });
  list(spec.rules)
    .map(fields)
    .forEach((rule, index) => {
      judgeRule(route, rule, ["spec", "rules", index], objects, refuse);
    });
  return findings;
}

function judgeParent(route: FileObject, parent: Fields, path: Path, { gateways }: GatewayObjects, refuse: Refuse): void {
  if ((text(parent.kind) ?? "Gateway") !== "Gateway") return;
  const namespace = text(parent.namespace) ?? route.namespace;
  const near = gateways.filter((gateway) => sameNamespace(gateway.namespace, namespace));
  const gateway = near.find(({ name }) => name === parent.name);
  if (!gateway) {
    if (near.length === 0) return;
    const nearest = meant(
      show(parent.name),
      near.map(({ name }) => name),
    );
    refuse(
      [...path, "name"],
      `there is no Gateway ${show(parent.name)} in the namespace ${namespace ?? "default"} of these files.`,
      nearest ? `Did you mean ${nearest}?` : `Write one of ${near.map(({ name }) => name).join(", ")}.`,
    );
    return;
  }
  const listeners = list(fields(gateway.data.spec).listeners).map(fields);
  const section = text(parent.sectionName);
  const chosen = listeners.filter(
    ({ name, port }) => (section === undefined || name === section) && (parent.port === undefined || port === parent.port),
  );
  if (chosen.length === 0) {
    refuse(
      [...path, section === undefined ? "port" : "sectionName"],
      `${describe(gateway)} (${whereIs(gateway)}) has no such listener.`,
      `Write one of ${listeners.map(({ name }) => show(name)).join(", ")}.`,
    );
    return;
  }
  const fitting = chosen.filter(({ protocol }) => takesKind(show(protocol), route.kind));
  if (fitting.length === 0) {
    refuse(
      path,
      `${describe(gateway)} (${whereIs(gateway)}) has no listener there that takes a ${route.kind}: ${chosen.map(({ name, protocol }) => `${show(name)} is ${show(protocol)}`).join(", ")}.`,
      route.kind === "TLSRoute"
        ? "Write a listener with protocol: TLS."
        : "Write a listener with protocol: HTTP or HTTPS; routes of TLS listeners are TLSRoutes.",
    );
    return;
  }
  const open = fitting.filter((listener) => takesFrom(listener, gateway, route));
  if (open.length === 0) {
    refuse(
      path,
      `${describe(gateway)} takes no routes of the namespace ${route.namespace ?? "default"}: allowedRoutes is Same unless told otherwise.`,
      "Write allowedRoutes: { namespaces: { from: All } } (or Selector) at the listener.",
    );
    return;
  }
  const hosts = list(fields(route.data.spec).hostnames).filter((host): host is string => typeof host === "string");
  const met = open.some(({ hostname }) => hosts.length === 0 || !text(hostname) || hosts.some((host) => meets(host, String(hostname))));
  if (!met)
    refuse(
      ["spec", "hostnames"],
      `none of ${hosts.join(", ")} meets a listener of ${describe(gateway)} (${open.map(({ hostname }) => show(hostname)).join(", ")}): the route is not attached.`,
      "Write a host name that a listener has.",
    );
}

/** An implementation's own protocols (with a domain) may take anything. */
const takesKind = (protocol: string, kind: string): boolean => {
  const known = ["HTTP", "HTTPS", "TLS", "TCP", "UDP"].includes(protocol);
  return !known || (kind === "TLSRoute" ? protocol === "TLS" : protocol === "HTTP" || protocol === "HTTPS");
};

function takesFrom(listener: Fields, gateway: FileObject, route: FileObject): boolean {
  const from = text(fields(fields(listener.allowedRoutes).namespaces).from) ?? "Same";
  return from !== "Same" || sameNamespace(gateway.namespace, route.namespace);
}

/** In Gateway API a wildcard stands for one label or several. */
function meets(host: string, listener: string): boolean {
  const within = (name: string, pattern: string) =>
    pattern.startsWith("*.") && name.replace(/^\*/, "").endsWith(pattern.slice(1)) && name !== pattern.slice(2);
  return covers(listener, host) || within(host, listener) || within(listener, host);
}

function judgeRule(route: FileObject, rule: Fields, path: Path, objects: GatewayObjects, refuse: Refuse): void {
  list(rule.matches).forEach((match, index) => {
    const { type = "PathPrefix", value } = fields(fields(match).path);
    const at = [...path, "matches", index, "path", "value"];
    if (typeof value !== "string" || route.kind !== "HTTPRoute" || type === "RegularExpression") return;
    if (!value.startsWith("/")) refuse(at, `${value} doesn't start with /; the API server refuses it.`, `Write /${value}.`);
    else if (/\/\/|\/\.\.?(\/|$)|%2f|#/i.test(value))
      refuse(at, `${value} has //, /., /.., %2F or # in it; the API server refuses it.`, "Write the path plainly.");
    else if (!/^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/.test(value))
      refuse(
        at,
        `${value} has characters that no path has; the API server refuses it.`,
        "Write type: RegularExpression where that is meant.",
      );
  });
  const types = list(rule.filters).map((filter) => fields(filter).type);
  if (types.includes("RequestRedirect") && types.includes("URLRewrite"))
    refuse([...path, "filters"], "redirect and rewrite at once; the API server refuses that.", "Keep one of the two.");
  if (types.includes("RequestRedirect") && list(rule.backendRefs).length > 0)
    refuse(
      [...path, "backendRefs"],
      "are there beside a RequestRedirect; the API server refuses that.",
      "Take them away: the redirect is the answer.",
    );
  list(rule.backendRefs)
    .map(fields)
    .forEach((backend, index) => {
      judgeBackend(route, backend, [...path, "backendRefs", index], objects, refuse);
    });
}

function judgeBackend(route: FileObject, backend: Fields, path: Path, { services, grants }: GatewayObjects, refuse: Refuse): void {
  if ((text(backend.kind) ?? "Service") !== "Service") return;
  if (typeof backend.port !== "number") {
    refuse(
      [...path, "port"],
      backend.port === undefined ? "is missing; a Service needs one." : "is no number: Gateway API knows Services' ports by number only.",
      "Write the number of the Service's port.",
    );
    return;
  }
  if (!mayRefer(route, "Service", backend, grants)) {
    refuse(path, ...noGrant("Service", backend, route));
    return;
  }
  const namespace = text(backend.namespace) ?? route.namespace;
  const near = services.filter((service) => sameNamespace(service.namespace, namespace));
  const service = near.find(({ name }) => name === backend.name);
  if (near.length > 0 && !service) {
    const nearest = meant(
      show(backend.name),
      near.map(({ name }) => name),
    );
    refuse(
      [...path, "name"],
      `there is no Service ${show(backend.name)} in the namespace ${namespace ?? "default"} of these files.`,
      nearest ? `Did you mean ${nearest}?` : `Add it, or name one of ${near.map(({ name }) => name).join(", ")}.`,
    );
  }
  const ports = service ? list(fields(service.data.spec).ports).map((port) => fields(port).port) : [];
  if (service && ports.length > 0 && !ports.includes(backend.port))
    refuse(
      [...path, "port"],
      `${describe(service)} (${whereIs(service)}) has no port ${backend.port}.`,
      `It has ${ports.map(show).join(", ")}.`,
    );
}
