import type { PlannedNode } from "../../../core/part";
import type { Stack } from "../../../core/stack/schema";
import type { Reference } from "../../cluster";

/** One thing that a step does: as a command to read and to type, and as data that `plumbline migrate --run` carries out. */
export type Action = {
  /** On the machine from which the cluster is administered. Absent: `--run` alone does it. */
  readonly command?: string;
} & (
  | { readonly kind: "compare pod ranges" }
  | { readonly kind: "cordon" | "uncordon"; readonly nodes: readonly string[]; readonly why: CordonReason }
  | { readonly kind: "label" | "unlabel"; readonly nodes: readonly string[] }
  | { readonly kind: "await rollout"; readonly object: Reference }
  | { readonly kind: "drain" | "restart" | "await node" | "take mark away"; readonly node: string }
  /** Keeps a DaemonSet to labelled nodes, by its own template or the object that it is made from. Nothing happens where there is no such object. */
  | { readonly kind: "pin"; readonly object: Reference; readonly fields: object }
  /** Sets fields of an object, which has to be there. */
  | { readonly kind: "patch"; readonly object: Reference; readonly fields: object }
  | { readonly kind: "remove"; readonly objects: readonly Reference[] }
  /** All objects of a kind, where the cluster has the CustomResourceDefinition of that name. */
  | { readonly kind: "remove all"; readonly definition: string; readonly apiVersion: string; readonly objectKind: string }
  /** CustomResourceDefinitions by the ends of their names. */
  | { readonly kind: "remove definitions"; readonly groups: readonly string[] }
  /** A program on this machine, as long as the former network's agents are there. */
  | { readonly kind: "uninstall"; readonly command: string }
  /** A shell script on the host, as root. `isEmpty`: what it prints is what is wrong. */
  | { readonly kind: "host"; readonly node: string; readonly script: string; readonly isEmpty?: boolean }
  /**
   * `frees`: nodes that were cordoned because of addresses; each is uncordoned as soon as its host is done. Else the rollouts that the same apply waits for,
   * CoreDNS' for example, would have no node.
   */
  | { readonly kind: "apply"; readonly frees?: readonly string[] }
  | ({ readonly kind: "verify" } & Proof)
);

/** What is proven with packets. */
export interface Proof {
  /** Or only that the nodes which are on the new network already reach each other. */
  readonly of: "everything" | "switched nodes";
  /** A node has just started: what fails may be late. */
  readonly isFresh?: boolean;
}

/** So that no pod gets an address that another has; or because the node changes. */
export type CordonReason = "addresses" | "switch";

/** The annotation of a node that `--run` cordoned, with the reason. Others are somebody else's, and stay cordoned. */
export const cordonedFor = "plumbline.dev/cordoned-for";

/** What there is to type. */
export const commandsOf = (actions: readonly Action[]): string[] => actions.flatMap(({ command }) => command ?? []);

/** Nodes with this label still have the former network's agent. */
export const label = "plumbline.dev/former-pod-network";

export const onNodes = (kind: "cordon" | "uncordon", why: CordonReason, nodes: readonly string[]): Action => ({
  kind,
  why,
  nodes,
  command: `kubectl ${kind} ${nodes.join(" ")}`,
});

/** calico-node sets the condition to True when it ends (node/pkg/lifecycle), and only it sets it back. */
export const networkAvailable = { type: "NetworkUnavailable", status: "False", reason: "PodNetworkChanged" };

/** @param script each of its commands that needs it begins with sudo. */
export const onHost = (stack: Stack, node: PlannedNode, script: string, isEmpty = false): Action => ({
  kind: "host",
  node: node.name,
  // It is run as root.
  script: script.replaceAll("sudo ", ""),
  command: `${shell(stack, node)} "${script}"`,
  isEmpty,
});

export const restart = (stack: Stack, node: PlannedNode): Action => ({
  kind: "restart",
  node: node.name,
  command: `${shell(stack, node)} "sudo systemctl reboot"`,
});

/** The words with which a command reaches the node. */
function shell({ ssh }: Stack, { address, ssh: own }: PlannedNode): string {
  const { bastion } = ssh;
  const jump = bastion ? `-J ${bastion.user ?? ssh.user}@${bastion.host}${bastion.port === 22 ? "" : `:${bastion.port}`} ` : "";
  const port = own.port ?? ssh.port;
  return `ssh ${jump}${port === 22 ? "" : `-p ${port} `}${own.user ?? ssh.user}@${own.host ?? address[0]}`;
}

const selector = { nodeSelector: { [label]: "true" } };

/** @param agent `namespace/name` */
export const daemonSet = (agent: string): Reference => {
  const [namespace = "", name = ""] = agent.split("/");
  return { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { namespace, name } };
};

export function pinDaemonSet(agent: string): Action {
  const object = daemonSet(agent);
  const fields = { spec: { template: { spec: selector } } };
  const { namespace, name } = object.metadata;
  return {
    kind: "pin",
    object,
    fields,
    command: `kubectl -n ${namespace} patch daemonset ${name} --type merge -p '${JSON.stringify(fields)}'`,
  };
}

/** Tigera's operator makes the DaemonSet from it. */
export function pinInstallation(): Action {
  const fields = { spec: { calicoNodeDaemonSet: { spec: { template: { spec: selector } } } } };
  return {
    kind: "pin",
    object: { apiVersion: "operator.tigera.io/v1", kind: "Installation", metadata: { name: "default" } },
    fields,
    command: `kubectl patch installation.operator.tigera.io default --type merge -p '${JSON.stringify(fields)}'`,
  };
}

const kinds: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  namespace: ["v1", "Namespace"],
  serviceaccount: ["v1", "ServiceAccount"],
  configmap: ["v1", "ConfigMap"],
  daemonset: ["apps/v1", "DaemonSet"],
  deployment: ["apps/v1", "Deployment"],
  role: ["rbac.authorization.k8s.io/v1", "Role"],
  rolebinding: ["rbac.authorization.k8s.io/v1", "RoleBinding"],
  clusterrole: ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  clusterrolebinding: ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding"],
};

/** @param names as kubectl takes them: `daemonset/weave-net` */
export function removeObjects(names: readonly string[], namespace?: string): Action {
  const objects = names.map((text): Reference => {
    const [word = "", name = ""] = text.split("/");
    const [apiVersion, kind] = kinds[word] ?? [];
    if (!apiVersion || !kind) throw new Error(`no kind ${word} is known here`);
    return { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } };
  });
  return { kind: "remove", objects, command: `kubectl ${namespace ? `-n ${namespace} ` : ""}delete ${names.join(" ")} --ignore-not-found` };
}

export function removeNamespaces(names: readonly string[]): Action {
  const objects = names.map((name): Reference => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  return { kind: "remove", objects, command: `kubectl delete namespace ${names.join(" ")} --ignore-not-found` };
}

/** @param groups the API groups' names, without the dots around them. */
export function removeDefinitions(groups: readonly string[]): Action {
  const escaped = groups.map((group) => group.replaceAll(".", "[.]"));
  const pattern = escaped.length === 1 ? escaped[0] : `(${escaped.join("|")})`;
  return {
    kind: "remove definitions",
    groups,
    command: `kubectl get crd -o name | grep -E '[.]${pattern}$' | xargs -r kubectl delete`,
  };
}
