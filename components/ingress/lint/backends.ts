import { meant } from "../../../core/stack/hints";
import type { ControllerName } from "./controllers";
import type { Backend, Ingress } from "./model";
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
  texts,
  whereIs,
} from "./objects";
import { workloadFindings } from "./workloads";
import { among, type World } from "./world";

/** Services and ports that an Ingress names and that the files don't have. Without any Service of the namespace there is nothing to judge by. */
export function backendFindings(world: World): ManifestFinding[] {
  const used = new Set<FileObject>();
  const findings = world.ingresses.flatMap((ingress) => {
    const backends = [...ingress.routes.map(({ backend }) => backend), ...(ingress.defaultBackend ? [ingress.defaultBackend] : [])];
    return backends.flatMap((backend) => {
      const service = findService(world, ingress, backend);
      if (service) used.add(service);
      return service ? judgePort(ingress, backend, service, world) : judgeMissing(ingress, backend, world);
    });
  });
  return [...findings, ...[...used].flatMap((service) => workloadFindings(service, world))];
}

/** One of the very namespace is meant before one that names none. */
function findService({ services }: World, { object }: Ingress, { service }: Backend): FileObject | undefined {
  const named = services.filter(({ name }) => name === service);
  return (
    named.find(({ namespace }) => namespace === object.namespace) ??
    named.find(({ namespace }) => sameNamespace(namespace, object.namespace))
  );
}

function judgeMissing({ object }: Ingress, { service, servicePath }: Backend, world: World): ManifestFinding[] {
  if (service === undefined) return [];
  const { services } = world;
  const namespace = object.namespace ?? "default";
  const elsewhere = services.find(({ name }) => name === service);
  const here = services.filter((other) => sameNamespace(other.namespace, object.namespace)).map(({ name }) => name);
  if (elsewhere) {
    const message = `there is no Service ${service} in the namespace ${namespace}, only in ${elsewhere.namespace} (${whereIs(elsewhere)}); an Ingress reaches its own namespace alone.`;
    return [finding(object, "error", servicePath, message, `Put the Ingress into the namespace ${elsewhere.namespace}.`)];
  }
  if (here.length === 0 && !world.isCluster) return [];
  const nearest = meant(service, here);
  return [
    finding(
      object,
      "error",
      servicePath,
      `there is no Service ${service} in the namespace ${namespace} of ${among(world)}.`,
      nearest ? `Did you mean ${nearest}?` : here.length === 0 ? "Add it." : `Add it, or name one of ${[...new Set(here)].join(", ")}.`,
    ),
  ];
}

interface ServicePort {
  readonly name: string | undefined;
  readonly port: unknown;
  readonly targetPort: unknown;
  readonly protocol: string;
}

const portsOf = (spec: Fields): ServicePort[] =>
  list(spec.ports)
    .map(fields)
    .map(({ name, port, targetPort, protocol }) => ({
      name: text(name),
      port,
      targetPort: targetPort ?? port,
      protocol: text(protocol) ?? "TCP",
    }));

function judgePort(ingress: Ingress, backend: Backend, service: FileObject, world: World): ManifestFinding[] {
  const { object } = ingress;
  const controller = world.controllerOf(ingress);
  const spec = fields(service.data.spec);
  const findings = judgeKind(ingress, backend, service, controller);
  if (service.namespace !== object.namespace && (service.namespace ?? "default") !== (object.namespace ?? "default")) {
    const [bare, other] = service.namespace === undefined ? [service, object] : [object, service];
    const message = `${describe(bare)} names no namespace, so it goes where kubectl's context points, and ${describe(other)} is in ${other.namespace}.`;
    findings.push(finding(bare, "warning", [], message, `Write namespace: ${other.namespace} under its metadata.`));
  }
  const ports = portsOf(spec);
  const { port, portPath } = backend;
  // A Service of type ExternalName needs no ports.
  if (port === undefined || ports.length === 0) return findings;
  const match = ports.find((candidate) => candidate.port === port || candidate.name === port);
  if (match?.protocol === "UDP" || match?.protocol === "SCTP")
    findings.push(
      finding(
        object,
        "error",
        portPath,
        `port ${port} of ${describe(service)} is ${match.protocol}; HTTP needs TCP.`,
        "Name a TCP port of the Service.",
      ),
    );
  if (match) return findings;
  const behind = ports.find(({ targetPort }) => targetPort === port);
  const known = ports.map((one) => `${show(one.port)}${one.name ? ` (${one.name})` : ""}`).join(", ");
  const mend = behind
    ? `Write ${show(behind.port)}: an Ingress names the Service's port, and ${port} is the targetPort behind it.`
    : `It has ${known}.`;
  if (behind && controller === "ingress-nginx")
    return [
      ...findings,
      finding(
        object,
        "warning",
        portPath,
        `${port} is the targetPort of ${describe(service)}, which ingress-nginx alone takes for a port.`,
        mend,
        controller,
      ),
    ];
  return [...findings, finding(object, "error", portPath, `${describe(service)} (${whereIs(service)}) has no port ${port}.`, mend)];
}

/** Kinds of Services that controllers treat apart. */
function judgeKind(
  { object }: Ingress,
  { servicePath }: Backend,
  service: FileObject,
  controller: ControllerName | undefined,
): ManifestFinding[] {
  const { type, clusterIP } = fields(service.data.spec);
  if (type === "ExternalName") {
    if (controller === "traefik")
      return [
        finding(
          object,
          "warning",
          servicePath,
          `${describe(service)} is an ExternalName, which Traefik refuses unless told otherwise.`,
          "Start Traefik with --providers.kubernetesingress.allowexternalnameservices=true, or use a Service with pods.",
          controller,
        ),
      ];
    if (controller === "gce")
      return [
        finding(
          object,
          "error",
          servicePath,
          `${describe(service)} is an ExternalName, which GCE can't balance to.`,
          "Use a Service of type NodePort, or one with network endpoint groups.",
          controller,
        ),
      ];
    return [
      finding(
        object,
        "info",
        servicePath,
        `${describe(service)} is an ExternalName: requests leave the cluster, and not every controller takes it.`,
        "Check the controller's settings.",
      ),
    ];
  }
  if (controller !== "gce" || type === "NodePort" || type === "LoadBalancer") return [];
  const annotations = texts(fields(service.data.metadata).annotations);
  if (annotations["cloud.google.com/neg"]?.includes('"ingress"')) return [];
  const headless = clusterIP === "None" ? "headless" : "a ClusterIP";
  return [
    finding(
      object,
      "warning",
      servicePath,
      `${describe(service)} is ${headless}; GCE reaches only NodePorts and network endpoint groups.`,
      `Write type: NodePort, or the annotation cloud.google.com/neg: '{"ingress": true}' (which VPC-native clusters add by themselves).`,
      controller,
    ),
  ];
}
