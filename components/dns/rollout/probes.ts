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

/** A shell command that prints which of the servers answers which of the names. Asks twice, since UDP may lose a packet. */
export const asking = (names: readonly string[], servers: readonly string[]): string =>
  `ask() { timeout 4 nslookup "$2" "$1" >/dev/null 2>&1; }
for server in ${servers.join(" ")}; do
  for name in ${names.join(" ")}; do
    { ask "$server" "$name" || ask "$server" "$name"; } && echo "$server $name" &
  done
done
wait`;

/** The names that a server doesn't answer, by the output of such a command. */
export function unanswered(names: readonly string[], server: string, stdout: string): string[] {
  const answered = stdout.split("\n");
  return names.filter((name) => !answered.includes(`${server} ${name}`));
}
