import { createHash } from "node:crypto";
import { Address, Cidr, compareCidrs } from "../../core/cidr";
import type { HostItem } from "../../core/host";
import { agent, look } from "./agent";
import { ovsBridgeLine, ovsPortLine } from "./ovsLines";
import { ruleLine, staticRouteLine } from "./routingLines";

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

/** One item as text: its line, and the lines of its content. The key says which of its kind it is. */
interface Entry {
  readonly kind: HostItem["kind"];
  readonly key: string;
  readonly line: string;
  readonly content?: string;
  /** A link's, which has to be there first. */
  readonly parent?: string;
  /** A route's, to sort by. */
  readonly destination?: Cidr;
}

function toEntry(item: HostItem): Entry {
  const { kind } = item;
  switch (kind) {
    case "require": {
      if (item.what === "lan-mtu") {
        const key = `lan-mtu ${Address.parse(item.address)}`;
        return { kind, key, line: `require ${key} ${whole(item.bytes, key)}` };
      }
      if (item.what === "kube-proxy") {
        const key = `kube-proxy ${filePath(item.path)} ${word(item.version, item.what)}`;
        return { kind, key, line: `require ${key}` };
      }
      const key = `${item.what} ${word(item.value, item.what)}`;
      return { kind, key, line: `require ${key}` };
    }
    case "kubelet":
      return { kind, key: item.setting, line: `kubelet ${item.setting} ${word(item.value, item.setting)}` };
    case "probe": {
      const key =
        "address" in item ? `${item.protocol} ${Address.parse(item.address)}${probePort(item.protocol, item.port)}` : item.protocol;
      return { kind, key, line: `probe ${key}` };
    }
    case "sysctl": {
      const key = matching(/^[A-Za-z0-9_@:-]+([./][A-Za-z0-9_@:-]+)+$/, item.key, "a sysctl's name");
      const value = matching(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, item.value.replace(/[ \t]+/g, " "), `the value of ${key}`);
      return { kind, key, line: `sysctl ${key} ${value}` };
    }
    case "file": {
      const key = filePath(item.path);
      const mode = matching(/^0[0-7]{3}$/, item.mode, `the mode of ${key}`);
      const where = item.where === undefined ? "" : ` where ${filePath(item.where)}`;
      return { kind, key, line: `file ${mode} ${key}${where}`, content: lines(item.content, key) };
    }
    case "host-name": {
      const key = [
        Address.parse(item.address),
        ...item.names.map((name) => matching(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, name, "a host's name")),
      ].join(" ");
      return { kind, key, line: `host-name ${key}` };
    }
    case "resolver":
      return { kind, key: "resolv.conf", line: "resolver", content: lines(item.content, "the resolver") };
    case "link": {
      const key = linkName(item.name);
      const type = matching(/^[a-z]+( [A-Za-z0-9.:/_-]+)*$/, item.type, `the type of the link ${key}`);
      const words = [
        item.mtu === undefined ? "" : `mtu ${whole(item.mtu, key)} `,
        item.mac === undefined ? "" : `address ${macAddress(item.mac)} `,
        item.parent === undefined ? "" : `link ${linkName(item.parent)} `,
      ];
      return { kind, key, line: `link ${key} ${words.join("")}type ${type}`, ...(item.parent ? { parent: item.parent } : {}) };
    }
    case "link-peer": {
      const key = `${linkName(item.name)}${inNamespace(item.namespace)}`;
      return { kind, key, line: `link-peer ${key}` };
    }
    case "software-checksums": {
      const key = `${linkName(item.name)}${inNamespace(item.namespace)}`;
      return { kind, key, line: `software-checksums ${key}` };
    }
    case "ovs-bridge":
    case "ovs-port":
      return { kind, key: linkName(item.name), line: kind === "ovs-bridge" ? ovsBridgeLine(item) : ovsPortLine(item) };
    case "port": {
      const key = linkName(item.name);
      return { kind, key, line: `port ${key} master ${linkName(item.bridge)}` };
    }
    case "namespace":
      return { kind, key: item.name, line: `namespace ${linkName(item.name)}` };
    case "namespace-route": {
      const destination = Cidr.parse(item.destination);
      const key = `${destination}${inNamespace(item.namespace)}`;
      return { kind, key, line: `namespace-route ${destination} via ${gateway(item.via, destination)}${inNamespace(item.namespace)}` };
    }
    case "foreign-link": {
      const key = linkName(item.name);
      return { kind, key, line: `foreign-link ${key}` };
    }
    case "cni-network": {
      const key = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, item.name, "a CNI network's name");
      return { kind, key, line: `cni-network ${key} bridge ${linkName(item.bridge)}` };
    }
    case "link-mtu": {
      const key = linkName(item.name);
      return { kind, key, line: `link-mtu ${key} ${whole(item.bytes, key)}` };
    }
    case "take-over":
      return { kind, key: item.what, line: `take-over ${item.what}` };
    case "address": {
      const key = `${onLink(item.address)} dev ${linkName(item.link)}${inNamespace(item.namespace)}`;
      return { kind, key, line: `address ${key}` };
    }
    case "neighbour": {
      const link = linkName(item.link);
      const address = Address.parse(item.address);
      return { kind, key: `${address} dev ${link}`, line: `neighbour ${address} lladdr ${macAddress(item.mac)} dev ${link}` };
    }
    case "fdb": {
      const mac = macAddress(item.mac);
      const link = linkName(item.link);
      return { kind, key: `${mac} dev ${link}`, line: `fdb ${mac} dst ${Address.parse(item.destination)} dev ${link}` };
    }
    case "route": {
      const destination = Cidr.parse(item.destination);
      const behind = item.link === undefined ? "" : ` dev ${linkName(item.link)} onlink`;
      const how = item.via === undefined ? "blackhole" : `${item.nexthop ? "nexthop" : "via"} ${gateway(item.via, destination)}${behind}`;
      return { kind, key: destination.toString(), line: `route ${destination} ${how}`, destination };
    }
    case "static-route":
    case "rule":
      return { kind, ...(kind === "rule" ? ruleLine(item) : staticRouteLine(item)) };
    case "accept-forwarded": {
      const key = String(Cidr.parse(item.range));
      return { kind, key, line: `accept-forwarded ${key}` };
    }
    case "service": {
      const key = matching(/^[A-Za-z0-9@_.-]+\.service$/, item.name, "a service's name");
      return { kind, key, line: `service ${key} ${item.files.map(filePath).join(" ")}` };
    }
    case "nftables":
      return { kind, key: "inet plumbline", line: "nftables inet plumbline", content: lines(item.table, "table inet plumbline") };
    default:
      throw new Error(`Unknown kind of host item: ${JSON.stringify(kind satisfies never)}`);
  }
}

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

