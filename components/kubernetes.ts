import type { Configuration, KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../core/finding";

/** Milliseconds for each request, connecting included. */
const requestTimeout = 15_000;

export type Library = typeof import("@kubernetes/client-node", { with: { "resolution-mode": "import" }});

export interface Connection {
  readonly k8s: Library;
  readonly config: KubeConfig;
  readonly configuration: Configuration;
  /** The API server's address. */
  readonly server: string;
}

/** How to ask the API server of a kubeconfig's current context. Loads the library late: it is large. @throws UserError when the kubeconfig names no cluster. */
export async function connect(kubeconfig: string): Promise<Connection> {
  const k8s = await import("@kubernetes/client-node");
  const config = new k8s.KubeConfig();
  try {
    config.loadFromString(kubeconfig);
  } catch (error) {
    throw new UserError(`The kubeconfig can't be read: ${(error as Error).message}`);
  }
  const cluster = config.getCurrentCluster();
  if (!cluster)
    throw new UserError("The kubeconfig names no cluster: its current-context is missing or wrong. See `kubectl config get-contexts`.");
  const configuration = k8s.createConfiguration({
    baseServer: new k8s.ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: async (request) => {
          request.setSignal(AbortSignal.timeout(requestTimeout));
          return request;
        },
        post: async (response) => response,
      },
    ],
  });
  return { k8s, config, configuration, server: cluster.server };
}

/** The way to the API server in words, when a request failed on it; undefined when it failed otherwise. */
export function unreached(error: unknown, server: string): UserError | undefined {
  // node-fetch's errors, by its documented names.
  if (!(error instanceof Error) || !["FetchError", "AbortError"].includes(error.name)) return undefined;
  return new UserError(
    `The API server ${server} can't be reached: ${error.message.replace(/^request to \S+ failed, reason: /, "")}. Is it the right kubeconfig, and does the server answer from here?`,
  );
}

/** A failed request as the user's mistake, where it is one. @param what that the kubeconfig may read. */
export function explain(k8s: Library, error: unknown, server: string, what: string): unknown {
  if (error instanceof k8s.ApiException)
    return new UserError(`The API server ${server} refuses (HTTP ${error.code}). Use a kubeconfig that may read ${what}.`);
  return unreached(error, server) ?? error;
}
