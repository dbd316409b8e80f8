import { createHash } from "node:crypto";
import { compareCidrs } from "../../core/cidr";
import type { HostItem } from "../../core/host";
import { agent, look } from "./agent";
import { type Entry, toEntry } from "./entries";
import { word } from "./lineValues";

/** The desired network state of one host. */
export interface Bundle {
  /** The node's name, as errors from the host say it. */
  readonly node: string;
  /** How long the host waits for the confirmation before it goes back by itself, in whole seconds. */
  readonly confirmTimeoutSeconds: number;
  /** In any order; equal items are one. */
  readonly items: readonly HostItem[];
}

/**
 * The desired state as text, made to be read as a line diff: one line per item in the order of {@link kinds} and then by key; below a file and the
 * nftables table, its lines behind a bar. The agent reads this text and nothing else, so what it says is what a host gets.
 *
 *     file 0644 /etc/cni/net.d/10-plumbline.conflist
 *     | {
 *     |   "cniVersion": "1.0.0"
 *     | }
 *     route 10.244.1.0/24 via 10.100.0.21
 *
 * @throws Error for items that contradict each other (naming both) and for values that can't be written in a line.
 */
export function renderBundle({ node, confirmTimeoutSeconds, items }: Bundle): string {
  if (!Number.isInteger(confirmTimeoutSeconds) || confirmTimeoutSeconds < 1) {
    throw new Error(`confirm-timeout ${confirmTimeoutSeconds} is not a whole number of seconds from 1.`);
  }
  const entries = new Map<string, Entry>();
  for (const entry of items.map(toEntry)) {
    const key = `${entry.kind} ${entry.key}`;
    const other = entries.get(key);
    if (other && text(other) !== text(entry)) throw new Error(`Two different items for one ${key}: ${show(other)} and ${show(entry)}.`);
    entries.set(key, entry);
  }
  const sorted = parentsFirst([...entries.values()].sort(compareEntries));
  const head = `plumbline bundle 1\nnode ${word(node, "the node's name")}\nconfirm-timeout ${confirmTimeoutSeconds}\n`;
  return head + sorted.map(text).join("");
}

/** The bundle's name on the host and in messages: the first 12 hex digits of its SHA-256. */
export function generationOf(bundle: string): string {
  return createHash("sha256").update(bundle).digest("hex").slice(0, 12);
}

/**
 * What root's shell gets on its stdin (`sh -s`) to apply a bundle. The bundle comes first, for the reader of a preview; then the agent; the call is
 * the last line, so that a truncated script does nothing. The agent runs from a file and reads only the bundle, never the rest of this script.
 */
export function applyScript(bundle: string): string {
  return scriptFor(bundle, agent(), `apply ${generationOf(bundle)}`);
}

/** What root's shell gets on its stdin to say what an apply of this bundle would refuse, and facts about the host. It changes nothing. */
export function lookScript(bundle: string): string {
  return scriptFor(bundle, look(), "look");
}

function scriptFor(bundle: string, program: string, call: string): string {
  return `bundle() { cat <<'END OF BUNDLE'
${bundle}END OF BUNDLE
}
agent() { cat <<'END OF AGENT'
${program}END OF AGENT
}
main() {
  umask 077
  dir=$(mktemp -d /run/plumbline.XXXXXX) && agent >"$dir/agent" || exit 1
  bundle | sh "$dir/agent" "$@"
  status=$?
  rm -rf "$dir"
  exit "$status"
}
main ${call}
`;
}

/** The order of a bundle. */
const kinds: readonly HostItem["kind"][] = [
  "require",
  "kubelet",
  "probe",
  "sysctl",
  "file",
  "host-name",
  "resolver",
  "namespace",
  "link",
  "link-peer",
  "software-checksums",
  "ovs-bridge",
  "ovs-port",
  "port",
  "foreign-link",
  "cni-network",
  "link-mtu",
  "address",
  "namespace-route",
  "neighbour",
  "fdb",
  "take-over",
  "route",
  "static-route",
  "rule",
  "accept-forwarded",
  "nftables",
  "service",
];

function text({ line, content }: Entry): string {
  const below = content === undefined ? [] : content.split("\n").slice(0, -1);
  return [line, ...below.map((one) => (one === "" ? "|" : `| ${one}`)), ""].join("\n");
}

function show({ line, content }: Entry): string {
  return content === undefined ? line : `${line} (${generationOf(content)})`;
}

function compareEntries(a: Entry, b: Entry): number {
  if (a.destination && b.destination) return compareCidrs(a.destination, b.destination);
  return kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Links in the order in which they can be made. */
function parentsFirst(entries: readonly Entry[]): Entry[] {
  const done = new Set<Entry>();
  const visit = (entry: Entry, below: readonly Entry[] = []) => {
    const parent = entry.parent && entries.find(({ kind, key }) => kind === "link" && key === entry.parent);
    if (parent && !below.includes(parent)) visit(parent, [...below, entry]);
    done.add(entry);
  };
  for (const entry of entries) visit(entry);
  return [...done];
}
