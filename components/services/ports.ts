import type { Path } from "../../core/finding";
import type { ServicePort } from "./service";
import { refused, type ServiceRule, type ServiceSubject } from "./subject";

const portInRange = (port: number) => port >= 1 && port <= 65535;
const portName = /^(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/;

export const checkPorts: ServiceRule = (subject) => {
  const ports = subject.spec.ports ?? [];
  ports.forEach((port, index) => {
    checkPort(subject, port, index);
  });
  const twice = (key: (port: ServicePort) => string | undefined, field: string, what: string) => {
    const seen = new Map<string, number>();
    ports.forEach((port, index) => {
      const own = key(port);
      if (own === undefined) return;
      const first = seen.get(own);
      if (first === undefined) seen.set(own, index);
      else
        subject.report(
          "error",
          ["ports", index, field],
          `${what} ${own} is also that of ports[${first}]: ${refused}`,
          "Give each its own.",
        );
    });
  };
  const protocolOf = ({ protocol }: ServicePort) => protocol || "TCP";
  twice((port) => port.name || undefined, "name", "the name");
  twice((port) => `${port.port}/${protocolOf(port)}`, "port", "the port");
  twice((port) => (port.nodePort ? `${port.nodePort}/${protocolOf(port)}` : undefined), "nodePort", "the NodePort");
};

function checkPort({ spec, type, isHeadless, report }: ServiceSubject, port: ServicePort, index: number): void {
  const at = (field: string): Path => ["ports", index, field];
  const { name, protocol, targetPort, nodePort } = port;
  if (!name && (spec.ports ?? []).length > 1)
    report("error", ["ports", index], `has no name, and there are several: ${refused}`, "Give each port a name.");
  if (name && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    report("error", at("name"), `${JSON.stringify(name)} is no DNS label: ${refused}`, "Write lower-case letters, digits and '-'.");
  if (!portInRange(port.port ?? 0))
    report(
      "error",
      port.port === undefined ? ["ports", index] : at("port"),
      `${port.port ?? "no port"} is not between 1 and 65535: ${refused}`,
      "Write port: 80, for example.",
    );
  if (protocol && !["TCP", "UDP", "SCTP"].includes(protocol))
    report(
      "error",
      at("protocol"),
      `${JSON.stringify(protocol)} is none of TCP, UDP, SCTP: ${refused}`,
      `Write ${["TCP", "UDP", "SCTP"].find((known) => known === protocol.toUpperCase()) ?? "TCP or UDP"}.`,
    );
  if (typeof targetPort === "number" && targetPort !== 0 && !portInRange(targetPort))
    report("error", at("targetPort"), `${targetPort} is not between 1 and 65535: ${refused}`, "Write the port that the pods listen on.");
  if (typeof targetPort === "string" && targetPort !== "" && !portName.test(targetPort)) {
    const mend = /^\d+$/.test(targetPort)
      ? `Write ${targetPort} without quotes.`
      : "Write the number, or the name of the pods' port: at most 15 lower-case letters, digits and '-'.";
    report("error", at("targetPort"), `${JSON.stringify(targetPort)} is no name of a port: ${refused}`, mend);
  }
  if (isHeadless && port.port && targetPort && targetPort !== port.port)
    report(
      "warning",
      at("targetPort"),
      `does nothing in a headless service: clients reach the pods themselves, at ${targetPort}, while DNS tells port ${port.port}.`,
      "Write the same number for both.",
    );
  if (!nodePort) return;
  if (type === "ClusterIP")
    report("error", at("nodePort"), `can't be together with type ClusterIP: ${refused}`, "Write type: NodePort, or remove it.");
  else if (type === "ExternalName") report("warning", at("nodePort"), "does nothing with type ExternalName.", "Remove it.");
  else if (!portInRange(nodePort))
    report("error", at("nodePort"), `${nodePort} is not between 1 and 65535: ${refused}`, "Write a port of 30000-32767.");
  else if (nodePort < 30000 || nodePort > 32767)
    report(
      "warning",
      at("nodePort"),
      `${nodePort} is outside of 30000-32767: an API server with the default --service-node-port-range refuses it.`,
      "Write a port of the cluster's range.",
    );
}
