import type { Translation } from "../../core/part";
import type { HostSettings } from "../../core/stack/host";

/** What `host.nat` asks for. */
export function translations({ nat = {} }: HostSettings): Translation[] {
  const { masquerade = [], snat = [], forwards = [] } = nat;
  return [
    ...masquerade.map(({ from, out, notTo = [] }) => ({ kind: "masquerade", from, notTo, ...(out === undefined ? {} : { out }) }) as const),
    ...snat.map(({ from, out, to }) => ({ kind: "snat", from, to, ...(out === undefined ? {} : { out }) }) as const),
    ...forwards.map(
      ({ port, protocol, to, toPort, from = [] }) =>
        ({ kind: "forward", ports: port, protocol, to, from, ...(toPort === undefined ? {} : { toPort }) }) as const,
    ),
  ];
}
