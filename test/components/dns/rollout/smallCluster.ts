import type { V1ConfigMap, V1ContainerStatus, V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Cluster, Reference } from "../../../../components/cluster";
import { configHashKey } from "../../../../components/configHash";
import type { Manifest } from "../../../../core/part";

/** What CoreDNS makes of a Corefile: the container's status where it doesn't run, else the names that it answers. */
export interface Behaviour {
  readonly status?: Pick<V1ContainerStatus, "ready" | "state"> & { readonly restartCount?: number };
  readonly answers?: readonly string[];
}

const running: V1ContainerStatus = { name: "", image: "", imageID: "", ready: true, restartCount: 0, state: { running: {} } };

const trialAddress = "10.244.0.9";

/**
 * As much of a cluster as a rollout of CoreDNS sees, without a clock: the pods of the Deployment are those of its template at once, and read the ConfigMap
 * as it was then.
 */
export class SmallCluster implements Cluster {
  readonly configMap: V1ConfigMap;
  readonly deployment: V1Deployment;
  /** The trial's objects. */
  readonly trial = new Map<string, Manifest>();
  private inForce: string;
  /** Throws, to play an API server that can't be reached any more. */
  beforePatch: (reference: Reference) => void = () => undefined;

  constructor(
    corefile: string,
    annotations: Record<string, string> | undefined,
    private readonly behaviour: (corefile: string, place: "trial" | "service") => Behaviour,
  ) {
    this.inForce = corefile;
    this.configMap = { metadata: { name: "coredns", ...(annotations ? { annotations } : {}) }, data: { Corefile: corefile } };
    const volumes = [{ name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } }];
    const spec = { containers: [{ name: "coredns", image: "mirror.example/coredns:v1" }], serviceAccountName: "coredns", volumes };
    this.deployment = { metadata: { name: "coredns" }, spec: { replicas: 2, selector: {}, template: { metadata: {}, spec } } };
  }

  async read({ kind, metadata: { name } }: Reference) {
    if (name === "coredns") return structuredClone(kind === "ConfigMap" ? this.configMap : { ...this.deployment, status: this.status() });
    const pod = this.trial.get(kind);
    return (
      pod &&
      ({ ...pod, status: { podIP: trialAddress, containerStatuses: [this.container("trial"), { ...running, name: "probe" }] } } as never)
    );
  }

  async list<T>(): Promise<T[]> {
    const annotations = this.deployment.spec?.template.metadata?.annotations ?? {};
    const pod = (number: number): V1Pod => ({
      metadata: { name: `coredns-${number}`, annotations },
      status: { phase: "Running", podIP: `10.244.0.${number}`, containerStatuses: [this.container("service")] },
    });
    return [pod(1), pod(2)] as T[];
  }

  async create(object: Manifest) {
    if (this.trial.has(object.kind)) throw new Error(`${object.kind} exists`);
    this.trial.set(object.kind, object);
  }

  async remove({ kind }: Reference) {
    this.trial.delete(kind);
  }

  async patch(reference: Reference, fields: object) {
    this.beforePatch(reference);
    merge(reference.kind === "ConfigMap" ? this.configMap : this.deployment, fields);
    if (reference.kind === "Deployment") this.inForce = this.configMap.data?.Corefile ?? "";
  }

  async run(_namespace: string, _pod: string, command: string) {
    const servers = /for server in (.*); do/.exec(command)?.[1]?.split(" ") ?? [];
    const names = /for name in (.*); do/.exec(command)?.[1]?.split(" ") ?? [];
    const lines = servers.flatMap((server) => {
      const { answers = [] } = server === trialAddress ? this.tried() : this.behaviour(this.inForce, "service");
      return names.filter((name) => answers.includes(name)).map((name) => `${server} ${name}\n`);
    });
    return { code: 0, stdout: lines.join(""), stderr: "" };
  }

  private tried(): Behaviour {
    const { Corefile = "" } = (this.trial.get("ConfigMap")?.data ?? {}) as { Corefile?: string };
    return this.behaviour(Corefile, "trial");
  }

  private container(place: "trial" | "service"): V1ContainerStatus {
    const { status } = place === "trial" ? this.tried() : this.behaviour(this.inForce, "service");
    return { ...running, name: "coredns", ...status };
  }

  private status() {
    const ready = this.container("service").ready ? 2 : 0;
    return { replicas: 2, updatedReplicas: 2, availableReplicas: ready };
  }

  /** The hash that the pods bear. */
  get rolled(): string | undefined {
    return this.deployment.spec?.template.metadata?.annotations?.[configHashKey];
  }
}

/** A JSON merge patch (RFC 7386). */
function merge(target: object, fields: object): void {
  const into = target as Record<string, unknown>;
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) delete into[key];
    else if (typeof value !== "object") into[key] = value;
    else {
      into[key] ??= {};
      merge(into[key] as object, value);
    }
  }
}
