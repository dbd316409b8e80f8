import type { Outcome } from "../../components/node/dial";
import type { Address } from "../../core/cidr";
import type { PlannedNode } from "../../core/part";
import { shortPatience } from "./failure";

/** The host outside of the cluster that plays the client. */
export interface Client {
  readonly name: string;
  readonly address: Address;
}

/** `-v` says why a connection failed: refused or unreachable. Neither a .curlrc nor a proxy has a say. */
export const curl = (seconds: number) => `curl -qgsSv --noproxy '*' -m ${seconds}`;
export const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** The node's addresses in the client's family: whether the client has the other one, nobody says. */
export const addressesFor = (client: Client, { address }: PlannedNode): Address[] =>
  address.filter(({ family }) => family === client.address.family);

/** Opens a TCP connection and says only whether that went well: 1 or 0. */
export const curlConnectCommand = (target: string): string => `${curl(shortPatience)} -o /dev/null -w '%{num_connects}' http://${target}/`;

export function curlConnected(outcome: Outcome): boolean {
  return outcome.stdout.trim() !== "0" && outcome.stdout.trim() !== "";
}
