import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { CoreV1Event, V1DaemonSet, V1EndpointSlice, V1Namespace, V1Pod, V1Service } from "@kubernetes/client-node";
import type { Cluster } from "../../components/cluster";
import { UserError } from "../../core/finding";
import type { Manifest } from "../../core/part";
import { type Facts, NotThere, type Probe } from "./check";
import { pathObjects } from "./pathChecks";
import { endpointCounts, label, labelSelector, ownerAnnotation, type ProbeObjects, probeNamespace, probeObjects } from "./probes";

/** Seconds that probe pods have to get ready. */
const podLimit = 60;
/** Seconds between two looks. */
const interval = 0.25;
/**
 * Seconds from complete endpoints to the first packet for a service. kube-proxy gathers changes for a second (minSyncPeriod) and tells nobody when it has
 * written them; CoreDNS hears of them at the same time.
 */
const settling = 3;
/** Seconds that a service of type LoadBalancer has to get its address. */
const addressLimit = 10;
/**
 * Seconds that those who tell the network of such addresses have to run on all nodes. MetalLB's wait for a Secret that its controller makes, and a kubelet
 * tries a missing Secret again after up to two minutes (kubernetes, pkg/util/goroutinemap/exponentialbackoff).
 */
const announcerLimit = 150;
/** Seconds for the namespace to go. */
const removalLimit = 30;

/** The probes in the cluster. */
export interface Site {
  /** What is known now: probes that aren't ready are not there. */
  facts(): Omit<Facts, "live">;
  /** @throws NotThere with the reason, when a probe isn't ready. */
  requireReady(probe: Probe): void;
  /** Waits for the pods; those that aren't ready in time are left out, with the reason. */
  podsReady(): Promise<void>;
  /** Waits until services know their endpoints. */
  servicesReady(): Promise<void>;
  remove(): Promise<void>;
}

/** Which probes to start. */
export interface SiteOptions extends Omit<ProbeObjects, "namespace"> {
  /** Those that get a probe Ingress. */
  readonly ingressClasses: readonly string[];
  /** The DaemonSet that tells the network where addresses of services are; undefined where none is asked for. */
  readonly announcer: { readonly namespace: string; readonly name: string } | undefined;
  /** The nodes that the cluster has: on others nothing can run. */
  readonly nodes: ReadonlySet<string>;
  /** Ends every wait when it aborts. */
  readonly signal: AbortSignal;
}

/** Starts the probes, in a namespace of their own, after removing what runs that died have left. */
export async function startProbes(cluster: Cluster, { ingressClasses, announcer, nodes, signal, ...wanted }: SiteOptions): Promise<Site> {
  await removeLeftovers(cluster);
  const namespace = `plumbline-verify-${randomBytes(4).toString("hex")}`;
  const remove = () => removeNamespace(cluster, namespace);
  const { probes, backends } = wanted;
  const every = [...probes, ...backends];
  const all = every.filter(({ node }) => nodes.has(node));
  let pods = new Map<string, V1Pod>();
  const services = new Map<string, V1Service>();
  let ingressProblem: string | undefined;
  /** Why probes aren't ready, by name. */
  const reasons = new Map(
    every.filter(({ node }) => !nodes.has(node)).map(({ name }) => [name, "not started: the cluster has no such node"]),
  );
  const isReady = (probe: Probe) =>
    pods.get(probe.name)?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

  async function waitFor(limit: number, isDone: () => Promise<boolean>): Promise<boolean> {
    for (const deadline = Date.now() + limit * 1000; ; await sleep(interval * 1000, undefined, { signal })) {
      if (await isDone()) return true;
      if (Date.now() > deadline) return false;
    }
  }

  async function podsReady(): Promise<void> {
    const ready = await waitFor(podLimit, async () => {
      const list = await cluster.list<V1Pod>("v1", "Pod", { namespace });
      pods = new Map(list.map((pod) => [pod.metadata?.name ?? "", pod]));
      return all.every(isReady);
    });
    if (!ready) await explainPods();
  }

  async function explainPods(): Promise<void> {
    const events = await cluster.list<CoreV1Event>("v1", "Event", { namespace, fields: "type=Warning" });
    for (const probe of all.filter((one) => !isReady(one))) {
      const last = events.filter(({ involvedObject }) => involvedObject.name === probe.name).at(-1);
      reasons.set(probe.name, `not ready within ${podLimit} s: ${last?.message ?? podProblem(pods.get(probe.name))}`);
    }
  }

  async function servicesReady(): Promise<void> {
    const counts = endpointCounts(wanted, all.filter(isReady));
    const ready = await waitFor(podLimit, async () => {
      const slices = await cluster.list<V1EndpointSlice>("discovery.k8s.io/v1", "EndpointSlice", { namespace });
      return [...counts].every(([name, count]) =>
        familiesOf(slices, name).every((endpoints) => endpoints.filter(({ conditions }) => conditions?.ready).length >= count),
      );
    });
    if (!ready)
      throw new UserError(`The services in ${namespace} got no endpoints within ${podLimit} s: does kube-controller-manager run?`);
    if (announcer) {
      const daemons = { apiVersion: "apps/v1", kind: "DaemonSet", metadata: announcer };
      await waitFor(announcerLimit, async () => isOnAllNodes(await cluster.read(daemons)));
    }
    await waitFor(addressLimit, async () => {
      for (const one of await cluster.list<V1Service>("v1", "Service", { namespace })) services.set(one.metadata?.name ?? "", one);
      return [...services.values()].every((one) => one.spec?.type !== "LoadBalancer" || externalAddress(one) !== undefined);
    });
    await sleep(settling * 1000, undefined, { signal });
  }

  function requireReady(probe: Probe): void {
    if (!isReady(probe)) throw new NotThere(`the probe pod on ${probe.node} is ${reasons.get(probe.name) ?? "not there"}`);
  }

  function podAddress(probe: Probe, family: 4 | 6): string {
    requireReady(probe);
    const address = addressesOf(pods.get(probe.name)).find((ip) => ip.includes(":") === (family === 6));
    if (!address) throw new NotThere(`the probe pod on ${probe.node} got no IPv${family} address`);
    return address;
  }

  const facts = (): Omit<Facts, "live"> => ({
    namespace,
    podAddress,
    podAddresses: all.filter(isReady).flatMap((probe) => addressesOf(pods.get(probe.name))),
    running: all.filter(isReady),
    clusterIP: (name, family) => {
      const address = services.get(name)?.spec?.clusterIPs?.find((ip) => ip.includes(":") === (family === 6));
      if (!address) throw new NotThere(`the API server gives services no IPv${family} address: see its --service-cluster-ip-range`);
      return address;
    },
    loadBalancerAddress: (name) => {
      const address = externalAddress(services.get(name));
      if (!address)
        throw new NotThere(
          `nobody gave the service an address within ${addressLimit} s; see \`kubectl -n metallb-system logs deployment/controller\` (MetalLB) or \`kubectl -n kube-system logs deployment/kube-vip-cloud-provider\``,
        );
      return address;
    },
    nodePort: (name) => services.get(name)?.spec?.ports?.[0]?.nodePort ?? 0,
    ingressProblem,
  });

  try {
    await cluster.create(probeNamespace(namespace, `${hostname()}/${process.pid}`));
    const [account, ...objects] = probeObjects({ ...wanted, namespace, probes: all });
    // Pods are refused without their service account.
    if (account) await cluster.create(account);
    await Promise.all(objects.map((object) => cluster.create(object)));
    ingressProblem = await createIngresses(cluster, pathObjects(namespace, ingressClasses));
  } catch (error) {
    await remove();
    throw error;
  }
  return { facts, requireReady, podsReady, servicesReady, remove };
}

