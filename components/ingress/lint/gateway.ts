import type { Path } from "../../../core/finding";
import { meant } from "../../../core/stack/hints";
import { routeFindings } from "./gatewayRoutes";
import { hostMistake } from "./names";
import { type Fields, type FileObject, fields, finding, list, type ManifestFinding, show, text } from "./objects";
import { mayRefer, noGrant } from "./references";
import type { World } from "./world";

export const gatewayGroup = "gateway.networking.k8s.io";

/** The versions that the standard channel of gateway-api v1.7 serves, by kind. */
const served: Readonly<Record<string, readonly string[]>> = {
  GatewayClass: ["v1", "v1beta1"],
  Gateway: ["v1", "v1beta1"],
  HTTPRoute: ["v1", "v1beta1"],
  GRPCRoute: ["v1"],
  TLSRoute: ["v1"],
  TCPRoute: ["v1"],
  UDPRoute: ["v1"],
  ReferenceGrant: ["v1", "v1beta1"],
  BackendTLSPolicy: ["v1"],
  ListenerSet: ["v1"],
};

/** The basics of Gateway API objects: versions, listeners, and routes that reach their Gateway and their Services. */
export function gatewayFindings(world: World): ManifestFinding[] {
  const objects = world.objects.filter(({ group }) => group === gatewayGroup);
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  const classes = of("GatewayClass");
  const gateways = of("Gateway");
  return [
    ...objects.flatMap(judgeVersion),
    ...classes.flatMap(judgeClass),
    ...gateways.flatMap((gateway) => judgeGateway(gateway, classes, of("ReferenceGrant"))),
    ...["HTTPRoute", "GRPCRoute", "TLSRoute"]
      .flatMap(of)
      .flatMap((route) => routeFindings(route, { gateways, grants: of("ReferenceGrant"), services: world.services })),
  ];
}

function judgeVersion(object: FileObject): ManifestFinding[] {
  const versions = Object.hasOwn(served, object.kind) ? served[object.kind] : undefined;
  if (!versions || versions.includes(object.version)) return [];
  const alpha =
    /^v1alpha/.test(object.version) && object.kind !== "HTTPRoute" && object.kind !== "Gateway" && object.kind !== "GatewayClass";
  const message = `${object.kind} ${object.version} isn't served by the CRDs of today (gateway-api 1.7).`;
  return [finding(object, alpha ? "warning" : "error", ["apiVersion"], message, `Write apiVersion: ${gatewayGroup}/v1.`)];
}

function judgeClass(object: FileObject): ManifestFinding[] {
  const controller = text(fields(object.data.spec).controllerName);
  if (controller && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(controller)) return [];
  return [
    finding(
      object,
      "error",
      ["spec", "controllerName"],
      controller ? `${controller} is no name of a controller.` : "is missing.",
      "Write a domain and a path, for example traefik.io/gateway-controller.",
    ),
  ];
}

function judgeGateway(gateway: FileObject, classes: readonly FileObject[], grants: readonly FileObject[]): ManifestFinding[] {
  const spec = fields(gateway.data.spec);
  const findings: ManifestFinding[] = [];
  const refuse = (path: Path, message: string, mend: string) => findings.push(finding(gateway, "error", path, message, mend));
  const className = text(spec.gatewayClassName);
  const names = classes.map(({ name }) => name);
  if (!className)
    refuse(["spec", "gatewayClassName"], "is missing; the API server refuses the Gateway.", "Write the name of a GatewayClass.");
  else if (names.length > 0 && !names.includes(className)) {
    const nearest = meant(className, names);
    refuse(
      ["spec", "gatewayClassName"],
      `there is no GatewayClass ${className} in these files (${names.join(", ")}).`,
      nearest ? `Did you mean ${nearest}?` : `Write one of ${names.join(", ")}.`,
    );
  }
  const listeners = list(spec.listeners).map(fields);
  if (listeners.length === 0)
    refuse(
      ["spec", "listeners"],
      "are missing; the API server refuses a Gateway without one.",
      "Write for example listeners: [{ name: http, protocol: HTTP, port: 80 }].",
    );
  listeners.forEach((listener, index) => {
    const path = ["spec", "listeners", index];
    judgeListener(listener, path, refuse);
    const twin = text(listener.name) && listeners.slice(0, index).find((other) => other.name === listener.name);
    if (twin)
      refuse([...path, "name"], `${show(listener.name)} is the name of an earlier listener too.`, "Give every listener a name of its own.");
    const rival = listeners
      .slice(0, index)
      .find(
        (other) =>
          listener.port !== undefined && ["port", "protocol", "hostname"].every((key) => (other[key] ?? "") === (listener[key] ?? "")),
      );
    if (rival && !twin)
      refuse(
        path,
        `wants the same port, protocol and host name as the listener ${show(rival.name)}.`,
        "Keep one of the two, or give them different host names.",
      );
    for (const [position, reference] of list(fields(listener.tls).certificateRefs).map(fields).entries())
      if (!mayRefer(gateway, "Secret", reference, grants))
        refuse([...path, "tls", "certificateRefs", position], ...noGrant("Secret", reference, gateway));
  });
  return findings;
}

function judgeListener(listener: Fields, path: Path, refuse: (path: Path, message: string, mend: string) => void): void {
  const { name, port, protocol, hostname, tls } = listener;
  if (!text(name)) refuse([...path, "name"], "is missing.", "Give the listener a name, for example https.");
  if (typeof port !== "number" || port < 1 || port > 65535)
    refuse([...path, "port"], port === undefined ? "is missing." : `${show(port)} is no port.`, "Write a number from 1 to 65535.");
  if (!text(protocol)) refuse([...path, "protocol"], "is missing.", "Write HTTP, HTTPS, TLS, TCP or UDP.");
  const mistake = typeof hostname === "string" && hostname !== "" ? hostMistake(hostname) : undefined;
  if (mistake) refuse([...path, "hostname"], mistake.message, mistake.mend);
  const secure = protocol === "HTTPS" || protocol === "TLS";
  if (secure && tls === undefined) refuse(path, `is ${protocol} and has no tls.`, "Write tls: { certificateRefs: [{ name: SECRET }] }.");
  if ((protocol === "HTTP" || protocol === "TCP" || protocol === "UDP") && tls !== undefined)
    refuse(
      [...path, "tls"],
      `is there, but the protocol is ${protocol}; the API server refuses that.`,
      "Write protocol: HTTPS, or take tls away.",
    );
  const { mode, certificateRefs, options } = fields(tls);
  if (protocol === "HTTPS" && mode === "Passthrough")
    refuse(
      [...path, "tls", "mode"],
      "is Passthrough, which HTTPS can't be; the API server refuses that.",
      "Write protocol: TLS and a TLSRoute.",
    );
  else if (secure && tls !== undefined && mode !== "Passthrough" && list(certificateRefs).length === 0 && options === undefined)
    refuse(
      [...path, "tls"],
      "terminates TLS and names no certificate; the API server refuses that.",
      "Write certificateRefs: [{ name: SECRET }].",
    );
}
