import type { Outcome } from "../../components/node/dial";
import type { Address } from "../../core/cidr";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";
import { ingressClass, ruleController } from "../../core/stack/check/ingress";
import { failed, type PacketCheck, passed, type Verdict } from "./check";
import { explain, patience, shortPatience } from "./failure";
import { socket } from "./podChecks";

/** The host outside of the cluster that plays the client. */
export interface Client {
  readonly name: string;
  readonly address: Address;
}

/** `-v` says why a connection failed: refused or unreachable. Neither a .curlrc nor a proxy has a say. */
export const curl = (seconds: number) => `curl -qgsSv --noproxy '*' -m ${seconds}`;
const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** The node's addresses in the client's family: whether the client has the other one, nobody says. */
export const addressesFor = (client: Client, { address }: PlannedNode): Address[] =>
  address.filter(({ family }) => family === client.address.family);

/** A host name that the ingress has to serve, on an address that it answers on. */
export interface Site {
  readonly node: PlannedNode;
  readonly address: Address;
  readonly port: number;
  readonly host: string;
  readonly path: string;
}

/** Every host name of the stack's ingress, at every node where its controller answers. */
export function sites({ stack }: Plan, client: Client, nodes: readonly PlannedNode[]): Site[] {
  const { controllers, rules, sample } = stack.ingress;
  const sampleController = controllers.find((controller) => ingressClass(controller).isDefault) ?? controllers[0];
  const pages = (controller: (typeof controllers)[number]) => [
    ...(sample && controller === sampleController ? [{ host: sample.host, path: "/hostname" }] : []),
    // A wildcard stands for any label.
    ...rules
      .filter((rule) => ruleController(stack, rule) === controller)
      .flatMap(({ host, paths }) => (host ? [{ host: host.replace(/^\*/, "plumbline-verify"), path: paths[0]?.path ?? "/" }] : [])),
  ];
  // The address of a load balancer isn't the plan's.
  const onNodes = controllers.filter(({ expose }) => expose !== "loadBalancer");
  return onNodes.flatMap((controller) => {
    const { expose, nodePorts } = controller;
    return nodes
      .filter(({ roles }) => expose === "nodePort" || roles.includes("worker"))
      .flatMap((node) =>
        addressesFor(client, node).map((address) => ({ node, address, port: expose === "nodePort" ? nodePorts.http : 80 })),
      )
      .flatMap((entry) => pages(controller).map((page) => ({ ...entry, ...page })));
  });
}

/** An HTTP request by host name to one node. The application behind may answer as it likes, but it has to be the one that answers. */
export function ingressCheck(client: Client, { node, address, port, host, path }: Site): PacketCheck {
  const target = `http://${socket(String(address), port)}${path}`;
  return {
    kind: "packet",
    name: "HTTP through the ingress",
    from: client.name,
    to: `${host} at ${node.name}`,
    expected: "the application answers",
    at: "outside",
    needs: "nothing",
    command: () => `${curl(patience)} -w '\\n%{num_connects} %{http_code}' -H ${quote(`Host: ${host}`)} ${quote(target)}`,
    judge: (outcome) => {
      const [, body = "", connects = "0", code = "000"] = /^(.*)\n(\d+) (\d{3})$/s.exec(outcome.stdout) ?? [];
      if (code === "000" && connects !== "0") {
        return failed(
          `${target}: the ingress controller accepts, but nothing comes from the application within ${patience} s. Does the controller's node reach the application's pods?`,
        );
      }
      if (code === "000") {
        return failed(
          explain(outcome, target, { nodes: [node.name], refused: `no ingress controller listens on ${node.name}; see its pods` }),
        );
      }
      return judgePage(`${target} for ${host}`, Number(code), body);
    },
  };
}

function judgePage(target: string, code: number, body: string): Verdict {
  // What Traefik says of a request that no router takes.
  if (code === 404 && body === "404 page not found\n") {
    return failed(
      `${target}: the ingress controller knows no such host and path (404). Does the Ingress exist, and is its class the controller's?`,
    );
  }
  if ([502, 503, 504].includes(code)) {
    return failed(`${target}: the ingress controller gets no answer from the service behind (${code}). Are its pods ready?`);
  }
  const [line = ""] = body.split("\n");
  return passed(`${target}: ${code}${line && line.length <= 60 && !line.startsWith("<") ? `, ${line}` : ""}`);
}

/** Opens a TCP connection and says only whether that went well: 1 or 0. */
export const curlConnectCommand = (target: string): string => `${curl(shortPatience)} -o /dev/null -w '%{num_connects}' http://${target}/`;

export function curlConnected(outcome: Outcome): boolean {
  return outcome.stdout.trim() !== "0" && outcome.stdout.trim() !== "";
}