/** Somebody's admission webhook may refuse them: then the other checks go on. */
async function createIngresses(cluster: Cluster, objects: readonly Manifest[]): Promise<string | undefined> {
  try {
    for (const object of objects) await cluster.create(object);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Or isn't there at all: then nobody has to be waited for. */
function isOnAllNodes(daemons: V1DaemonSet | undefined): boolean {
  const { desiredNumberScheduled = 0, numberReady = 0 } = daemons?.status ?? {};
  return numberReady >= desiredNumberScheduled;
}

const externalAddress = (service: V1Service | undefined) => service?.status?.loadBalancer?.ingress?.[0]?.ip;

const addressesOf = (pod: V1Pod | undefined) => (pod?.status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []).sort();

/** A service's endpoints, family by family; one empty list when it has no slice yet. */
function familiesOf(slices: readonly V1EndpointSlice[], service: string) {
  const own = slices.filter(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === service);
  const types = [...new Set(own.map(({ addressType }) => addressType))];
  return types.length === 0
    ? [[]]
    : types.map((type) => own.filter(({ addressType }) => addressType === type).flatMap(({ endpoints }) => endpoints ?? []));
}

function podProblem(pod: V1Pod | undefined): string {
  if (!pod) return "the node took it away; has it joined the cluster?";
  const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
  if (waiting) return [waiting.reason, waiting.message].filter(Boolean).join(": ");
  return pod.status?.containerStatuses
    ? "its node's kubelet gets no answer from it"
    : "its node's kubelet hasn't taken it up; has the node joined, and does its kubelet run?";
}

/** Namespaces go slowly while something is in them; the pods are sent off at once. */
async function removeNamespace(cluster: Cluster, namespace: string): Promise<void> {
  const pods = await cluster.list<V1Pod>("v1", "Pod", { namespace });
  const reference = (name: string) => ({ apiVersion: "v1", kind: "Pod", metadata: { namespace, name } });
  await Promise.all(pods.map(({ metadata }) => cluster.remove(reference(metadata?.name ?? ""))));
  const itself = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  await cluster.remove(itself);
  for (const deadline = Date.now() + removalLimit * 1000; await cluster.read(itself); await sleep(interval * 1000)) {
    if (Date.now() > deadline)
      throw new UserError(
        `The namespace ${namespace} of the probes is still there after ${removalLimit} s; see \`kubectl get namespace ${namespace} -o yaml\`.`,
      );
  }
}

async function removeLeftovers(cluster: Cluster): Promise<void> {
  const namespaces = await cluster.list<V1Namespace>("v1", "Namespace", { labels: labelSelector });
  const dead = namespaces.filter((namespace) => isLeftover(namespace, Date.now()));
  await Promise.all(dead.map(({ metadata }) => removeNamespace(cluster, metadata?.name ?? "")));
}

/** Seconds after which no run is still at it, wherever it runs. */
const longestRun = 600;

/** Whether the run that made a namespace is over. On this machine its process tells; of another machine's, the time. */
export function isLeftover({ metadata }: V1Namespace, now: number, isAlive = processIsAlive): boolean {
  if (metadata?.labels?.["app.kubernetes.io/managed-by"] !== label["app.kubernetes.io/managed-by"]) return false;
  const [host, pid] = metadata.annotations?.[ownerAnnotation]?.split("/") ?? [];
  if (host === hostname() && !isAlive(Number(pid))) return true;
  return metadata.creationTimestamp !== undefined && now - metadata.creationTimestamp.getTime() > longestRun * 1000;
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
