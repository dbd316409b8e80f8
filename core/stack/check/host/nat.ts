import type { Finding, Path } from "../../../finding";
import type { HostSettings } from "../../host";
import type { Losses } from "../../losses";
import type { Stack, StackNode } from "../../schema";
import type { PortRange } from "../../values";

const error = (path: Path, message: string, mend: string): Finding => ({ severity: "error", path, message, mend });
const meets = (a: PortRange, b: PortRange) => a.from <= b.to && b.from <= a.to;

/** Address translation of one node: the section's, then its own. */
export function checkNat(stack: Stack, index: number, { intact }: Losses): Finding[] {
  const node = stack.nodes[index];
  if (!node) return [];
  const places: readonly (readonly [HostSettings["nat"], Path])[] = [
    [stack.host.nat, ["host", "nat"]],
    [node.host.nat, ["nodes", index, "host", "nat"]],
  ];
  const pods = intact("cluster", "podCIDRs") ? stack.cluster.podCIDRs : [];
  const taken: { ports: PortRange; protocol: string }[] = [];
  return places.flatMap(([nat, path]) => [
    ...(["masquerade", "snat"] as const).flatMap((kind) =>
      (nat?.[kind] ?? []).flatMap(({ from }, position) => {
        const range = pods.find((candidate) => candidate.overlaps(from));
        return range
          ? [
              error(
                [...path, kind, position, "from"],
                `${from} has pods' addresses of ${range}: pods of other nodes would see the host's address instead.`,
                "Write a range without pods; what pods send out of the cluster is masqueraded already.",
              ),
            ]
          : [];
      }),
    ),
    ...(nat?.snat ?? []).flatMap(({ from, to }, position) =>
      from.family === to.family
        ? []
        : [
            error(
              [...path, "snat", position, "to"],
              `${to} is of another family than ${from}.`,
              `Write an IPv${from.family} address of the host.`,
            ),
          ],
    ),
    ...(nat?.forwards ?? []).flatMap(({ port, protocol, from = [], to, toPort }, position) => {
      const place = [...path, "forwards", position];
      const isSecond = taken.some((other) => other.protocol === protocol && meets(other.ports, port));
      taken.push({ ports: port, protocol });
      const users = usersOf(stack, node).filter((user) => user.protocols.includes(protocol) && meets(user.ports, port));
      return [
        ...users.map(({ what }) =>
          error([...place, "port"], `takes packets away from ${what} on ${node.name}.`, "Write another port of the host; toPort may stay."),
        ),
        ...(isSecond ? [error([...place, "port"], "is forwarded already.", "Write another port, or remove one of the two.")] : []),
        ...(toPort !== undefined && port.from !== port.to
          ? [error([...place, "toPort"], "sends a whole range of ports to one.", "Leave out toPort to keep the ports, or write one port.")]
          : []),
        ...from
          .filter(({ family }) => family !== to.family)
          .map((range) => error([...place, "from"], `${range} is of another family than ${to}.`, `Write IPv${to.family} ranges only.`)),
      ];
    }),
  ]);
}

interface User {
  readonly what: string;
  readonly ports: PortRange;
  readonly protocols: readonly string[];
}

/** Who needs which ports of a node, so that nobody is locked out. */
function usersOf({ ssh, cluster, proxy }: Stack, node: StackNode): User[] {
  const one = (port: number, what: string): User => ({ what, ports: { from: port, to: port }, protocols: ["tcp"] });
  const isControlPlane = node.roles.includes("control-plane");
  return [
    one(node.ssh.port ?? ssh.port, "SSH"),
    ...(isControlPlane ? [one(cluster.apiServerPort, "the API server")] : []),
    ...(node.roles.includes("etcd") ? [{ what: "etcd", ports: { from: 2379, to: 2380 }, protocols: ["tcp"] }] : []),
    one(10250, "the kubelet"),
    ...(proxy.mode === "none" ? [] : [{ what: "NodePort services", ports: proxy.nodePorts, protocols: ["tcp", "udp"] }]),
  ];
}
