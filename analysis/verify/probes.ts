import type { Family } from "../../core/cidr";
import type { Manifest } from "../../core/part";
import type { Probe } from "./check";
import { probePort, udpPort } from "./podChecks";

/** On everything that `verify` makes. */
export const label = { "app.kubernetes.io/managed-by": "plumbline-verify" } as const;
export const labelSelector = Object.entries(label)
  .map(([key, value]) => `${key}=${value}`)
  .join(",");

/** Says which process a namespace of probes belongs to, so that what a dead one left is told from what another one is using. */
export const ownerAnnotation = "plumbline.dev/verify-process";

/** The services, by what is tried with them. */
export const service = {
  clusterIP: "service",
  nodePort: "nodeport",
  /** NodePort with externalTrafficPolicy: Local. */
  local: "local",
  loadBalancer: "load-balancer",
  /** With sessionAffinity: ClientIP, before both backends. */
  affinity: "affinity",
  /** Before all probes; they have names in it. */
  headless: "headless",
  /** Before the second backend, for a probe Ingress that has to choose. */
  other: "other",
  externalName: "external",
  /** Headless, with more endpoints than an answer over UDP holds. */
  big: "big",
} as const;

/** Name of the services' port for HTTP, as in `_http._tcp.service`. */
export const portName = "http";

/** Endpoints of the big service. */
export const bigCount = 100;

/** The pods end by themselves after so many seconds, should nobody be left to remove them. */
const longestLife = 600;

export function probeNamespace(name: string, owner: string): Manifest {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: label, annotations: { [ownerAnnotation]: owner } } };
}

export interface ProbeObjects {
  readonly namespace: string;
  readonly image: string;
  readonly probes: readonly Probe[];
  /** Those behind the services. */
  readonly backends: readonly [Probe, Probe];
  /** The family of the service of type LoadBalancer; undefined: nobody would give it an address. */
  readonly loadBalancer: Family | undefined;
  /** The first family of the cluster. */
  readonly family: Family;
  /** The cluster's DNS domain. */
  readonly domain: string;
}

/** How many of the running probes are behind each service with endpoints. */
export function endpointCounts(
  { backends, loadBalancer }: Pick<ProbeObjects, "backends" | "loadBalancer">,
  running: readonly Probe[],
): Map<string, number> {
  const [first] = backends;
  const behind = (...wanted: readonly Probe[]) => running.filter(({ name }) => wanted.some((probe) => probe.name === name)).length;
  return new Map([
    [service.clusterIP, behind(first)],
    [service.nodePort, behind(first)],
    [service.local, behind(first)],
    ...(loadBalancer ? [[service.loadBalancer, behind(first)] as const] : []),
    [service.affinity, behind(...backends)],
    [service.headless, running.length],
    [service.other, behind(backends[1])],
    [service.big, bigCount],
  ]);
}

/** What runs in the namespace: a server for HTTP and UDP per probe, and the services. */
export function probeObjects({ namespace, image, probes, backends, loadBalancer, family, domain }: ProbeObjects): Manifest[] {
  const ports = [
    { name: portName, port: probePort },
    { name: "udp", port: udpPort, protocol: "UDP" },
  ];
  const object = (kind: string, name: string, fields: object, apiVersion = "v1", labels: Record<string, string> = label): Manifest => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels },
    ...fields,
  });
  const before = (name: string, selector: Record<string, string>, spec: object = {}) =>
    object("Service", name, { spec: { selector, ipFamilyPolicy: "PreferDualStack", ports, ...spec } });
  const first = { probe: backends[0].name };
  return [
    // Pods wait for none otherwise: the namespace's `default` comes only after a while.
    object("ServiceAccount", "probe", { automountServiceAccountToken: false }),
    ...probes.map((probe) => pod(namespace, image, probe, backends.includes(probe) ? { serves: service.affinity } : {})),
    before(service.clusterIP, first),
    before(service.nodePort, first, { type: "NodePort" }),
    before(service.local, first, { type: "NodePort", externalTrafficPolicy: "Local" }),
    ...(loadBalancer
      ? [before(service.loadBalancer, first, { type: "LoadBalancer", ipFamilyPolicy: "SingleStack", ipFamilies: [`IPv${loadBalancer}`] })]
      : []),
    before(service.affinity, { serves: service.affinity }, { sessionAffinity: "ClientIP" }),
    before(service.headless, label, { clusterIP: "None" }),
    before(service.other, { probe: backends[1].name }),
    object("Service", service.externalName, { spec: { type: "ExternalName", externalName: `kubernetes.default.svc.${domain}` } }),
    object("Service", service.big, { spec: { clusterIP: "None", ipFamilies: [`IPv${family}`], ports } }),
    object(
      "EndpointSlice",
      service.big,
      {
        addressType: `IPv${family}`,
        ports: [{ name: portName, port: probePort, protocol: "TCP" }],
        endpoints: bigAddresses(family).map((address) => ({ addresses: [address], conditions: { ready: true } })),
      },
      "discovery.k8s.io/v1",
      { ...label, "kubernetes.io/service-name": service.big, "endpointslice.kubernetes.io/managed-by": "plumbline-verify" },
    ),
  ];
}

/** Of the ranges for documentation (RFC 5737, RFC 3849): nobody sends packets there. */
const bigAddresses = (family: Family) =>
  Array.from({ length: bigCount }, (_, index) => (family === 4 ? `192.0.2.${index + 1}` : `2001:db8::${(index + 1).toString(16)}`));

/** A pod that its node runs whatever its taints say: `nodeName` goes around the scheduler. */
function pod(namespace: string, image: string, { name, node }: Probe, labels: Record<string, string>): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { ...label, ...labels, probe: name } },
    spec: {
      nodeName: node,
      // With both a pod has a name in DNS: probe-1.headless.
      hostname: name,
      subdomain: service.headless,
      serviceAccountName: "probe",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      activeDeadlineSeconds: longestLife,
      terminationGracePeriodSeconds: 0,
      tolerations: [{ operator: "Exists" }],
      securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["/agnhost"],
          args: ["netexec", `--http-port=${probePort}`, `--udp-port=${udpPort}`],
          readinessProbe: { httpGet: { path: "/healthz", port: probePort }, periodSeconds: 1 },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}
