import type { HostItem } from "../../core/host";
import type { HostNameItem, ResolverItem } from "../../core/hostItems/names";
import type { PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import type { HostNames, HostResolver } from "../../core/stack/hostNames";
import { fileHeader } from "../node/fileHeader";

/** What a host knows names by. The API server's, where the kubelet has one, has to go on working; so has a resolver that did. */
export function nameItems(settings: { hosts?: HostNames; resolver?: HostResolver }, context: Context, node: PlannedNode): HostItem[] {
  const items = [...hostNames(settings.hosts ?? {}, context, node), ...(settings.resolver ? [resolverItem(settings.resolver)] : [])];
  const probes = settings.resolver ? (["api-name", "resolver"] as const) : (["api-name"] as const);
  return items.length === 0 ? [] : [...items, ...probes.map((protocol) => ({ kind: "probe", protocol }) as const)];
}

/** A node's own name is left to the node: Debian has it in the file already, with a loopback address. */
function hostNames({ nodes = false, entries = [] }: HostNames, context: Context, node: PlannedNode): HostNameItem[] {
  const others = nodes ? context.nodes.filter(({ name }) => name !== node.name) : [];
  return [
    ...others.flatMap(({ name, address }) => address.map((one) => ({ kind: "host-name", address: String(one), names: [name] }) as const)),
    ...entries.map(({ address, names }) => ({ kind: "host-name", address: String(address), names }) as const),
  ];
}

function resolverItem({ nameservers, search = [], options = [] }: HostResolver): ResolverItem {
  const lines = [
    ...nameservers.map((address) => `nameserver ${address}\n`),
    ...(search.length > 0 ? [`search ${search.join(" ")}\n`] : []),
    ...(options.length > 0 ? [`options ${options.join(" ")}\n`] : []),
  ];
  return { kind: "resolver", content: `${fileHeader}${lines.join("")}` };
}
