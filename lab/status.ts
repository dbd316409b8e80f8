import { isRunning } from "./nspawn";
import { attemptOn } from "./ssh";
import { accessFolder, liveState } from "./state";
import { type HostRole, isClusterNode, type Lab, labHosts } from "./topology";

export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly role: HostRole;
  /** `unreachable`: it runs, but lets nobody in. */
  readonly state: "running" | "stopped" | "unreachable";
}

export interface NodeStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly podCIDR: string;
}

export interface LabStatus {
  /** `partial`: its bring-up is at work or died, or a host isn't running. */
  readonly state: "up" | "partial" | "down";
  readonly bridge: string;
  /** The keys, known_hosts and kubeconfig. */
  readonly accessFolder: string;
  readonly hosts: readonly HostStatus[];
  /** As the API server sees them; none without a cluster, or when it doesn't answer. */
  readonly nodes: readonly NodeStatus[];
}

/** Looks at the lab without changing anything. */
export async function labStatus(lab: Lab): Promise<LabStatus> {
  const common = { bridge: lab.bridge, accessFolder: accessFolder(lab) };
  const state = liveState(lab);
  if (!state) return { state: "down", ...common, hosts: [], nodes: [] };
  const hosts = await Promise.all(
    labHosts(lab, state.shape).map(async (host): Promise<HostStatus> => {
      if (!isRunning(lab, host)) return { ...host, state: "stopped" };
      const { code } = await attemptOn(lab, host, "true");
      return { ...host, state: code === 0 ? "running" : "unreachable" };
    }),
  );
  const isWhole = state.complete && hosts.every((host) => host.state === "running");
  return { state: isWhole ? "up" : "partial", ...common, hosts, nodes: await nodeStatus(lab, hosts) };
}

/** For people: a line per host. */
export function describeStatus(status: LabStatus): string {
  if (status.state === "down") return 'The lab is down. Start it with "plumbline lab up".\n';
  const title = status.state === "up" ? "The lab is up" : 'The lab isn\'t whole; "plumbline lab up" mends it';
  const width = Math.max(13, ...status.hosts.map(({ address }) => address.length));
  const lines = status.hosts.map((host) => {
    const node = status.nodes.find((each) => each.name === host.name);
    const words = node ? [node.ready ? "Ready" : "NotReady", `pods ${node.podCIDR}`] : [];
    return `  ${[host.name.padEnd(7), host.address.padEnd(width), host.role.padEnd(14), host.state, ...words].join(" ").trimEnd()}\n`;
  });
  return `${title}, on the bridge ${status.bridge}:\n${lines.join("")}Keys${status.nodes.length > 0 ? " and kubeconfig" : ""}: ${status.accessFolder}\n`;
}

interface ApiNode {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly podCIDR?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function nodeStatus(lab: Lab, hosts: readonly HostStatus[]): Promise<NodeStatus[]> {
  const controlPlane = hosts.find((host) => isClusterNode(host) && host.state === "running");
  if (!controlPlane) return [];
  const answer = await attemptOn(lab, controlPlane, "kubectl get nodes --output json --request-timeout 5s");
  if (answer.code !== 0) return [];
  const { items } = JSON.parse(answer.stdout) as { items: readonly ApiNode[] };
  return items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    ready: status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false,
    podCIDR: spec.podCIDR ?? "",
  }));
}
