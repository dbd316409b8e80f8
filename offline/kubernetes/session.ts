import type { Operation } from "../provider/provider";
import { holdsUnknown, type Properties, reveal } from "../provider/values";
import type { Mutability } from "./changes";
import { Client } from "./client";
import { Cluster } from "./cluster";
import { connect } from "./kubeconfig";

/** A provider's settings. They come as text or as booleans. */
export interface Settings {
  kubeconfig?: string;
  context?: string;
  cluster?: string;
  namespace?: string;
  enableConfigMapMutable: boolean;
  enableSecretMutable: boolean;
  enableServerSideApply: boolean;
}

export function readSettings(inputs: Properties): Settings {
  const plain = reveal(inputs) as Properties;
  const textOf = (key: string) => (typeof plain[key] === "string" && plain[key] !== "" ? plain[key] : undefined);
  const flag = (key: string, otherwise: boolean) => (plain[key] === undefined ? otherwise : String(plain[key]) === "true");
  return {
    kubeconfig: textOf("kubeconfig"),
    context: textOf("context"),
    cluster: textOf("cluster"),
    namespace: textOf("namespace"),
    enableConfigMapMutable: flag("enableConfigMapMutable", false),
    enableSecretMutable: flag("enableSecretMutable", false),
    enableServerSideApply: flag("enableServerSideApply", true),
  };
}

/**
 * A configured provider's way to its cluster. A cluster that can't be reached is no error as yet: previews of plain resources don't need it.
 */
export class Session {
  private constructor(
    /** Undefined where the cluster can't be reached. */
    readonly cluster: Cluster | undefined,
    /** Why not. */
    private readonly obstacle: string,
    /** The namespace of objects that name none; undefined where no kubeconfig says it. */
    readonly namespace: string | undefined,
    readonly mutability: Mutability,
  ) {}

  static async open(inputs: Properties): Promise<Session> {
    const settings = readSettings(inputs);
    const mutability = { configMaps: settings.enableConfigMapMutable, secrets: settings.enableSecretMutable };
    let { namespace } = settings;
    try {
      if (holdsUnknown(inputs)) throw new Error("the kubeconfig is not known yet");
      const connection = connect(settings.kubeconfig, settings);
      namespace = connection.namespace;
      const cluster = new Cluster(new Client(connection));
      // Needs an answer and credentials that are accepted; what it learns is needed anyway.
      await cluster.find({ apiVersion: "v1", kind: "Namespace" });
      return new Session(cluster, "", namespace, mutability);
    } catch (error) {
      return new Session(undefined, error instanceof Error ? error.message : String(error), namespace, mutability);
    }
  }

  /** The cluster, or an error that says why there is none. */
  require(): Cluster {
    if (this.cluster) return this.cluster;
    throw new Error(this.unreachable);
  }

  /** The same for a read, which fails in preview as well. */
  requireForReading(operation: Operation): Cluster {
    if (this.cluster) return this.cluster;
    operation.log("warning", this.unreachable);
    throw new Error(
      "failed to read resource state due to unreachable cluster. If the cluster is gone for good, remove its resources with `pulumi state delete`",
    );
  }

  private get unreachable(): string {
    return `configured Kubernetes cluster is unreachable: ${this.obstacle}`;
  }
}
