import type { Finding, Path } from "../../../finding";
import { type HostLink, ovsTunnelTypes, withArticle } from "../../hostLinks";
import { type Placed, placedSettings } from "../../hostSettings";
import type { Losses } from "../../losses";
import type { Stack } from "../../schema";
import type { InterfaceAddress } from "../../values";
import { checkOvs } from "./ovs";

const error = (path: Path, message: string, mend: string): Finding => ({ severity: "error", path, message, mend });

/** Keys that mean something for some types of links only. */
const only: readonly (readonly [keyof HostLink, readonly HostLink["type"][]])[] = [
  ["ports", ["bridge", "ovs-bridge"]],
  ["datapath", ["ovs-bridge"]],
  ["peer", ["veth"]],
  ["parent", ["vlan", "macvlan", "vxlan"]],
  ["id", ["vlan", "vxlan", ...ovsTunnelTypes]],
  ["local", ["vxlan", ...ovsTunnelTypes]],
  ["remote", ["vxlan", ...ovsTunnelTypes]],
  ["port", ["vxlan", "ovs-vxlan", "ovs-geneve"]],
  ["mode", ["macvlan"]],
];

/** Links and namespaces of one node. */
export function checkLinks(stack: Stack, index: number, { intact }: Losses): Finding[] {
  const links = placedSettings(stack, index, "links");
  const namespaces = placedSettings(stack, index, "namespaces");
  const known = new Set(namespaces.map(({ value }) => value.name));
  const isWhole = intact("host") && intact("nodes", index, "host");
  return [
    ...links.flatMap(({ value, path }) => checkLink(value, path)),
    ...links.flatMap(({ value: { peer }, path }) =>
      isWhole && peer?.namespace !== undefined && !known.has(peer.namespace)
        ? [
            error(
              [...path, "peer", "namespace"],
              `${peer.namespace} is none of host.namespaces.`,
              `Add it there: namespaces: [{ name: ${peer.namespace} }].`,
            ),
          ]
        : [],
    ),
    ...sameNames(stack, links),
    ...twice(namespaces.map(({ value, path }) => ({ name: value.name, path: [...path, "name"] }))),
    ...checkPorts(links),
    ...checkOvs(links),
    ...checkParents(links),
    ...checkAddresses(stack, index, links, (key) => intact("cluster", key)),
  ];
}

function checkLink(link: HostLink, path: Path): Finding[] {
  const findings = only.flatMap(([key, types]) =>
    link[key] !== undefined && !types.includes(link.type)
      ? [
          error(
            [...path, key],
            `means nothing for ${withArticle(link.type)}; it is for ${types.join(", ")}.`,
            `Leave out ${key}, or correct the type.`,
          ),
        ]
      : [],
  );
  if (link.type === "vlan" && link.id !== undefined && link.id > 4094)
    findings.push(
      error([...path, "id"], `${link.id} is no VLAN: they are 1 to 4094.`, "Write the number that the switch's port carries tagged."),
    );
  if (link.local && link.remote && link.local.family !== link.remote.family)
    findings.push(
      error([...path, "remote"], `${link.remote} is of another family than ${link.local}.`, "Write both ends of the tunnel in one family."),
    );
  return findings;
}

/** Every name in the host's own namespace once, and none of the pod network's. */
function sameNames({ cni }: Stack, links: readonly Placed<HostLink>[]): Finding[] {
  const names = links.flatMap(({ value: { name, peer }, path }) => [
    { name, path: [...path, "name"] },
    ...(peer && peer.namespace === undefined ? [{ name: peer.name, path: [...path, "peer", "name"] }] : []),
  ]);
  const taken = new Set([cni.bridge.name, "plumbline0", "flannel.1", "lo"]);
  return [
    ...twice(names),
    ...names
      .filter(({ name }) => taken.has(name))
      .map(({ name, path }) => error(path, `${name} is a name of the pod network's or of the host's own.`, "Write another name.")),
  ];
}

function twice(entries: readonly { readonly name: string; readonly path: Path }[]): Finding[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name, path }) => {
    const isSecond = seen.has(name);
    seen.add(name);
    return isSecond ? [error(path, `${name} is there twice.`, "Give every one a name of its own.")] : [];
  });
}

/** An interface is a port of one bridge, and of none that it is itself. */
function checkPorts(links: readonly Placed<HostLink>[]): Finding[] {
  const ports = links.flatMap(({ value: { name, ports = [] }, path }) =>
    ports.map((port, position) => ({ name: port.name, bridge: name, path: [...path, "ports", position] })),
  );
  return [
    ...twice(ports).map((finding) => ({ ...finding, mend: "Name it at one bridge only." })),
    ...ports
      .filter(({ name, bridge }) => name === bridge || links.some(({ value }) => value.name === name && /bridge$/.test(value.type)))
      .map(({ name, path }) =>
        error(path, `${name} is a bridge, and a bridge is no port of one.`, "Join the two by a veth, with an end in each."),
      ),
  ];
}

/** A parent that is a link of ours: it isn't on itself, and carries as much. */
function checkParents(links: readonly Placed<HostLink>[]): Finding[] {
  const byName = new Map(links.map(({ value }) => [value.name, value]));
  return links.flatMap(({ value: { name, parent, mtu, type }, path }) => {
    if (parent === undefined) return [];
    for (let above: string | undefined = parent, steps = 0; above !== undefined && steps <= links.length; steps++) {
      if (above === name) return [error([...path, "parent"], `${name} would be on itself.`, "Name the interface below it.")];
      above = byName.get(above)?.parent;
    }
    const room = byName.get(parent)?.mtu;
    const isTooLarge = mtu !== undefined && room !== undefined && mtu > room && type !== "vxlan";
    return isTooLarge
      ? [error([...path, "mtu"], `${mtu} bytes are more than its parent ${parent} carries, ${room}.`, `Write ${room} or less.`)]
      : [];
  });
}

/** Networks of our links against the cluster's, and addresses that are there twice. */
function checkAddresses(
  { cluster, nodes }: Stack,
  index: number,
  links: readonly Placed<HostLink>[],
  isKnown: (key: string) => boolean,
): Finding[] {
  const all = links.flatMap(({ value: { addresses = [], peer }, path }) => [
    ...addresses.map((address, position) => ({ address, path: [...path, "addresses", position] })),
    ...(peer?.addresses ?? []).map((address, position) => ({ address, path: [...path, "peer", "addresses", position] })),
  ]);
  const own = new Set(nodes[index]?.address.map(String));
  return [
    ...twice(all.map(({ address, path }) => ({ name: String(address.address), path }))).map((finding) => ({
      ...finding,
      mend: "Give every end an address of its own.",
    })),
    ...all.flatMap(({ address, path }) => [
      ...overlaps(cluster, address, path, isKnown),
      ...(own.has(String(address.address))
        ? [error(path, `${address.address} is the node's own address, which another interface has.`, "Write another address.")]
        : []),
    ]),
  ];
}

function overlaps(cluster: Stack["cluster"], { network }: InterfaceAddress, path: Path, isKnown: (key: string) => boolean): Finding[] {
  return (["podCIDRs", "serviceCIDRs", "additionalServiceCIDRs"] as const)
    .filter(isKnown)
    .flatMap((key) =>
      cluster[key].flatMap((range, position) =>
        range.overlaps(network)
          ? [
              error(
                path,
                `the network ${network} overlaps cluster.${key}[${position}] ${range}.`,
                "Take a range that the cluster doesn't use.",
              ),
            ]
          : [],
      ),
    );
}
