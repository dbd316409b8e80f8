import { ApiError, Client } from "../../offline/kubernetes/client";
import { Cluster } from "../../offline/kubernetes/cluster";
import { connect } from "../../offline/kubernetes/kubeconfig";
import type { KubeObject } from "../../offline/kubernetes/objects";
import type { ApiServer } from "../offline/kubernetes/apiServer";

/**
 * What an API server would say of objects, which it reads strictly: of each that it refuses, the reason. Only namespaces are made, and first,
 * since the others need them.
 */
export async function refusals({ kubeconfig }: ApiServer, objects: readonly KubeObject[]): Promise<string[]> {
  const cluster = new Cluster(new Client(connect(kubeconfig, {})));
  const reasons: string[] = [];
  const create = async (object: KubeObject, dryRun?: "All") => {
    try {
      await cluster.send(object, { method: "POST", query: { dryRun, fieldValidation: "Strict" }, body: object });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason !== "AlreadyExists") reasons.push(`${object.kind}: ${error.message}`);
    }
  };
  const isNamespace = ({ kind }: KubeObject) => kind === "Namespace";
  for (const object of objects.filter(isNamespace)) await create(object);
  for (const object of objects.filter((one) => !isNamespace(one))) await create(object, "All");
  return reasons;
}
