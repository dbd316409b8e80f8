import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { showFinding, UserError } from "../core/finding";
import type { ManifestItem } from "../core/part";
import type { Plan } from "../core/plan";
import type { Stack } from "../core/stack/schema";
import { ClusterObjects } from "./ClusterObjects";
import { announceNetworkChange } from "./cni/migration/announce";
import { changeAnnotation, underWay } from "./cni/migration/progress";
import { recordAnnotation } from "./cni/migration/record";
import { handEdits, interrupted } from "./dns/handEdits";
import { type LiveDefinition, whyLeft } from "./ingress/gatewayApi/live";
import { readLive } from "./ingress/gatewayApi/readLive";
import { findingsWithCluster } from "./ingress/readCluster";
import { kubeconfigText } from "./kubeconfig";
import { type ArgsPlan, type ClusterNetworkArgs, planArgs } from "./networkArgs";
import { requireComplete, type SshAccess, sshAccess } from "./node/access";
import { applyScript, generationOf } from "./node/bundle";
import { NodeNetwork } from "./node/NodeNetwork";
import { nodeBundle } from "./node/nodeBundle";
import { announceModeChange } from "./proxy/showChange";
import { waves } from "./rollout";
import { WriteHooks } from "./writeHooks";

/**
 * The network of one cluster: hosts first, in waves, then the objects in the cluster.
 *
 * @example
 * new ClusterNetwork("prod", {
 *   cluster: { kubeconfig: "prod.kubeconfig" },
 *   nodes: [{ name: "cp1", roles: ["control-plane", "etcd"], address: vm.privateIp, podCIDRs: ["10.244.0.0/24"] }],
 *   ssh: { user: "ops", privateKeyFile: "id" },
 * });
 * @throws StackError with every mistake of the arguments, before anything is registered.
 */
