import type { KubernetesObject, V1DaemonSet, V1Node, V1Pod } from "@kubernetes/client-node";
import type { Cluster, Nodes, Reference, Selection } from "../../../../components/cluster";
import { recordAnnotation } from "../../../../components/cni/migration/record";
import type { PlannedNode } from "../../../../core/part";

type Fields = { [key: string]: unknown };

/** A JSON merge patch (RFC 7386). */
function merge(object: Fields, patch: Fields): Fields {
  const result = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (typeof value === "object" && !Array.isArray(value)) result[key] = merge((result[key] ?? {}) as Fields, value as Fields);
    else result[key] = value;
  }
  return result;
}

const keyOf = ({ kind, metadata }: Reference) => [kind, ...(metadata.namespace ? [metadata.namespace] : []), metadata.name].join("/");

/** As much of a cluster as a change of the pod network sees: objects, and what is done with them. Rollouts are over at once. */
export class SmallCluster implements Cluster, Nodes {
  readonly objects = new Map<string, KubernetesObject>();
  /** Changes, in words. */
  readonly log: string[] = [];

  constructor(nodes: readonly PlannedNode[], agents: readonly Reference[]) {
    this.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
    for (const { name, podCIDRs } of nodes) {
      const status = { conditions: [{ type: "Ready", status: "True" }] };
      this.add({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name },
        spec: { podCIDRs: podCIDRs.map(String) },
        status,
      } as KubernetesObject);
    }
    for (const agent of agents) {
      this.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: agent.metadata.namespace ?? "" } });
      this.add({ ...agent, spec: { template: {} } } as KubernetesObject);
    }
  }

  add(object: KubernetesObject): void {
    this.objects.set(keyOf(object as Reference), object);
  }

  get<T extends KubernetesObject>(key: string): T | undefined {
    return this.objects.get(key) as T | undefined;
  }

  /** What `pulumi up` writes down. */
  record(network: object): void {
    const annotations = { [recordAnnotation]: JSON.stringify(network) };
    this.add(merge(this.get("Namespace/kube-system") as Fields, { metadata: { annotations } }) as KubernetesObject);
  }

  async read(reference: Reference) {
    return structuredClone(this.objects.get(keyOf(reference)));
  }

  async list<T extends KubernetesObject>(_apiVersion: string, kind: string, { fields }: Selection = {}): Promise<T[]> {
    const [, node] = /^spec\.nodeName=(.*)$/.exec(fields ?? "") ?? [];
    const all = [...this.objects.values()].filter((object) => object.kind === kind);
    return structuredClone(all.filter((object) => node === undefined || (object as V1Pod).spec?.nodeName === node)) as T[];
  }

  async create() {
    throw new Error("nothing is created");
  }

  async patch(reference: Reference, fields: object) {
    const key = keyOf(reference);
    const before = this.objects.get(key);
    if (!before) throw new Error(`no ${key}`);
    const after = merge(before as Fields, fields as Fields) as KubernetesObject;
    this.objects.set(key, after);
    const was = before as V1Node;
    const is = after as V1Node;
    if (reference.kind === "DaemonSet") this.log.push(`pin ${(after as V1DaemonSet).metadata?.name}`);
    if (reference.kind !== "Node") return;
    if (Boolean(was.spec?.unschedulable) !== Boolean(is.spec?.unschedulable))
      this.log.push(`${is.spec?.unschedulable ? "cordon" : "uncordon"} ${is.metadata?.name}`);
  }

  async remove(reference: Reference) {
    if (!this.objects.delete(keyOf(reference))) return;
    this.log.push(`remove ${reference.kind} ${reference.metadata.name}`);
    if (reference.kind !== "Namespace") return;
    for (const [key, { metadata }] of this.objects) if (metadata?.namespace === reference.metadata.name) this.objects.delete(key);
  }

  async run(): Promise<never> {
    throw new Error("nothing is run in pods");
  }

  async evict(namespace: string, pod: string) {
    this.log.push(`evict ${namespace}/${pod}`);
    this.objects.delete(`Pod/${namespace}/${pod}`);
    return undefined;
  }

  async setCondition() {}
}
