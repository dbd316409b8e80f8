import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject, V1Node } from "@kubernetes/client-node";
import type { Cluster, Nodes, Reference } from "../../../components/cluster";
import { type Action, cordonedFor, daemonSet, label, networkAvailable, type Proof } from "../../../components/cni/migration/actions";
import { isForeign, leftovers } from "../../../components/cni/migration/leftovers";
import { UserError } from "../../../core/finding";
import type { Plan } from "../../../core/plan";
import { drain, podsOn, stays } from "./drain";
import type { Hosts } from "./host";
import { isReadyPod, missingOn, podName, rollout, shortDeployments, until } from "./wait";

/** What actions are carried out with. */
export interface Means {
  readonly cluster: Cluster & Nodes;
  readonly hosts: Hosts;
  readonly plan: Plan;
  /** The network that the cluster is led away from. */
  readonly from: string;
  /** The command that applies the stack. */
  readonly apply: string;
  /** Runs a command on this machine, its output shown. @throws UserError when it fails. */
  readonly type: (command: string) => Promise<void>;
  /** @throws UserError with the checks that failed. */
  readonly verify: (proof: Proof) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Carries actions out, one after the other. Each may have been done before: then it changes nothing. */
export function makeCarryOut({ cluster, hosts, plan, from, apply, type, verify, signal }: Means): (action: Action) => Promise<void> {
  /** By node: when it started last, and which of the pods that stay were ready before. */
  const starts = new Map<string, number>();
  const ready = new Map<string, ReadonlySet<string>>();

  const nodeOf = (name: string) => ({ apiVersion: "v1", kind: "Node", metadata: { name } });
  const deployments = plan.manifests.map(({ object }) => object).filter(({ kind }) => kind === "Deployment");
  const agents = () => (isForeign(from) ? leftovers[from].agents.map(daemonSet) : []);

  async function cordon(nodes: readonly string[], why: string): Promise<void> {
    for (const name of nodes) {
      const { metadata, spec } = (await cluster.read(nodeOf(name))) as V1Node;
      // Somebody else's stays as it is.
      if (spec?.unschedulable && metadata?.annotations?.[cordonedFor] === undefined) continue;
      await cluster.patch(nodeOf(name), { metadata: { annotations: { [cordonedFor]: why } }, spec: { unschedulable: true } });
    }
  }

  async function uncordon(nodes: readonly string[], why: string): Promise<void> {
    for (const name of nodes) {
      const { metadata } = (await cluster.read(nodeOf(name))) as V1Node;
      if (metadata?.annotations?.[cordonedFor] !== why) continue;
      await cluster.patch(nodeOf(name), { metadata: { annotations: { [cordonedFor]: null } }, spec: { unschedulable: null } });
    }
  }

  async function setLabel(nodes: readonly string[], value: string | null): Promise<void> {
    for (const name of nodes) await cluster.patch(nodeOf(name), { metadata: { labels: { [label]: value } } });
  }

  /** Its agents write their configuration when they start, so they have to be up before another one takes over. */
  async function pin(object: Reference, fields: object): Promise<void> {
    if ((await cluster.read(object)) === undefined) return;
    await cluster.patch(object, fields);
    await until(async () => {
      for (const agent of agents()) {
        const found = await cluster.read(agent);
        if (!found) continue;
        const { namespace, name } = agent.metadata;
        if (object.kind !== "DaemonSet" && !isPinned(found)) return `DaemonSet ${namespace}/${name} hasn't got the node selector ${label}.`;
        if (!isPinned(found)) continue;
        const missing = await rollout(cluster, agent);
        if (missing) return missing;
      }
      return undefined;
    }, signal);
  }

  async function awaitNode(node: string): Promise<void> {
    await until(() => missingOn(cluster, node, starts.get(node) ?? 0, ready.get(node) ?? new Set()), signal, true);
    const others = (await cluster.list<V1Node>("v1", "Node")).filter(({ spec }) => !spec?.unschedulable);
    // What was on it has to run elsewhere before anything is proven.
    if (others.length > 0) await until(() => shortDeployments(cluster, deployments), signal);
  }

  async function remove(objects: readonly Reference[]): Promise<void> {
    for (const object of objects) await cluster.remove(object);
    await until(async () => {
      const there = await Promise.all(objects.map((object) => cluster.read(object)));
      const left = there.filter((object) => object !== undefined).map((object) => `${object.kind} ${object.metadata?.name}`);
      return left.length === 0 ? undefined : `${left.join(", ")} can't be removed; see its finalizers.`;
    }, signal);
  }

  async function removeDefinitions(groups: readonly string[]): Promise<void> {
    const definitions = await cluster.list("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    const own = definitions.filter(({ metadata }) => groups.some((group) => metadata?.name?.endsWith(`.${group}`)));
    await remove(own.map(({ metadata }) => definitionOf(metadata?.name ?? "")));
  }

  async function onHost(node: string, script: string, isEmpty: boolean): Promise<void> {
    const { code, stdout, stderr } = await hosts.run(node, script);
    if (isEmpty) {
      const left = stdout.trim();
      if (left)
        throw new UserError(
          `Something of ${from} is left on ${node} after its restart:\n  ${left.replaceAll("\n", "\n  ")}\n  Find what makes it anew there.`,
        );
    } else if (code !== 0) throw new UserError(`On ${node} \`${script}\` ended with ${code}: ${stderr.trim() || "it said nothing"}`);
  }

  async function whileFreeing(nodes: readonly string[], work: () => Promise<void>): Promise<void> {
    const over = new AbortController();
    const freeing = free(nodes, over.signal);
    try {
      await work();
    } finally {
      over.abort();
      await freeing;
    }
  }

  /** Uncordons each node when its host has confirmed our configuration. The cluster and the hosts may be away meanwhile; what is left is uncordoned later. */
  async function free(nodes: readonly string[], over: AbortSignal): Promise<void> {
    const left = new Set(nodes);
    while (left.size > 0 && !over.aborted) {
      for (const node of left) {
        try {
          if ((await hosts.run(node, hasOurs)).code !== 0) continue;
          await uncordon([node], "addresses");
          left.delete(node);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }
      await sleep(2000, undefined, { signal: over }).catch(() => undefined);
    }
  }

  return async (action) => {
    switch (action.kind) {
      case "compare pod ranges":
        return; // Before anything else, with the other things that have to be so.
      case "cordon":
        return cordon(action.nodes, action.why);
      case "uncordon":
        return uncordon(action.nodes, action.why);
      case "label":
        return setLabel(action.nodes, "true");
      case "unlabel":
        return setLabel(action.nodes, null);
      case "drain": {
        const pods = await podsOn(cluster, action.node);
        ready.set(action.node, new Set(pods.filter((pod) => stays(pod) && isReadyPod(pod) && !isAgentOf(pod)).map(podName)));
        return drain(cluster, action.node, signal);
      }
      case "restart":
        starts.set(action.node, await hosts.restart(action.node, signal));
        return;
      case "await node":
        return awaitNode(action.node);
      case "take mark away":
        return cluster.setCondition(action.node, networkAvailable);
      case "pin":
        return pin(action.object, action.fields);
      case "patch":
        return cluster.patch(action.object, action.fields);
      case "await rollout":
        return until(() => rollout(cluster, action.object), signal);
      case "remove":
        return remove(action.objects);
      case "remove all": {
        const { definition, apiVersion, objectKind } = action;
        if ((await cluster.read(definitionOf(definition))) === undefined) return;
        const objects = await cluster.list<KubernetesObject>(apiVersion, objectKind);
        return remove(objects.map(({ metadata }) => ({ apiVersion, kind: objectKind, metadata: { name: metadata?.name ?? "" } })));
      }
      case "remove definitions":
        return removeDefinitions(action.groups);
      case "uninstall": {
        const there = await Promise.all(agents().map((agent) => cluster.read(agent)));
        return there.some((agent) => agent !== undefined) ? type(action.command) : undefined;
      }
      case "host":
        return onHost(action.node, action.script, action.isEmpty ?? false);
      case "apply":
        return whileFreeing(action.frees ?? [], () => type(apply));
      case "verify":
        return verify(action);
    }
  };

  /** Those of the former network go with the label. */
  function isAgentOf({ metadata }: KubernetesObject): boolean {
    return agents().some(
      (agent) =>
        agent.metadata.namespace === metadata?.namespace && metadata?.ownerReferences?.some(({ name }) => name === agent.metadata.name),
    );
  }
}

/** Whether the confirmed state of a host has our configuration of the pod network (components/node/agent/state.sh). */
const hasOurs = 'cd /var/lib/plumbline && grep -rqF 10-plumbline.conflist "generations/$(cat current)"';

const definitionOf = (name: string) => ({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name } });

const isPinned = (object: KubernetesObject) =>
  (object as { spec?: { template?: { spec?: { nodeSelector?: Record<string, string> } } } }).spec?.template?.spec?.nodeSelector?.[label] ===
  "true";
