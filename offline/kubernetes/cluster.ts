import type { Value } from "../provider/values";
import { ApiError, type ApiRequest, type Client } from "./client";
import { at, type GroupVersionKind, type KubeObject, kindOf, list, namespaceOf, text } from "./objects";

/** Where the API serves a kind. */
interface Endpoint {
  plural: string;
  namespaced: boolean;
}

/** The API server doesn't serve the kind, for example because its CustomResourceDefinition is missing. */
export class NoKindError extends Error {
  constructor({ apiVersion, kind }: GroupVersionKind) {
    super(`the API server has no kind ${kind} in ${apiVersion}; create its CustomResourceDefinition first`);
  }
}

/** The kinds of the API itself that have no namespace: all that is known of scopes while no API server answers. */
const clusterScoped = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "IPAddress",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "ServiceCIDR",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

/** Whether objects of a kind live in a namespace, as far as that can be told without an API server; a custom resource probably does. */
export function isProbablyNamespaced({ kind }: GroupVersionKind): boolean {
  return !clusterScoped.has(kind);
}

/** The objects of one cluster, of whatever kind: the API's own discovery says where they are. */
export class Cluster {
  private readonly discovered = new Map<string, Map<string, Endpoint>>();

  constructor(private readonly client: Client) {}

  /** Where a kind is served; undefined when it isn't. A kind that is missing is looked for anew each time: it may have been defined since. */
  async find({ apiVersion, kind }: GroupVersionKind): Promise<Endpoint | undefined> {
    const known = this.discovered.get(apiVersion)?.get(kind);
    if (known) return known;
    const found = await this.get(basePath(apiVersion));
    const endpoints = new Map<string, Endpoint>();
    for (const resource of list(found, "resources")) {
      const plural = text(resource, "name");
      // Names with a slash are subresources such as deployments/scale.
      if (!plural.includes("/")) endpoints.set(text(resource, "kind"), { plural, namespaced: at(resource, "namespaced") === true });
    }
    this.discovered.set(apiVersion, endpoints);
    return endpoints.get(kind);
  }

  /** The object as it is now; undefined when there is none. Throws NoKindError where its kind doesn't exist. */
  async read(object: KubeObject): Promise<KubeObject | undefined> {
    return this.get(await this.pathOf(object, text(object, "metadata", "name")));
  }

  /** Sends a request about an object: about the one of its name, or (to create it) about the collection. */
  async send(object: KubeObject, request: Omit<ApiRequest, "path">, name = text(object, "metadata", "name")): Promise<KubeObject> {
    return this.client.send({ ...request, path: await this.pathOf(object, request.method === "POST" ? undefined : name) });
  }

  /** The objects of a kind in a namespace that carry certain labels. */
  async select(kind: GroupVersionKind, namespace: string, labelSelector: string): Promise<Value[]> {
    const path = await this.pathOf({ ...kind, metadata: { namespace } });
    const found = await this.client.send({ method: "GET", path, query: { labelSelector } });
    return list(found, "items");
  }

  private async get(path: string): Promise<KubeObject | undefined> {
    try {
      return await this.client.send({ method: "GET", path });
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  private async pathOf(object: KubeObject, name?: string): Promise<string> {
    const kind = kindOf(object);
    const endpoint = await this.find(kind);
    if (!endpoint) throw new NoKindError(kind);
    const namespace = endpoint.namespaced ? `/namespaces/${encodeURIComponent(namespaceOf(object) || "default")}` : "";
    return `${basePath(kind.apiVersion)}${namespace}/${endpoint.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
  }
}

/** The core group is served under /api, all others under /apis. */
function basePath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
