import { apiServiceAddress, dnsServiceAddresses } from "../../../core/addresses";
import type { Stack } from "../../../core/stack/schema";

/** What a cluster's DNS is asked for before and after a change: a name of the cluster, one of outside, and a reverse one. */
export function probeNames(stack: Stack): string[] {
  const { cluster, verify } = stack;
  const api = apiServiceAddress(stack);
  return [
    `kubernetes.default.svc.${cluster.domain}.`,
    ...(verify.outsideName === undefined ? [] : [`${verify.outsideName}.`]),
    ...(api === undefined ? [] : [String(api)]),
  ];
}

/** What pods ask. */
export const dnsService = (stack: Stack): string => String(dnsServiceAddresses(stack)[0]);

/** A shell command that prints those of the names that a server answers. Asks twice, since UDP may lose a packet. @param server its address, or a variable of the shell */
export const asking = (names: readonly string[], server: string): string =>
  `ask() { timeout 4 nslookup "$1" ${server} >/dev/null 2>&1; }
for name in ${names.join(" ")}; do
  { ask "$name" || ask "$name"; } && echo "$name" &
done
wait`;

/** Those of the names that aren't in the output of such a command. */
export function unanswered(names: readonly string[], stdout: string): string[] {
  const answered = stdout.split("\n");
  return names.filter((name) => !answered.includes(name));
}
