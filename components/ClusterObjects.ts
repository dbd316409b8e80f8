import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ManifestItem } from "../core/part";
import { isCustom, type WriteHooks } from "./writeHooks";

/** Any of the classes below: each has an argument type of its own. */
type ObjectClass = new (name: string, args: never, options: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** The typed resource of each kind that parts declare: typed ones preview without a cluster. */
const kinds: Record<string, ObjectClass> = {
  "v1/Namespace": k8s.core.v1.Namespace,
  "v1/ConfigMap": k8s.core.v1.ConfigMap,
  "v1/Secret": k8s.core.v1.Secret,
  "v1/Service": k8s.core.v1.Service,
  "v1/ServiceAccount": k8s.core.v1.ServiceAccount,
  "apps/v1/DaemonSet": k8s.apps.v1.DaemonSet,
  "apps/v1/Deployment": k8s.apps.v1.Deployment,
  "batch/v1/Job": k8s.batch.v1.Job,
  "networking.k8s.io/v1/Ingress": k8s.networking.v1.Ingress,
  "networking.k8s.io/v1/IngressClass": k8s.networking.v1.IngressClass,
  "networking.k8s.io/v1/ServiceCIDR": k8s.networking.v1.ServiceCIDR,
  "policy/v1/PodDisruptionBudget": k8s.policy.v1.PodDisruptionBudget,
  "rbac.authorization.k8s.io/v1/ClusterRole": k8s.rbac.v1.ClusterRole,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": k8s.rbac.v1.ClusterRoleBinding,
};
const patches: Record<string, ObjectClass> = {
  "v1/ConfigMap": k8s.core.v1.ConfigMapPatch,
  "v1/Namespace": k8s.core.v1.NamespacePatch,
  "apps/v1/DaemonSet": k8s.apps.v1.DaemonSetPatch,
  "apps/v1/Deployment": k8s.apps.v1.DeploymentPatch,
  "apiextensions.k8s.io/v1/CustomResourceDefinition": k8s.apiextensions.v1.CustomResourceDefinitionPatch,
};

/** The one field manager of everything that we patch. */
const patchAnnotations = { "pulumi.com/patchForce": "true", "pulumi.com/patchFieldManager": "plumbline" };

/** A Secret's data with what its files hold, none of which is ever shown or stored in plain. */
function secretData(data: unknown, files: Readonly<Record<string, string>>, directory: string): pulumi.Output<Record<string, string>> {
  const read = Object.entries(files).map(([key, file]): [string, string] => [
    key,
    readFileSync(resolve(directory, file)).toString("base64"),
  ]);
  return pulumi.secret<Record<string, string>>({ ...(data as Record<string, string>), ...Object.fromEntries(read) });
}

/** One part's objects in the cluster, each after the one before. */
export class ClusterObjects extends pulumi.ComponentResource {
  /** @param directory where paths of files start from @param hooks what is to be done before an object is written */
  constructor(
    name: string,
    items: readonly ManifestItem[],
    directory: string,
    options: pulumi.ComponentResourceOptions,
    hooks?: WriteHooks,
  ) {
    super("plumbline:cluster:ClusterObjects", name, {}, options);
    let before: pulumi.Resource[] = [];
    for (const item of items) {
      const { object, patch: ofOthers, shared, retain, secretFiles } = item;
      // A patch makes what isn't there, takes what is, and leaves it behind.
      const patch = ofOthers || shared;
      const { apiVersion, kind, metadata, ...fields } = object;
      const Kind = isCustom(apiVersion) && !patch ? k8s.apiextensions.CustomResource : (patch ? patches : kinds)[`${apiVersion}/${kind}`];
      if (!Kind)
        throw new Error(`${name} declares a ${patch ? "patch of a " : ""}${apiVersion}/${kind}, which ClusterObjects doesn't know.`);
      const annotations = hooks ? { annotations: hooks.annotations(object) } : {};
      const args = patch
        ? { metadata: { ...metadata, annotations: { ...metadata.annotations, ...patchAnnotations } }, ...fields }
        : {
            apiVersion,
            kind,
            metadata: { ...metadata, ...annotations },
            ...fields,
            ...(secretFiles ? { data: secretData(fields.data, secretFiles, directory) } : {}),
          };
      const hook = hooks?.of(item);
      // kubeadm's objects stay as we left them when the stack is destroyed: giving the fields back would empty them.
      // Which argument type fits is known by the table only; the API server checks the object itself, already in preview.
      const resource = new Kind(`${name}/${kind}/${metadata.name}`, args as never, {
        parent: this,
        dependsOn: before,
        retainOnDelete: retain ?? patch ?? false,
        ...(hook ? { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } } : {}),
      });
      before = [resource];
    }
    this.registerOutputs();
  }
}