function probePort(protocol: "tcp" | "icmp", port: number | undefined): string {
  if (protocol === "icmp") return "";
  if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`A tcp probe needs a port, not ${port}.`);
  return ` ${port}`;
}

function gateway(via: string, destination: Cidr): Address {
  const address = Address.parse(via);
  if (address.family !== destination.family) throw new Error(`The route to ${destination} has a gateway of the other family: ${via}.`);
  return address;
}

function whole(bytes: number, what: string): number {
  if (!Number.isInteger(bytes) || bytes < 1) throw new Error(`The MTU of ${what} is no number of bytes: ${bytes}.`);
  return bytes;
}

const inNamespace = (name: string | undefined) => (name === undefined ? "" : ` netns ${linkName(name)}`);

/** An address with its prefix length; the host's bits stay. */
function onLink(text: string): string {
  const [address = "", prefix] = text.split("/");
  const parsed = Address.parse(address);
  return `${parsed}/${Cidr.of(parsed.family, parsed.value, Number(prefix)).prefix}`;
}

const linkName = (name: string) => matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/, name, "an interface's name");
const macAddress = (mac: string) => matching(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, mac, "a hardware address");

function filePath(path: string): string {
  const found = matching(/^(\/[A-Za-z0-9_@:+,=.-]+)+$/, path, "a file's absolute path");
  if (/\/\.\.?(\/|$)/.test(found)) throw new Error(`${JSON.stringify(path)} is no use as a file's absolute path.`);
  return found;
}

function word(value: string, what: string): string {
  return matching(/^[\x21-\x7e]+$/, value, what);
}

function matching(pattern: RegExp, value: string, what: string): string {
  if (!pattern.test(value)) throw new Error(`${JSON.stringify(value)} is no use as ${what}.`);
  return value;
}

/** Whole lines of printable text: anything else would not come out of a line-oriented bundle as it went in, or not be seen in a diff. */
function lines(content: string, what: string): string {
  if (!content.endsWith("\n")) throw new Error(`The content of ${what} doesn't end with a newline.`);
  const odd = /[^\P{Cc}\t\n]|\p{Cs}/u.exec(content);
  if (odd) throw new Error(`The content of ${what} has the unprintable character ${JSON.stringify(odd[0])}.`);
  return content;
}
