import type { V1Container, V1ContainerStatus, V1Deployment, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import type { Manifest } from "../../../core/part";
import type { Reference } from "../../cluster";
import { coreDns, namespace } from "./live";

const metadata = { name: "coredns-trial", namespace, labels: { "app.kubernetes.io/managed-by": "plumbline" } };
export const trialConfigMap: Reference = { apiVersion: "v1", kind: "ConfigMap", metadata };
export const trialPod: Reference = { apiVersion: "v1", kind: "Pod", metadata };

/** Seconds after which the pod ends by itself, should nobody be left to remove it. */
const longestLife = 900;

/**
 * A pod like CoreDNS's own, with the image and the rights that it has in this cluster, but with another Corefile and behind no Service. Beside it in the pod is
 * a shell that asks questions.
 * @param image has sh, timeout and nslookup
 */
export function trialObjects({ spec }: V1Deployment, corefile: string, image: string): Manifest[] {
  const like = spec?.template.spec;
  const container = like?.containers.find(({ name }) => name === "coredns") ?? like?.containers[0];
  if (!like || !container) throw new Error("the Deployment coredns has no container");
  return [
    { ...trialConfigMap, metadata, data: { Corefile: corefile } },
    { ...trialPod, metadata, spec: podSpec(like, container, image) },
  ];
}

function podSpec(like: V1PodSpec, container: V1Container, image: string) {
  const { topologySpreadConstraints: _, hostNetwork: __, ...pod } = like;
  const { livenessProbe: _life, lifecycle: _cycle, ports, ...own } = container;
  const coreDnsItself = {
    ...own,
    name: "coredns",
    ports: ports?.map(({ hostPort: _, ...port }) => port),
    readinessProbe: { ...own.readinessProbe, periodSeconds: 1 },
    // So its last words are in the pod's status.
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
  const shell = {
    name: "probe",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["sleep", String(longestLife)],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
  return {
    ...pod,
    affinity: besideCoreDns,
    restartPolicy: "Never",
    activeDeadlineSeconds: longestLife,
    terminationGracePeriodSeconds: 0,
    volumes: like.volumes?.map((volume) =>
      volume.configMap?.name === coreDns.name ? { ...volume, configMap: { ...volume.configMap, name: metadata.name } } : volume,
    ),
    containers: [coreDnsItself, shell],
  };
}

/** Preferred: there the image is. */
const besideCoreDns = {
  podAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { "k8s-app": "kube-dns" } } },
      },
    ],
  },
};

/** Reasons of a waiting container that time doesn't mend. */
const hopeless = ["ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"];

/** Whether the pod can be asked, never will be, or perhaps later; and why it can't yet. */
export function trialState({ status }: V1Pod): { state: "ready" | "failed" | "starting"; why: string } {
  const containers = status?.containerStatuses ?? [];
  const of = (name: string) => containers.find((container) => container.name === name);
  const end = of("coredns")?.state?.terminated;
  if (end) return { state: "failed", why: `CoreDNS doesn't start with it: ${lastLine(end.message) || `exit code ${end.exitCode}`}` };
  const stuck = containers.find(({ state }) => hopeless.includes(state?.waiting?.reason ?? ""));
  if (stuck) return { state: "failed", why: cannotStart(stuck) };
  if (of("coredns")?.ready && of("probe")?.state?.running) return { state: "ready", why: "" };
  const unscheduled = status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled) return { state: "starting", why: `no node takes its pod: ${unscheduled.message}` };
  return { state: "starting", why: of("coredns")?.state?.running ? "CoreDNS doesn't get ready with it" : "its pod doesn't start" };
}

function cannotStart({ name, image, state }: V1ContainerStatus): string {
  const { reason, message } = state?.waiting ?? {};
  const mend = "Set verify.image to one that the cluster has, or dns.trial to false, to do without trial and probes";
  return `container ${name} of its pod can't start with image ${image}: ${reason}${message ? `: ${message}` : ""}${name === "probe" ? `. ${mend}` : ""}`;
}

/** The last words that aren't said at every start. */
function lastLine(text = ""): string {
  const lines = text.trim().split("\n");
  return lines.filter((line) => !/^(?:maxprocs:|\[INFO\])/.test(line)).at(-1) ?? "";
}
