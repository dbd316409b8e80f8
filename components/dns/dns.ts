import type { Finding } from "../../core/finding";
import type { ManifestItem, Part } from "../../core/part";
import type { Context } from "../../core/plan";
import { configHash } from "../configHash";
import { corefile } from "./corefile";
import { overwriteAnnotation } from "./handEdits";
import { judgeCorefile } from "./judge";
import { kubeletAgrees } from "./kubelet";
import { formerKey } from "./rollout/live";

const part = "dns";
const metadata = { name: "coredns", namespace: "kube-system" };
/** kubeadm's label of CoreDNS's pods, from the days of kube-dns. */
const selector = { matchLabels: { "k8s-app": "kube-dns" } };

/** CoreDNS as kubeadm installs it, with the stack's Corefile. The service `kube-dns` and its address stay as they are. */
export function dns(context: Context): Part {
  const { stack } = context;
  const text = corefile(stack);
  // Its hash tells it from one that somebody changed by hand.
  const annotations = { ...configHash(text), [formerKey]: "", ...(stack.dns.overwrite ? overwriteAnnotation : {}) };
  return {
    name: part,
    findings: (): Finding[] => judgeCorefile(stack),
    host: () => kubeletAgrees(stack),
    manifests: () => [
      {
        part,
        patch: true,
        object: { apiVersion: "v1", kind: "ConfigMap", metadata: { ...metadata, annotations }, data: { Corefile: text } },
      },
      {
        part,
        patch: true,
        object: { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: deployment(context, text) },
      },
      ...(stack.dns.disruptionBudget ? [disruptionBudget] : []),
    ],
  };
}

/** What becomes ours of kubeadm's Deployment. */
function deployment({ stack, nodes }: Context, text: string): object {
  const { replicas, spread } = stack.dns;
  return {
    ...(replicas === undefined ? {} : { replicas: replicas === "auto" ? replicasFor(nodes.length) : replicas }),
    template: {
      metadata: { annotations: configHash(text) },
      ...(spread === undefined ? {} : { spec: { topologySpreadConstraints: [spreadOver[spread]] } }),
    },
  };
}

/** The rule of thumb of the cluster-proportional-autoscaler's example for DNS: one pod for 16 nodes, and never a single one. */
export const replicasFor = (nodes: number) => Math.max(2, Math.ceil(nodes / 16));

/** Preferred, not required: a pod that finds no node of its own is better than none. */
const constraint = (topologyKey: string) => ({ maxSkew: 1, topologyKey, whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector });
const spreadOver = { nodes: constraint("kubernetes.io/hostname"), zones: constraint("topology.kubernetes.io/zone") };

const disruptionBudget: ManifestItem = {
  part,
  object: { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec: { maxUnavailable: 1, selector } },
};
