import type { Finding, Path } from "../../../finding";
import { type BridgePort, type HostLink, isOvs, isOvsTunnel } from "../../hostLinks";
import type { Placed } from "../../hostSettings";

const error = (path: Path, message: string, mend: string): Finding => ({ severity: "error", path, message, mend });

/** Open vSwitch's bridges, and the interfaces that it makes. */
export function checkOvs(links: readonly Placed<HostLink>[]): Finding[] {
  const ports = new Set(links.flatMap(({ value }) => (value.type === "ovs-bridge" ? (value.ports ?? []).map(({ name }) => name) : [])));
  const own = links.filter(({ value }) => isOvs(value.type)).map(({ value }) => value);
  const made = new Set(own.map(({ name }) => name));
  const portsOnly = new Set(own.filter(({ type }) => type !== "ovs-bridge").map(({ name }) => name));
  return links.flatMap(({ value: link, path }) => [
    ...(link.ports ?? []).flatMap((port, position) => checkPort(port, link, portsOnly, [...path, "ports", position])),
    ...(isOvs(link.type) && link.type !== "ovs-bridge" && !ports.has(link.name)
      ? [error([...path, "name"], `${link.name} is a port of no ovs-bridge.`, `Name it at the one that it is on: ports: [${link.name}].`)]
      : []),
    ...(isOvsTunnel(link.type) ? (["addresses", "mtu"] as const) : [])
      .filter((key) => link[key] !== undefined)
      .map((key) =>
        error(
          [...path, key],
          `means nothing for an ${link.type}, which is a port only.`,
          `Give ${key} to its ovs-bridge, or to an ovs-internal.`,
        ),
      ),
    ...(link.parent !== undefined && made.has(link.parent)
      ? [
          error(
            [...path, "parent"],
            `${link.parent} is Open vSwitch's, which makes its interfaces after all others.`,
            link.type === "vlan"
              ? `Write type: ovs-internal instead, and it among the bridge's ports: {name: ${link.name}, tag: ${link.id}}.`
              : "Name another interface, or leave it out.",
          ),
        ]
      : []),
  ]);
}

function checkPort({ name, tag, trunks }: BridgePort, bridge: HostLink, made: ReadonlySet<string>, path: Path): Finding[] {
  if (bridge.type === "ovs-bridge")
    return tag !== undefined && trunks
      ? [error([...path, "trunks"], `a port with a tag carries no other VLANs than ${tag}.`, "Write either tag or trunks.")]
      : [];
  return [
    ...Object.entries({ tag, trunks }).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [
            error(
              [...path, key],
              `means nothing for a ${bridge.type}; it is for ovs-bridge.`,
              `Leave out ${key}, or write type: ovs-bridge.`,
            ),
          ],
    ),
    ...(made.has(name)
      ? [
          error(
            path,
            `${name} is Open vSwitch's, and no port of a Linux bridge.`,
            "Name it at an ovs-bridge; a veth can join the two bridges.",
          ),
        ]
      : []),
  ];
}
