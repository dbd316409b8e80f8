import type { Finding, Path } from "../../../core/finding";
import { mtuBudget } from "../../../core/mtu";
import type { Layer, PlannedNode } from "../../../core/part";
import type { Context } from "../../../core/plan";
import { isMapping } from "../../../core/stack/values";
import { daemonNeeded, defaultSocket } from "../conf/dhcpDaemon";
import { parseJson, toValue } from "../conf/json";
import { fileKindOf, type Linted, lintConf } from "../conf/lint";
import { fill, names, valuesOf } from "./fill";
import { sourceOf, unreadable } from "./source";

const at: Path = ["cni", "custom", "conflist"];

/** The user's CNI configuration, filled in for a node. */
export interface NodeConf {
  readonly text: string;
  readonly linted: Linted;
  readonly missing: readonly string[];
}

/** Undefined: there is none, or it can't be read. */
export function confOf({ stack }: Context, node: PlannedNode, layers: readonly Layer[]): NodeConf | undefined {
  const { conflist, confFile } = stack.cni.custom;
  const text = conflist === undefined ? undefined : sourceOf(conflist, at).text;
  if (text === undefined) return undefined;
  const filled = fill(text, valuesOf(node, mtuBudget(stack, layers).pods));
  const kind = confFile === undefined ? "list" : fileKindOf(confFile);
  return { ...filled, text: filled.text.replace(/\n*$/, "\n"), linted: lintConf(filled.text, kind ? { kind } : {}) };
}

/** The rules of `plumbline cni lint`, and whether the configuration suits the plan: pods' addresses and the MTU. */
export function judgeConf(context: Context, layers: readonly Layer[]): Finding[] {
  const { conflist, confFile } = context.stack.cni.custom;
  if (conflist === undefined)
    return confFile === undefined
      ? [
          {
            severity: "error",
            path: at,
            message: "is missing: custom stands for a CNI configuration of your own.",
            mend: "Write conflist: {file: PATH}; or, where the network's own pods write it to the hosts, its name there: confFile: 10-NAME.conflist.",
          },
        ]
      : [];
  const source = sourceOf(conflist, at);
  const confs = representatives(context.nodes).flatMap((node) => {
    const conf = confOf(context, node, layers);
    return conf ? [{ node, conf }] : [];
  });
  const findings = confs.flatMap(({ node, conf }) => [
    ...conf.missing.map((name) => noValue(name, node)),
    // A place that wasn't filled in has its finding; dhcp gets its daemon.
    ...conf.linted.findings.filter(
      ({ message }) => message !== daemonNeeded && !conf.missing.some((name) => message.includes(`\${${name}}`)),
    ),
    ...(context.stack.cni.custom.nodeRanges ? strayAddresses(conf, node) : []),
    ...packets(context, conf, layers),
  ]);
  return [...unreadable(conflist, at), ...distinct(findings.map(source.tell))];
}

/** Nodes that differ in what a rule looks at: the first two, and one for each other form of ranges. */
function representatives(nodes: readonly PlannedNode[]): PlannedNode[] {
  const form = ({ podCIDRs }: PlannedNode) => podCIDRs.map(({ family, prefix }) => `${family}/${prefix}`).join();
  const forms = new Map([...nodes].reverse().map((node) => [form(node), node]));
  return nodes.filter((node, index) => index < 2 || forms.get(form(node)) === node);
}

/** One finding per place and kind of mistake: nodes' own values in messages would repeat it. */
function distinct(findings: readonly Finding[]): Finding[] {
  const key = ({ path, message }: Finding) => JSON.stringify([path, message.replaceAll(/[0-9a-f:.]+\/\d+|\bnode \S+/g, "…")]);
  return [...new Map([...findings].reverse().map((finding) => [key(finding), finding])).values()].reverse();
}

const noValue = (name: string, { name: node }: PlannedNode): Finding => ({
  severity: "error",
  path: [],
  message: (names as readonly string[]).includes(name)
    ? `\${${name}} has no value: node ${node} has no pod range of that family.`
    : `\${${name}} stands for nothing.`,
  mend: `Write one of ${names.map((one) => `\${${one}}`).join(", ")}.`,
});

/** Addresses that host-local gives out on a node, but the plan has elsewhere. */
function strayAddresses({ linted }: NodeConf, { name, podCIDRs }: PlannedNode): Finding[] {
  return linted.subnets
    .filter(({ subnet }) => !podCIDRs.some((range) => range.contains(subnet)))
    .map(({ subnet }) => ({
      severity: "error",
      path: [],
      message: `host-local gives addresses of ${subnet}, but the pod range of node ${name} is ${podCIDRs.join(" and ")}: two nodes would give one address twice, or no route leads there.`,
      mend: `Write "subnet": "\${POD_CIDR}": each node's own range is filled in.`,
    }));
}

/** Whether pods' interfaces get the MTU that the plan has room for. The kernel gives a new veth or bridge 1500. */
function packets({ stack }: Context, conf: NodeConf, layers: readonly Layer[]): Finding[] {
  const { link, pods } = mtuBudget(stack, layers);
  const mend = `Write "mtu": "\${MTU}", which is filled in.`;
  return pluginsOf(conf).flatMap(({ path, type, mtu }): Finding[] => {
    if (!["bridge", "ptp", "macvlan", "ipvlan", "vlan"].includes(type)) return [];
    if (typeof mtu === "number" && mtu > pods)
      return [{ severity: "error", path: [...path, "mtu"], message: `${mtu} bytes don't fit: pods' packets have ${pods}.`, mend }];
    if ((mtu !== undefined && mtu !== 0) || pods >= Math.min(link, 1500)) return [];
    return [{ severity: "warning", path, message: `${type} has no mtu, and pods' packets have ${pods} bytes.`, mend }];
  });
}

interface PluginEntry {
  readonly path: Path;
  readonly type: string;
  readonly mtu?: unknown;
  readonly ipam?: unknown;
}

/** The plugins of a configuration, as far as it can be read. */
function pluginsOf({ text }: NodeConf): PluginEntry[] {
  const { node } = parseJson(text);
  const root = node ? toValue(node) : undefined;
  if (!isMapping(root)) return [];
  const list: readonly [Path, unknown][] = Array.isArray(root.plugins)
    ? root.plugins.map((plugin, index) => [["plugins", index], plugin])
    : [[[], root]];
  return list.flatMap(([path, plugin]) =>
    isMapping(plugin) && typeof plugin.type === "string" ? [{ ...plugin, path, type: plugin.type }] : [],
  );
}

/** The sockets of the daemons that the configuration's `dhcp` asks for leases. */
export function dhcpSockets(conf: NodeConf): string[] {
  return pluginsOf(conf).flatMap(({ ipam }) => {
    if (!isMapping(ipam) || ipam.type !== "dhcp") return [];
    return [typeof ipam.daemonSocketPath === "string" && ipam.daemonSocketPath !== "" ? ipam.daemonSocketPath : defaultSocket];
  });
}

/** The programs that the runtime runs for a configuration. */
export function programs(conf: NodeConf): string[] {
  const named = pluginsOf(conf).flatMap(({ type, ipam }) =>
    isMapping(ipam) && typeof ipam.type === "string" ? [type, ipam.type] : [type],
  );
  return [...new Set(["loopback", ...named])];
}
