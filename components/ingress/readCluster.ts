import { stringify } from "yaml";
import type { Finding } from "../../core/finding";
import type { Plan } from "../../core/plan";
import { connect, explain } from "../kubernetes";
import { readManifests } from "../manifests/documents";
import type { NamedManifests } from "./lint/objects";
import { lintWithCluster } from "./liveLint";

/** What the cluster says of the stack's ingress, where it has any. @throws UserError when the cluster can't be read. */
export async function findingsWithCluster(
  plan: Plan,
  kubeconfig: string,
  now: Date,
  read: typeof readClusterManifests = readClusterManifests,
): Promise<Finding[]> {
  const { controllers, rules } = plan.stack.ingress;
  return controllers.length === 0 && rules.length === 0 ? [] : lintWithCluster(plan, await read(kubeconfig), now);
}

/** The Ingresses of a live cluster, and the classes, Services and TLS Secrets with them, each as a file of its own. @throws UserError when it can't be read. */
export async function readClusterManifests(kubeconfig: string): Promise<NamedManifests[]> {
  const { k8s, configuration, server } = await connect(kubeconfig);
  const networking = new k8s.NetworkingV1Api(configuration);
  const core = new k8s.CoreV1Api(configuration);
  try {
    const [ingresses, classes, services, secrets] = await Promise.all([
      networking.listIngressForAllNamespaces(),
      networking.listIngressClass(),
      core.listServiceForAllNamespaces(),
      core.listSecretForAllNamespaces({ fieldSelector: "type=kubernetes.io/tls" }),
    ]);
    return [
      ...ingresses.items.map((object) => asFile("networking.k8s.io/v1", "Ingress", object)),
      ...classes.items.map((object) => asFile("networking.k8s.io/v1", "IngressClass", object)),
      ...services.items.map((object) => asFile("v1", "Service", object)),
      ...secrets.items.map((object) => asFile("v1", "Secret", object)),
    ];
  } catch (error) {
    throw explain(k8s, error, server, "Ingresses, IngressClasses, Services and Secrets in all namespaces");
  }
}

/** Without what the cluster adds; a list doesn't say the kind of its items. */
function asFile(
  apiVersion: string,
  kind: string,
  object: { metadata?: { name?: string; namespace?: string; annotations?: object; labels?: object }; status?: unknown },
): NamedManifests {
  const { name, namespace, annotations, labels } = object.metadata ?? {};
  const { status: _, ...rest } = object;
  // JSON leaves away what isn't set.
  const plain: unknown = JSON.parse(JSON.stringify({ apiVersion, kind, ...rest, metadata: { name, namespace, labels, annotations } }));
  return { file: `${kind} ${namespace ? `${namespace}/` : ""}${name}`, ...readManifests(stringify(plain)) };
}
