import path from "node:path";
import { stringify } from "yaml";
import { renderBundle } from "../../components/node/bundle";
import type { HostItem } from "../../core/host";
import type { RouteItem } from "../../core/hostItems/routing";
import type { FileItem, SysctlItem } from "../../core/hostItems/settings";
import type { ChartItem, ManifestItem, PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";

/** A file of the render. */
export interface RenderedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly content: string;
  /** Octal, as on the host. */
  readonly mode?: string;
}

/** The mark of our routes, as the host agent sets it (components/node/agent/start.sh). */
const routeProtocol = 117;

/** Every file, host by host and then the manifests. Lazily: the hosts of a large cluster together don't fit in memory. */
export function* renderFiles(plan: Plan): Generator<RenderedFile> {
  for (const node of plan.nodes) yield* hostFiles(plan, node);
  const digits = String(plan.manifests.length).length;
  for (const [index, item] of plan.manifests.entries()) yield manifestFile(item, String(index + 1).padStart(Math.max(2, digits), "0"));
  for (const part of plan.parts) for (const chart of part.charts?.() ?? []) yield chartFile(chart, part.name);
}

const chartFile = ({ file, values }: ChartItem, part: string): RenderedFile => ({
  path: `charts/${file}`,
  content: `# Values for a Helm chart, computed by the part ${part}.\n${stringify(values, { lineWidth: 0, aliasDuplicateObjects: false })}`,
});

function hostFiles({ stack, hostItems }: Plan, node: PlannedNode): RenderedFile[] {
  const items = hostItems(node);
  const of = <Kind extends HostItem["kind"]>(kind: Kind) =>
    items.filter((item): item is Extract<HostItem, { kind: Kind }> => item.kind === kind);
  const bundle = renderBundle({ node: node.name, confirmTimeoutSeconds: stack.rollout.confirmTimeout, items });
  const files = [
    { path: "bundle", content: bundle },
    {
      path: "plumbline.nft",
      content: of("nftables")
        .map(({ table }) => nftFile(table))
        .join(""),
    },
    { path: "routes", content: of("route").map(routeLine).join("") },
    { path: "sysctl.conf", content: of("sysctl").map(sysctlLine).join("") },
    ...of("file").map(hostFile),
  ].filter(({ content }) => content !== "");
  return files.map((file) => ({ ...file, path: `hosts/${node.name}/${file.path}` }));
}

/** As the agent loads it: one transaction that replaces the table. */
const nftFile = (table: string) => `add table inet plumbline\ndelete table inet plumbline\n${table}`;

/** A line for `ip -batch`. */
function routeLine({ destination, via }: RouteItem): string {
  return `route replace ${via ? `${destination} via ${via}` : `blackhole ${destination}`} protocol ${routeProtocol}\n`;
}

/** A line for `sysctl --load`. What is added to a list of the host's is for the host's owner to write. */
const sysctlLine = ({ key, value }: SysctlItem) =>
  value.startsWith("+") ? `# ${key}: add ${value.slice(1)} to this host's own entries\n` : `${key} = ${value}\n`;

// Normalizing an absolute path leaves no step upwards.
const hostFile = ({ path: where, content, mode }: FileItem) => ({
  path: path.posix.normalize(`/${where}`).replace(/^\/+/, ""),
  content,
  mode,
});

const patchComment = `# A patch: the object is kubeadm's; these fields are set in it, by server-side apply with the field manager plumbline.
`;

const secretComment = (files: ManifestItem["secretFiles"]) =>
  Object.entries(files ?? {})
    .map(([key, file]) => `# Its ${key} is what the file ${file} holds when the stack is applied: secrets are not written here.\n`)
    .join("");

function manifestFile({ object, patch, part, secretFiles }: ManifestItem, number: string): RenderedFile {
  const name = `${number}-${part}-${object.kind}-${object.metadata.name}`.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-");
  const comment = `# Declared by the part ${part}.\n${patch ? patchComment : ""}${secretComment(secretFiles)}`;
  return { path: `manifests/${name}.yaml`, content: `${comment}${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}` };
}
