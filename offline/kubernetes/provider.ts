import { type Changes, structuralDiff } from "../provider/diff";
import type { CheckResult, Diff, DiffRequest, Provider, Resource } from "../provider/provider";
import { holdsUnknown, type Properties } from "../provider/values";
import { pluginVersions } from "../versions";
import { clusterIdentity } from "./kubeconfig";
import { KubernetesResource } from "./resource";
import { readSettings, Session } from "./session";

/** The settings that say which cluster it is. */
const whereabouts = ["kubeconfig", "context", "cluster"];

/** What a provider may be given. The last four change nothing here. */
const settingNames = new Set([
  ...whereabouts,
  ...["namespace", "enableConfigMapMutable", "enableSecretMutable", "enableServerSideApply", "version", "__internal", "pluginDownloadURL"],
  ...["suppressDeprecationWarnings", "suppressHelmHookWarnings", "kubeClientSettings", "strictMode"],
]);

/** The kubernetes plugin as far as Plumbline needs it: all kinds of objects and their Patches, by server-side apply; no charts, no YAML. */
export class KubernetesProvider implements Provider {
  readonly name = "kubernetes";
  readonly version = pluginVersions.kubernetes;
  // The Node SDK brings the types along; nobody asks for the schema of a plugin that isn't downloaded.
  readonly schema = { name: this.name, version: this.version };

  private session: Session | undefined;

  /** Refuses settings that ask for something else than what would happen here. */
  checkConfig(news: Properties): CheckResult {
    const unsupported = Object.keys(news).filter((key) => !settingNames.has(key));
    if (!readSettings(news).enableServerSideApply) unsupported.push("enableServerSideApply");
    const reason = "not supported by Plumbline's stand-in; leave it out, or use the official kubernetes plugin";
    return { inputs: news, failures: unsupported.map((property) => ({ property, reason })) };
  }

  /** Another cluster means other objects: the provider is replaced, and everything that hangs on it. */
  diffConfig({ state, news }: DiffRequest): Diff {
    const changes = structuralDiff(withoutInternals(state), withoutInternals(news));
    const moved = whereabouts.some((key) => holdsUnknown(news[key])) || isOtherCluster(state, news);
    return { changes, replaces: moved ? changedWhereabouts(changes) : undefined };
  }

  async configure(inputs: Properties): Promise<void> {
    this.session = await Session.open(inputs);
  }

  resource(type: string): Resource | undefined {
    // kubernetes:helm.sh/..., kubernetes:yaml:... and kubernetes:kustomize:... are components of the SDK or work of their own.
    if (
      !/^kubernetes:[^:/]+\/[^:/]+:\w+$/.test(type) ||
      type.startsWith("kubernetes:helm.sh/") ||
      /^kubernetes:(yaml|kustomize)\//.test(type)
    ) {
      return undefined;
    }
    if (!this.session) throw new Error("the kubernetes provider was not configured");
    return new KubernetesResource(this.session);
  }
}

const changedWhereabouts = (changes: Changes) => new Set([...changes.keys()].filter((path) => whereabouts.includes(path)));

/** What the engine keeps for itself among a provider's inputs. */
function withoutInternals({ __internal, ...inputs }: Properties): Properties {
  return inputs;
}

/** Where either kubeconfig is missing or leads nowhere, it can't be told, and nothing is replaced. */
function isOtherCluster(olds: Properties, news: Properties): boolean {
  const [before, after] = [readSettings(olds), readSettings(news)].map((settings) => clusterIdentity(settings.kubeconfig, settings));
  return before !== undefined && after !== undefined && before !== after;
}
