import { connect, explain } from "../../kubernetes";
import type { LiveDefinition } from "./live";

/** Those of the named definitions that the cluster of a kubeconfig has. @throws UserError when it can't be asked. */
export async function readLive(kubeconfig: string, names: readonly string[]): Promise<LiveDefinition[]> {
  const { k8s, configuration, server } = await connect(kubeconfig);
  const api = new k8s.ApiextensionsV1Api(configuration);
  const read = async (name: string): Promise<LiveDefinition[]> => {
    try {
      const { metadata } = await api.readCustomResourceDefinition({ name });
      return [{ labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} }];
    } catch (error) {
      if (error instanceof k8s.ApiException && error.code === 404) return [];
      throw explain(k8s, error, server, "CustomResourceDefinitions");
    }
  };
  return (await Promise.all(names.map(read))).flat();
}
