import { isKnown, type PathCase, pathCases, showPaths } from "../../components/ingress/pathTypes";
import type { Manifest } from "../../core/part";
import { controllerName, ingressClass } from "../../core/stack/check/ingress";
import { failed, NotThere, type PacketCheck, type Probe, passed } from "./check";
import { type Entrance, portOf, socketOf } from "./entrance";
import { explain, patience } from "./failure";
import { type Client, curl, quote } from "./outsideChecks";
import { probePort } from "./podChecks";
import { label, service } from "./probes";

/** Seconds for a controller to take an Ingress up. Traefik gathers changes for 2 seconds, HAProxy for 5. */
const takingUp = 15;

/** The first path of a case goes to the first backend, the second to the other. */
const services = [service.clusterIP, service.other];

/** Shows that the controller has taken the Ingress up, with both services. */
const ready: PathCase = {
  paths: [
    ["Exact", "/hostname"],
    ["Exact", "/hostName"],
  ],
  requests: { "/hostname": 0, "/hostName": 1 },
};

const cases = [ready, ...pathCases];

/** Each case has a host of its own, below a top-level domain that nobody has (RFC 2606). */
const hostOf = (namespace: string, className: string, index: number) => `case-${index}.${className}.${namespace}.invalid`;

/** An Ingress with all cases for each class. */
export function pathObjects(namespace: string, classes: readonly string[]): Manifest[] {
  const backend = (index: number) => ({ service: { name: services[index], port: { number: probePort } } });
  return classes.map((className) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: `paths-${className}`, namespace, labels: label },
    spec: {
      ingressClassName: className,
      rules: cases.map(({ paths }, index) => ({
        host: hostOf(namespace, className, index),
        http: { paths: paths.map(([pathType, path], place) => ({ path, pathType, backend: backend(place) })) },
      })),
    },
  }));
}

/** All cases of the path types, asked of one controller at one of its entrances. */
export function pathTypesCheck(client: Client, entrance: Entrance, backends: readonly Probe[]): PacketCheck {
  const { controller, node } = entrance;
  const target = socketOf(entrance, "http");
  const names = backends.map(({ name }) => name);
  const requests = pathCases.flatMap(({ paths, requests }, index) =>
    Object.entries(requests).map(([request, taker]) => ({ paths, request, taker, index: index + 1 })),
  );
  return {
    kind: "packet",
    name: "path types",
    from: client.name,
    to: `${controllerName(controller)} at ${node.name}`,
    expected: "paths take what the Ingress specification says",
    at: "outside",
    needs: "services",
    command: ({ namespace, ingressProblem }) => {
      if (ingressProblem) throw new NotThere(ingressProblem);
      const url = (index: number, request: string) =>
        quote(`http://${hostOf(namespace, ingressClass(controller).name, index)}:${portOf(controller, "http")}${request}`);
      const ask = `${curl(patience)} --connect-to ::${target}`;
      const isReady = `${ask} ${Object.keys(ready.requests)
        .map((request) => `-o /dev/null ${url(0, request)}`)
        .join(" ")} -w '%{http_code}'`;
      const all = `${ask} -w '\\n#%{http_code}\\n' ${requests.map(({ index, request }) => url(index, request)).join(" ")}`;
      return `for second in $(seq ${takingUp}); do ready=$(${isReady}); case $ready in 200200|000*) break;; esac; sleep 1; done; echo $ready; if [ "$ready" = 200200 ]; then ${all} 2> /dev/null; fi`;
    },
    judge: (outcome) => {
      const [first = "", ...lines] = outcome.stdout.split("\n");
      if (first.startsWith("000"))
        return failed(
          explain(outcome, target, { nodes: [node.name], refused: `no ingress controller listens on ${node.name}; see its pods` }),
        );
      if (first !== "200200") {
        return failed(
          `${target}: the probe Ingress of class ${ingressClass(controller).name} isn't served within ${takingUp} s (${first.match(/.{3}/g)?.join(", ") ?? "no answer"}). Does the controller run, and does it read that class?`,
        );
      }
      const answers = lines.join("\n").split(/\n#(\d{3})\n/);
      const otherwise = requests.flatMap(({ paths, request, taker }, place) => {
        const seen = answerOf(answers[2 * place], answers[2 * place + 1], names);
        if (isAsSpecified(seen, taker, names)) return [];
        return [{ known: isKnown(controller.name, paths, request), text: `${showPaths(paths)} with ${request}: ${seen.text}` }];
      });
      const unknown = otherwise.filter(({ known }) => !known);
      const list = (found: typeof otherwise) => found.map(({ text }) => text).join("; ");
      if (unknown.length > 0) return failed(`${target}: otherwise than specified: ${list(unknown)}. See "Path types" in docs/ingress.md.`);
      const asSpecified = `${target}: ${requests.length - otherwise.length} of ${requests.length} requests as specified`;
      return passed(otherwise.length === 0 ? asSpecified : `${asSpecified}; known to be otherwise: ${list(otherwise)}`);
    },
  };
}

interface Seen {
  readonly code: string;
  /** The probe that said its name. */
  readonly name: string | undefined;
  readonly text: string;
}

function answerOf(body = "", code = "000", names: readonly string[]): Seen {
  const name = names.find((one) => one === body);
  return { code, name, text: `${code}${name ? ` from ${name}` : ""}` };
}

/** Where no name is said, either of the probes may have answered. */
function isAsSpecified({ code, name }: Seen, taker: number | null, names: readonly string[]): boolean {
  if (taker === null) return code === "404";
  return code === "200" && (name === undefined || name === names[taker]);
}
