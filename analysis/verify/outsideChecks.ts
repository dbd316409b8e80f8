import type { Outcome } from "../../components/node/dial";
import { type Address, Cidr } from "../../core/cidr";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { failed, type PacketCheck, type Probe, passed } from "./check";
import { explain, patience, plansOf, shortPatience } from "./failure";
import { socket } from "./podChecks";

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

/** The NodePort service before the backend, on each of a node's addresses on which kube-proxy answers. */
export function nodePortChecks({ stack }: Plan, client: Client, node: PlannedNode, backend: Probe): PacketCheck[] {
  const ranges = stack.proxy.nodePortAddresses.filter((text) => text !== "primary").map(Cidr.parse);
  const answering = addressesFor(client, node).filter((address) => ranges.length === 0 || ranges.some((range) => range.contains(address)));
  return answering.map((address) => ({
    kind: "packet",
    name: "NodePort from outside",
    from: client.name,
    to: `${node.name} ${address}`,
    expected: `answered by ${backend.name}`,
    at: "outside",
    needs: "services",
    command: ({ nodePort }) => `${curl(patience)} http://${socket(String(address), nodePort)}/hostname`,
    judge: (outcome, { nodePort }) => {
      const target = socket(String(address), nodePort);
      if (outcome.stdout === backend.name) return passed(target);
      if (outcome.stdout) return failed(`${target} is answered by ${outcome.stdout.slice(0, 60)}`);
      const { from, to } = stack.proxy.nodePorts;
      if (nodePort < from || nodePort > to) {
        return failed(
          `the API server gives port ${nodePort}, outside of proxy.nodePorts ${from}-${to}: write its --service-node-port-range there`,
        );
      }
      const timeout = `dropped by ${node.name}, or on the way to the backend on ${backend.node}; see ${plansOf([node.name, backend.node])}`;
      return failed(explain(outcome, target, { timeout, refused: `kube-proxy on ${node.name} doesn't answer on this address` }));
    },
  }));
}

/** Opens a TCP connection and says only whether that went well: 1 or 0. */
export const curlConnectCommand = (target: string): string => `${curl(shortPatience)} -o /dev/null -w '%{num_connects}' http://${target}/`;

export function curlConnected(outcome: Outcome): boolean {
  return outcome.stdout.trim() !== "0" && outcome.stdout.trim() !== "";
}
