import { isProperties } from "../provider/values";
import type { Cluster } from "./cluster";
import { at, count, type KubeObject, list, nameOf, namespaceOf, text } from "./objects";
import { podProblems } from "./pods";

/** How far an object has got. */
export interface Readiness {
  ready: boolean;
  /** Progress, for people. */
  message: string;
  /** What stands in the way. */
  problems?: string[];
  /** No use waiting longer. */
  failed?: boolean;
  /** What has to stay the same for `settleSeconds` before the object counts as ready. */
  version?: string;
}

interface ReadinessRule {
  assess(object: KubeObject, cluster: Cluster): Readiness | Promise<Readiness>;
  settleSeconds?: number;
}

/** Kinds that are more than there once they are created. */
export const readinessRules: { [apiVersionAndKind: string]: ReadinessRule } = {
  "apps/v1/Deployment": { assess: assessDeployment },
  "apps/v1/DaemonSet": { assess: assessDaemonSet },
  // Endpoints come one after the other as pods get ready.
  "v1/Service": { assess: assessService, settleSeconds: 10 },
  "v1/Pod": { assess: assessPod },
  "batch/v1/Job": { assess: assessJob },
  "networking.k8s.io/v1/Ingress": { assess: assessIngress },
};

function condition(object: KubeObject, type: string) {
  return list(object, "status", "conditions").find((entry) => text(entry, "type") === type);
}

/** Whether the controller has yet to see the newest version. */
function unobserved(object: KubeObject): Readiness | undefined {
  const [generation, observed] = [count(object, "metadata", "generation"), count(object, "status", "observedGeneration")];
  if (observed >= generation) return undefined;
  return {
    ready: false,
    message: `${text(object, "kind")} generation is ${generation}, but the latest observed generation is ${observed}`,
  };
}

/** The same rules as `kubectl rollout status`. */
async function assessDeployment(deployment: KubeObject, cluster: Cluster): Promise<Readiness> {
  const pending = unobserved(deployment);
  if (pending) return pending;
  const wanted = at(deployment, "spec", "replicas") === undefined ? 1 : count(deployment, "spec", "replicas");
  const updated = count(deployment, "status", "updatedReplicas");
  const available = count(deployment, "status", "availableReplicas");
  const existing = count(deployment, "status", "replicas");
  if (updated >= wanted && existing <= updated && available >= updated)
    return { ready: true, message: "Deployment initialization complete" };
  const problems = ["Progressing", "Available"]
    .map((type) => condition(deployment, type))
    .filter((entry) => entry !== undefined && text(entry, "status") === "False")
    .map((entry) => `[${text(entry, "reason")}] ${text(entry, "message")}`);
  return {
    ready: false,
    message: `Waiting for app ReplicaSet to be available (${Math.min(available, updated)}/${wanted} Pods available)`,
    problems: [...problems, "Minimum number of live Pods was not attained", ...(await podProblems(deployment, cluster))],
    failed: text(condition(deployment, "Progressing"), "reason") === "ProgressDeadlineExceeded",
  };
}

async function assessDaemonSet(daemonSet: KubeObject, cluster: Cluster): Promise<Readiness> {
  const pending = unobserved(daemonSet);
  if (pending) return pending;
  const desired = count(daemonSet, "status", "desiredNumberScheduled");
  const steps = {
    Current: "currentNumberScheduled",
    Updated: "updatedNumberScheduled",
    Available: "numberAvailable",
    Ready: "numberReady",
  };
  for (const [step, field] of Object.entries(steps)) {
    const reached = count(daemonSet, "status", field);
    if (reached < desired)
      return { ready: false, message: `${step}: ${reached}/${desired}`, problems: await podProblems(daemonSet, cluster) };
  }
  return { ready: true, message: `All replicas scheduled as expected. Replicas: ${desired}` };
}

/** A Service is ready when all its endpoints are, be there none. Without a selector, and for headless and external ones, nobody makes endpoints for it. */
async function assessService(service: KubeObject, cluster: Cluster): Promise<Readiness> {
  const selector = at(service, "spec", "selector");
  const plain = isProperties(selector) && text(service, "spec", "clusterIP") !== "None" && text(service, "spec", "type") !== "ExternalName";
  const done = { ready: true, message: "Service initialization complete" };
  if (!plain) return done;
  const slices = await cluster.select(
    { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
    namespaceOf(service),
    `kubernetes.io/service-name=${nameOf(service)}`,
  );
  const version = slices.map((slice) => text(slice, "metadata", "resourceVersion")).join();
  const endpoints = slices.flatMap((slice) => list(slice, "endpoints"));
  if (endpoints.some((endpoint) => at(endpoint, "conditions", "ready") === false)) {
    const problem = "Service targets Pods that are not ready";
    return { ready: false, message: "[1/3] Finding Pods to direct traffic to", problems: [problem], version };
  }
  if (text(service, "spec", "type") === "LoadBalancer" && list(service, "status", "loadBalancer", "ingress").length === 0) {
    const problem = "Service was not allocated an IP address; does the cluster have a load balancer?";
    return { ready: false, message: "[2/3] Attempting to allocate IP address to Service", problems: [problem], version };
  }
  return { ...done, version };
}

async function assessPod(pod: KubeObject, cluster: Cluster): Promise<Readiness> {
  const phase = text(pod, "status", "phase");
  if (phase === "Succeeded" || text(condition(pod, "Ready"), "status") === "True")
    return { ready: true, message: "Pod initialization complete" };
  return {
    ready: false,
    message: `Waiting for the Pod to get ready (${phase || "not scheduled"})`,
    problems: await podProblems(pod, cluster),
    failed: phase === "Failed",
  };
}

/** A Job is ready when it has done its work, as for the official plugin (which fails when the Job does). */
async function assessJob(job: KubeObject, cluster: Cluster): Promise<Readiness> {
  if (text(condition(job, "Complete"), "status") === "True") return { ready: true, message: "Job is ready" };
  const failure = condition(job, "Failed");
  const failed = text(failure, "status") === "True";
  const reason = failed ? [`[${text(failure, "reason")}] ${text(failure, "message")}`] : [];
  return { ready: false, message: "Waiting for the Job to succeed", problems: [...reason, ...(await podProblems(job, cluster))], failed };
}

function assessIngress(ingress: KubeObject): Readiness {
  if (list(ingress, "status", "loadBalancer", "ingress").length > 0) return { ready: true, message: "Ingress initialization complete" };
  const problem = 'Ingress was not allocated an IP address; where no controller sets one, annotate it with pulumi.com/skipAwait: "true"';
  return { ready: false, message: "Waiting for the Ingress controller to set an address", problems: [problem] };
}