export class ClusterNetwork extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    const planned = planArgs(args);
    // Arguments of components are stored in the state as they are, so none are passed on: they may hold secrets.
    super("plumbline:index:ClusterNetwork", name, {}, options);
    for (const finding of planned.plan.findings) pulumi.log.warn(`${finding.message} ${finding.mend}`, this);
    const confirmed = this.hosts(name, args, planned);
    this.objects(name, args, planned.plan, confirmed);
    this.registerOutputs();
  }

  /** Gives the confirmations of the last wave, which waited for all the others. */
  private hosts(name: string, args: ClusterNetworkArgs, { plan, text }: ArgsPlan): pulumi.Resource[] {
    const connections = nodeConnections(args, { plan, text });
    let before: pulumi.Resource[] = [];
    for (const wave of waves(plan)) {
      before = wave.map((node) => {
        const bundle = (whole: Plan) => nodeBundle(whole, node.name);
        const connection = connections.get(node.name);
        if (!connection) throw new Error(`no connection for ${node.name}`);
        const hostArgs = {
          node: node.name,
          connection,
          script: text((whole) => applyScript(bundle(whole))),
          generation: text((whole) => generationOf(bundle(whole))),
          sudo: (node.ssh.user ?? plan.stack.ssh.user) !== "root",
        };
        return new NodeNetwork(`${name}-${node.name}`, hostArgs, { parent: this, dependsOn: before }).confirmed;
      });
    }
    return before;
  }

  private objects(name: string, args: ClusterNetworkArgs, plan: Plan, hosts: pulumi.Resource[]): void {
    const kubeconfig = args.kubeconfig ?? requireKubeconfig(plan.stack, args.baseDirectory ?? ".");
    if (kubeconfig === undefined) return;
    const provider = new k8s.Provider(
      name,
      { kubeconfig: pulumi.secret(kubeconfig), enableConfigMapMutable: true, enableSecretMutable: true },
      { parent: this },
    );
    if (pulumi.runtime.isDryRun() && kubeconfig !== unreachable) {
      this.announce(name, plan, provider);
      pulumi.output(kubeconfig).apply((text) => this.judgeIngress(plan, text));
    }
    const parts = plan.parts
      .map(({ name: part, connectsPods, manifests }) => ({ name: part, connectsPods, items: manifests?.() ?? [] }))
      .filter(({ items }) => items.length > 0);
    const hooks = knowsHooks() && kubeconfig !== unreachable ? new WriteHooks(name, plan.stack, kubeconfig, this) : undefined;
    const adopted = kubeconfig === unreachable ? [] : [this.adoptedCorefile(name, plan, provider)];
    const register = (chosen: typeof parts, before: pulumi.Input<pulumi.Resource[]>): pulumi.Resource[] =>
      chosen.map((part) => {
        const dependsOn =
          part.name === "dns" ? pulumi.all([before, pulumi.all(adopted)]).apply(([made, read]) => [...made, ...read]) : before;
        const options = { parent: this, provider, dependsOn };
        return new ClusterObjects(`${name}-${part.name}`, part.items, args.baseDirectory ?? ".", options, hooks);
      });
    const network = register(
      parts.filter(({ connectsPods }) => connectsPods),
      hosts,
    );
    // kubeadm's own objects first: with its CoreDNS rolled out there are nodes that take pods, and what we add isn't called ready too early.
    const isKubeadms = ({ items }: { items: readonly ManifestItem[] }) => items.every(({ patch }) => patch);
    const foundation = register(parts.filter(isKubeadms), [...hosts, ...network]);
    const isShared = ({ items }: { items: readonly ManifestItem[] }) => items.every(({ shared }) => shared);
    const definitions = parts.filter(isShared);
    const added = parts.filter((part) => !part.connectsPods && !isKubeadms(part) && !isShared(part));
    if (definitions.length === 0) return void register(added, [...hosts, ...network, ...foundation]);
    // Which definitions are left alone, only the cluster knows.
    const defined = pulumi.output(kubeconfig).apply(async (text): Promise<pulumi.Resource[]> => {
      const why = whyLeft(
        await liveDefinitions(
          text,
          definitions.flatMap(({ items }) => items),
        ),
      );
      if (why) pulumi.log.warn(why, this);
      return why ? [] : register(definitions, hosts);
    });
    register(
      added,
      defined.apply((made) => [...hosts, ...network, ...foundation, ...made]),
    );
  }

  /** The Corefile of the cluster; an error when somebody's own words in it would be lost. */
  private adoptedCorefile(name: string, { stack }: Plan, provider: k8s.Provider): pulumi.Output<pulumi.Resource> {
    const now = k8s.core.v1.ConfigMap.get(`${name}-coredns-now`, "kube-system/coredns", { parent: this, provider });
    return pulumi.all([now.data, now.metadata]).apply(([data, metadata]) => {
      const edits = handEdits({ text: data?.Corefile, annotations: metadata?.annotations }, stack);
      if (edits) throw new pulumi.RunError(edits);
      const broken = interrupted({ text: data?.Corefile, annotations: metadata?.annotations }, stack);
      if (broken) pulumi.log.warn(broken, this);
      return now;
    });
  }

  /** How the stack's Ingresses go together with what else is in the cluster. */
  private async judgeIngress(plan: Plan, kubeconfig: string): Promise<void> {
    try {
      for (const finding of await findingsWithCluster(plan, kubeconfig, new Date())) pulumi.log.warn(showFinding(finding), this);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      pulumi.log.warn(`The ingress wasn't judged together with what the cluster has. ${error.message}`, this);
    }
  }

  /** What a change of the pod network or of kube-proxy's mode will mean. What there is now, only the cluster knows. */
  private announce(name: string, plan: Plan, provider: k8s.Provider): void {
    const { metadata } = k8s.core.v1.Namespace.get(`${name}-pod-network-now`, "kube-system", { parent: this, provider });
    metadata.apply((now) => {
      const change = announceNetworkChange(now.annotations?.[recordAnnotation], plan);
      if (change) pulumi.log[change.isSafe ? "info" : "warn"](change.text, this);
      const begun = underWay(now.annotations?.[changeAnnotation]);
      if (begun) pulumi.log.info(begun, this);
    });
    // With kube-proxy on the hosts, what is left of that ConfigMap says nothing.
    if (plan.stack.proxy.mode === "none" || plan.stack.proxy.runs === "host") return;
    const { data } = k8s.core.v1.ConfigMap.get(`${name}-kube-proxy-now`, "kube-system/kube-proxy", { parent: this, provider });
    data.apply((now) => {
      const change = announceModeChange(now["config.conf"], plan);
      if (change) pulumi.log.warn(change, this);
    });
  }
}

