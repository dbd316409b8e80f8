import * as pulumi from "@pulumi/pulumi";
import type { Manifest, ManifestItem } from "../core/part";
import type { Stack } from "../core/stack/schema";
import { unjudged, untilJudged } from "./admission";
import { type Cluster, openCluster } from "./cluster";
import { rollOutCorefile } from "./dns/rollout/rollOut";

/** Kinds of other groups than Kubernetes' own: a CustomResourceDefinition gives them, which has to be there first. */
export const isCustom = (apiVersion: string) =>
  apiVersion.startsWith("gateway.networking.k8s.io/") || (/^[^/]*\.[^/]*\//.test(apiVersion) && !/^[^/]*\.k8s\.io\//.test(apiVersion));

/** What is done in the cluster before Pulumi writes an object. */
export class WriteHooks {
  private readonly corefile: pulumi.ResourceHook;
  private readonly admission: pulumi.ResourceHook;
  private opened: Promise<Cluster> | undefined;

  constructor(
    name: string,
    stack: Stack,
    private readonly kubeconfig: pulumi.Input<string>,
    parent: pulumi.Resource,
  ) {
    const say = (message: string) => void pulumi.log.info(message, parent);
    // Brings the Corefile into force before its ConfigMap is written, which then is no change any more: what fails is taken back and not recorded.
    this.corefile = new pulumi.ResourceHook(`${name}-corefile`, async () => rollOutCorefile({ cluster: await this.cluster(), stack, say }));
    this.admission = new pulumi.ResourceHook(`${name}-admission`, async ({ newInputs }) =>
      untilJudged(await this.cluster(), newInputs as Manifest, say),
    );
  }

  of({ part, object }: ManifestItem): pulumi.ResourceHook | undefined {
    if (part === "dns" && object.kind === "ConfigMap") return this.corefile;
    return isCustom(object.apiVersion) ? this.admission : undefined;
  }

  /**
   * An object's annotations. In preview Pulumi's plugin has the API server try objects out, but for those with unknown values; so these are unknown while a
   * webhook has to be waited for, which only `up` does.
   */
  annotations(object: Manifest): pulumi.Input<Record<string, string> | undefined> {
    const { annotations } = object.metadata;
    if (!pulumi.runtime.isDryRun() || !isCustom(object.apiVersion)) return annotations;
    // A kubeconfig that is yet to be known leaves them unknown too.
    return pulumi
      .unsecret(pulumi.output(this.kubeconfig))
      .apply(async (text) => ((await unjudged(await this.open(text), object)) ? (pulumi.unknown as never) : annotations));
  }

  private cluster(): Promise<Cluster> {
    return new Promise<string>((resolve) => pulumi.output(this.kubeconfig).apply(resolve)).then((text) => this.open(text));
  }

  /** The library behind it is large, and learns the kinds that the API server has. */
  private open(kubeconfig: string): Promise<Cluster> {
    this.opened ??= openCluster(kubeconfig);
    return this.opened;
  }
}
