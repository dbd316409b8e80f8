import path from "node:path";
import { Document, visit } from "yaml";
import { Address, AddressError, Cidr } from "../../../core/cidr";
import type { Draft } from "./draft";

/** The sections of a stack file, as plain data. */
export type Sections = Record<string, unknown>;

/** @param directory the folder of the stack file: paths of keys start there. */
export function sectionsOf(draft: Draft, directory: string): Sections {
  readClusterDns(draft);
  const user = mostCommon(draft.nodes.map(({ ssh }) => ssh.user)) ?? draft.ssh.user;
  const port = mostCommon(draft.nodes.map(({ ssh }) => ssh.port ?? 22)) ?? 22;
  const key = mostCommon(draft.nodes.map(({ ssh }) => ssh.key)) ?? draft.ssh.key;
  const nodes = draft.nodes.map(({ name, roles, address, ssh }) => {
    const own = {
      ...(ssh.host !== undefined && !address.includes(ssh.host) ? { host: ssh.host } : {}),
      ...((ssh.port ?? 22) !== port ? { port: ssh.port ?? 22 } : {}),
      ...((ssh.user ?? draft.ssh.user) !== user ? { user: ssh.user ?? draft.ssh.user ?? "root" } : {}),
    };
    return { name, roles, address: address.length === 1 ? address[0] : address, ...(Object.keys(own).length > 0 ? { ssh: own } : {}) };
  });
  const ssh = {
    ...(user === undefined ? {} : { user }),
    ...(port === 22 ? {} : { port }),
    ...(key === undefined ? { agent: true } : { privateKeyFile: relocated(key, directory) }),
    ...(draft.ssh.bastion ? { bastion: draft.ssh.bastion } : {}),
  };
  const { cluster, cni, proxy, dns, firewall } = draft;
  const filled = Object.entries({ cluster, nodes, ssh, cni, proxy, dns, firewall });
  return Object.fromEntries(filled.filter(([name, section]) => name === "nodes" || Object.keys(section).length > 0));
}

/** A key's path is absolute or starts from the home directory; else from the stack file's folder. */
function relocated(key: string, directory: string): string {
  return /^[~/]/.test(key) && !path.isAbsolute(key)
    ? key
    : path.relative(directory, key).startsWith("..")
      ? key
      : path.relative(directory, key);
}

/** The kubelets' resolver is the DNS service, or a cache on the node; anything else is somebody's own. */
function readClusterDns(draft: Draft): void {
  const ranges = draft.ranges("serviceCIDRs").flatMap((text) => parsed(() => Cidr.parse(text)));
  const services: string[] = [];
  for (const entry of draft.clusterDns) {
    const text = draft.text(entry);
    const [address] = text === undefined ? [] : parsed(() => Address.parse(text));
    if (text === undefined) continue;
    if (address && ranges.some((range) => range.family === address.family && range.contains(Cidr.host(address)))) services.push(text);
    else if (text.startsWith("169.254.")) draft.leaveNodeLocal(entry, "A NodeLocal DNSCache", text);
    else
      draft.leave(
        entry,
        `The kubelets tell pods to ask ${text}, which is no service address of this cluster.`,
        "Give the kubelets the address of the cluster's DNS service; dns.serviceAddresses says it, where it isn't the tenth.",
      );
  }
  const usual = ranges.flatMap((range) => (range.size > 10n ? [String(range.at(10))] : []));
  if (services.some((text) => !usual.includes(String(Address.parse(text))))) draft.set("dns", "serviceAddresses", services);
}

/** Nothing where there is no address or range in it: `check` says so. */
function parsed<T>(parse: () => T): T[] {
  try {
    return [parse()];
  } catch (error) {
    if (error instanceof AddressError) return [];
    throw error;
  }
}

/** Undefined when most say nothing. */
function mostCommon<T>(values: readonly (T | undefined)[]): T | undefined {
  const counts = new Map<T | undefined, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The text of a stack file: sections as blocks, everything below their keys on one line each. */
export function stackText(sections: Sections, what: string): string {
  const config = Object.fromEntries(Object.entries(sections).map(([name, section]) => [`plumbline:${name}`, section]));
  const document = new Document({ config });
  visit(document, {
    Scalar(key, node) {
      // IPv6 addresses, which older readers of YAML may take for something else.
      if (key !== "key" && typeof node.value === "string" && node.value.includes(":")) node.type = "QUOTE_DOUBLE";
    },
    Collection(_, node, ancestors) {
      // document, map, pair config, map, pair of the section, section, then its keys or nodes
      if (ancestors.length > 5) node.flow = true;
    },
  });
  document.commentBefore = ` Written by \`plumbline adopt --from\` from ${what}. Look it over, then: plumbline check, plumbline adopt, pulumi preview.`;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
