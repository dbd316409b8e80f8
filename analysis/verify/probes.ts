import type { Manifest } from "../../core/part";
import type { Probe } from "./check";
import { probePort } from "./podChecks";

/** On everything that `verify` makes. */
export const label = { "app.kubernetes.io/managed-by": "plumbline-verify" } as const;
export const labelSelector = Object.entries(label)
  .map(([key, value]) => `${key}=${value}`)
  .join(",");

/** Says which process a namespace of probes belongs to, so that what a dead one left is told from what another one is using. */
export const ownerAnnotation = "plumbline.dev/verify-process";

export const serviceName = "service";
export const nodePortName = "nodeport";
export const headlessName = "headless";
/** Before the first of the probes, for a probe Ingress that has to choose. */
export const otherServiceName = "other";

/** The pods end by themselves after so many seconds, should nobody be left to remove them. */
const longestLife = 600;

export function probeNamespace(name: string, owner: string): Manifest {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: label, annotations: { [ownerAnnotation]: owner } } };
}

/** What runs in the namespace: a web server per probe, and a ClusterIP, a NodePort and a headless service. */
export function probeObjects(namespace: string, image: string, probes: readonly Probe[], backend: Probe): Manifest[] {
  const service = (name: string, selector: Record<string, string>, spec: object): Manifest => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels: label },
    spec: { selector, ipFamilyPolicy: "PreferDualStack", ports: [{ name: "http", port: probePort }], ...spec },
  });
  return [
    // Pods wait for none otherwise: the namespace's `default` comes only after a while.
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "probe", namespace, labels: label },
      automountServiceAccountToken: false,
    },
    ...probes.map((probe) => pod(namespace, image, probe)),
    service(serviceName, { probe: backend.name }, {}),
    service(nodePortName, { probe: backend.name }, { type: "NodePort" }),
    service(headlessName, label, { clusterIP: "None" }),
  ];
}

/** A pod that its node runs whatever its taints say: `nodeName` goes around the scheduler. */
function pod(namespace: string, image: string, { name, node }: Probe): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { ...label, probe: name } },
    spec: {
      nodeName: node,
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
          args: ["netexec", `--http-port=${probePort}`],
          readinessProbe: { httpGet: { path: "/healthz", port: probePort }, periodSeconds: 1 },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}