/** Pulumi's mocks, by which users test their programs, know no hooks: they have no cluster either. */
const knowsHooks = () => "registerResourceHook" in (pulumi.runtime.getMonitor() ?? {});

/** A preview may do without: it then shows all of them. */
async function liveDefinitions(kubeconfig: string, items: readonly ManifestItem[]): Promise<LiveDefinition[]> {
  try {
    return await readLive(
      kubeconfig,
      items.map(({ object }) => object.metadata.name),
    );
  } catch (error) {
    if (!(error instanceof UserError) || !pulumi.runtime.isDryRun()) throw error;
    return [];
  }
}

/** How to dial each node, as a secret. */
function nodeConnections(args: ClusterNetworkArgs, { plan, text }: ArgsPlan) {
  const { stack } = plan;
  const accesses = stack.nodes.map((node, index) => {
    const given = args.nodes[index]?.ssh;
    const access = sshAccess(stack, node, { baseDirectory: args.baseDirectory ?? "." });
    const address = text((whole) => String(whole.nodes[index]?.address[0]));
    return {
      node: node.name,
      access,
      host: given?.host ?? address,
      hostKey: given?.hostKey ?? access.hostKey,
      privateKey: args.privateKey ?? access.privateKey,
    };
  });
  requireKeys(
    stack,
    accesses.map(({ node, access, hostKey, privateKey }) => ({
      node,
      access: {
        ...access,
        ...(hostKey === undefined ? {} : { hostKey: "given" }),
        ...(privateKey === undefined ? {} : { privateKey: "given" }),
      },
    })),
  );
  return new Map(
    accesses.map(({ node, access: { user, port, bastion, agentSocketPath }, host, hostKey, privateKey }) => {
      const dial = {
        ...(privateKey === undefined ? {} : { privateKey }),
        ...(agentSocketPath === undefined ? {} : { agentSocketPath }),
        dialErrorLimit: 3,
        perDialTimeout: 10,
      };
      const proxy = bastion ? { proxy: { ...bastion, ...dial } } : {};
      return [node, pulumi.secret({ host, user, port, ...(hostKey === undefined ? {} : { hostKey }), ...dial, ...proxy })] as const;
    }),
  );
}

/** A preview may do without keys: it dials nobody. */
function requireKeys(stack: Stack, accesses: readonly { node: string; access: SshAccess }[]): void {
  try {
    requireComplete(stack, accesses);
  } catch (error) {
    if (!(error instanceof UserError) || !pulumi.runtime.isDryRun()) throw error;
    pulumi.log.warn(`\`pulumi up\` will stop here:\n${error.message}`);
  }
}

/** A kubeconfig that reaches nothing, for previews on a machine without the real one. */
const unreachable = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  users: [{ name: "none", user: {} }],
  "current-context": "none",
});

/** A preview may do without: it then compares with nothing. */
function requireKubeconfig(stack: Stack, baseDirectory: string): string | undefined {
  try {
    return kubeconfigText(stack, baseDirectory);
  } catch (error) {
    if (!(error instanceof UserError) || !pulumi.runtime.isDryRun()) throw error;
    pulumi.log.warn(`\`pulumi up\` will stop here:\n${error.message}`);
    return unreachable;
  }
}
