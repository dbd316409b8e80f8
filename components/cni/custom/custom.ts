import type { Finding, Path } from "../../../core/finding";
import type { Flow } from "../../../core/flow";
import type { HostItem } from "../../../core/host";
import { mtuBudget } from "../../../core/mtu";
import type { Layer, Part, PlannedNode } from "../../../core/part";
import type { Context } from "../../../core/plan";
import { checkedPeer } from "../../../core/stack/peers";
import type { Stack } from "../../../core/stack/schema";
import { hostRoutes } from "../../routes/hostRoutes";
import { dhcpDaemons } from "../conf/dhcpDaemon";
import { fill, valuesOf } from "./fill";
import { confOf, dhcpSockets, judgeConf, programs } from "./judge";
import { customObjects } from "./manifests";
import { sourceOf, unreadable } from "./source";

const part = "cni/custom";

/** A pod network that Plumbline doesn't know: the user's configuration, with all that it needs declared in `cni.custom`. */
export function custom(context: Context): Part[] {
  const { stack } = context;
  const layers = stack.cni.custom.layers.map(({ name, ipv4, ipv6 }): Layer => ({ name, bytes: { 4: ipv4, 6: ipv6 } }));
  const { objects, findings } = customObjects(stack);
  const own: Part = {
    name: part,
    connectsPods: true,
    layers: () => layers,
    flows: () => flows(stack),
    masquerade: ({ podCIDRs }) => masquerade(stack, podCIDRs),
    host: (node) => host(context, node, layers),
    manifests: () => objects.map((object) => ({ part, object })),
    findings: () => [...judgeConf(context, layers), ...judgeFiles(context, layers), ...findings],
  };
  return stack.cni.custom.routes ? [own, hostRoutes(context)] : [own];
}

function flows({ cni, nodes }: Stack): Flow[] {
  const { name, flows } = cni.custom;
  return [
    { part, from: { kind: "pods" }, to: { kind: "pods" }, protocol: "any", why: "pods reach pods" },
    { part, from: { kind: "nodes" }, to: { kind: "pods" }, protocol: "any", why: "nodes reach pods: probes, webhooks, services" },
    ...flows.flatMap((flow): Flow[] => {
      const ends = { part, from: checkedPeer(flow.from, nodes), to: checkedPeer(flow.to, nodes), why: `${name}: ${flow.why}` };
      return [
        ...(["tcp", "udp"] as const).flatMap((protocol) =>
          flow[protocol].length > 0 ? [{ ...ends, protocol, ports: flow[protocol] }] : [],
        ),
        ...flow.protocols.map((protocol) => ({ ...ends, protocol })),
      ];
    }),
  ];
}

function masquerade({ cluster, cni }: Stack, nodeRanges: PlannedNode["podCIDRs"]) {
  const { masquerade: where, nodeRanges: fromNode } = cni.custom;
  if (where === "none") return [];
  const ranges = fromNode ? nodeRanges : cluster.podCIDRs;
  return ranges.map((from) => ({
    from,
    towardsNodes: where === "outside-and-nodes",
    why: "pods leave the cluster with the node's address",
  }));
}

function host(context: Context, node: PlannedNode, layers: readonly Layer[]): HostItem[] {
  const { cluster, cni } = context.stack;
  const { custom } = cni;
  const file = `${cni.confDir}/${custom.confFile ?? "10-plumbline.conflist"}`;
  const conf = confOf(context, node, layers);
  const run = conf ? programs(conf) : [];
  return [
    { kind: "require", what: "cni-conf-dir", value: cni.confDir },
    { kind: "require", what: "cni-winner", value: file },
    ...(cni.takeover ? [{ kind: "take-over", what: "cni-configurations" } as const] : []),
    ...(custom.nodeRanges ? [{ kind: "require", what: "node-pod-cidrs", value: node.podCIDRs.join(",") } as const] : []),
    ...run.filter((value) => !custom.installs.includes(value)).map((value) => ({ kind: "require", what: "cni-plugin", value }) as const),
    ...(custom.kernel ? [{ kind: "require", what: "kernel-version", value: custom.kernel } as const] : []),
    ...custom.modules.map((value) => ({ kind: "require", what: "kernel-module", value }) as const),
    ...(conf ? [{ kind: "file", path: file, mode: "0644", content: conf.text } as const] : []),
    ...dhcpDaemons(conf ? dhcpSockets(conf) : []),
    ...customFiles(context, node, layers).map(({ path, mode, text }) => ({ kind: "file", path, mode, content: text }) as const),
    // As for our own bridge: replies of a service's pod on the same bridge would bypass the address translation otherwise.
    ...(run.includes("bridge") ? cluster.podCIDRs : []).map(
      ({ family }): HostItem => ({ kind: "sysctl", key: `net.bridge.bridge-nf-call-ip${family === 6 ? "6" : ""}tables`, value: "1" }),
    ),
  ];
}

/** The user's files with a node's values. */
function customFiles({ stack }: Context, node: PlannedNode, layers: readonly Layer[]) {
  const values = valuesOf(node, mtuBudget(stack, layers).pods);
  return stack.cni.custom.files.map(({ path, mode, content }, index) => {
    const at: Path = ["cni", "custom", "files", index, "content"];
    const { text = "" } = sourceOf(content, at);
    return { path, mode, text: fill(text, values).text.replace(/\n*$/, "\n"), at };
  });
}

/** Whether a file's text can be carried to a host. Names of nobody's are left alone: many languages write them so. */
function judgeFiles(context: Context, layers: readonly Layer[]): Finding[] {
  const { stack, nodes } = context;
  const [first] = nodes;
  const files = first ? customFiles(context, first, layers) : [];
  const conf = first && confOf(context, first, layers);
  const units = dhcpDaemons(conf ? dhcpSockets(conf) : []).flatMap((item) => (item.kind === "file" ? [item.path] : []));
  const confFile = `${stack.cni.confDir}/${stack.cni.custom.confFile ?? "10-plumbline.conflist"}`;
  return files.flatMap(({ path, text, at }, index): Finding[] => {
    const error = (message: string, mend: string, place = at): Finding => ({ severity: "error", path: place, message, mend });
    const { content } = stack.cni.custom.files[index] ?? { content: "" };
    const odd = /[^\P{Cc}\t\n]|\p{Cs}/u.exec(text);
    const where = ["cni", "custom", "files", index, "path"];
    const isTwice = path === confFile || files.slice(0, index).some((other) => other.path === path);
    return [
      ...unreadable(content, at),
      ...(odd
        ? [error(`has the unprintable character ${JSON.stringify(odd[0])}.`, "Write text of printable characters and newlines.")]
        : []),
      ...(isTwice ? [error(`${path} is written twice.`, "Write one of the two.", where)] : []),
      ...(units.includes(path) ? [error(`${path} is Plumbline's own, for the daemon of dhcp.`, "Leave it out.", where)] : []),
    ];
  });
}
