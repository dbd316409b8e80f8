import type { Path } from "../../core/finding";
import { atLeast, showVersion } from "../proxy/lint/version";
import { oneOf, refused, type ServiceRule, type ServiceSubject } from "./subject";

const isExternal = ({ type, spec }: ServiceSubject) =>
  type === "NodePort" || type === "LoadBalancer" || (type === "ClusterIP" && (spec.externalIPs ?? []).length > 0);

export const checkTraffic: ServiceRule = (subject) => {
  const { spec, type, isHeadless, version, report } = subject;
  oneOf(subject, "internalTrafficPolicy", spec.internalTrafficPolicy, ["Cluster", "Local"]);
  if (spec.externalTrafficPolicy && !isExternal(subject))
    report(
      "error",
      ["externalTrafficPolicy"],
      `can't be together with type ${type}, which nobody outside reaches: ${refused}`,
      "Remove it, or write type: NodePort or LoadBalancer.",
    );
  else oneOf(subject, "externalTrafficPolicy", spec.externalTrafficPolicy || undefined, ["Cluster", "Local"]);
  if (spec.externalTrafficPolicy === "Local" && type === "NodePort")
    report(
      "info",
      ["externalTrafficPolicy"],
      "Local with NodePort: nodes without a pod of the service drop the packets, and nothing tells clients which have one.",
      "Run a pod on every node that clients ask, or write Cluster.",
    );
  if (spec.internalTrafficPolicy === "Local")
    report(
      "info",
      ["internalTrafficPolicy"],
      "Local: pods on a node without a pod of the service can't reach it at all.",
      "Run the service's pods on every node, or use trafficDistribution.",
    );
  if (spec.healthCheckNodePort && !(type === "LoadBalancer" && spec.externalTrafficPolicy === "Local"))
    report("error", ["healthCheckNodePort"], `needs type LoadBalancer and externalTrafficPolicy Local: ${refused}`, "Remove it.");
  const known = ["PreferClose", ...(atLeast(version, "1.34") ? ["PreferSameZone", "PreferSameNode"] : [])];
  if (spec.trafficDistribution && !atLeast(version, "1.30"))
    report("warning", ["trafficDistribution"], `is new in Kubernetes 1.30; ${showVersion(version)} drops it.`, "Remove it.");
  else oneOf(subject, "trafficDistribution", spec.trafficDistribution, known);
  if (spec.trafficDistribution && isHeadless)
    report(
      "warning",
      ["trafficDistribution"],
      "does nothing in a headless service: clients choose among the pods themselves.",
      "Remove it.",
    );
};

export const checkAffinity: ServiceRule = (subject) => {
  const { spec, type, isHeadless, report } = subject;
  const affinity = spec.sessionAffinity || "None";
  oneOf(subject, "sessionAffinity", spec.sessionAffinity || undefined, ["ClientIP", "None"]);
  if (affinity === "None" && spec.sessionAffinityConfig)
    report(
      "warning",
      ["sessionAffinityConfig"],
      "does nothing without sessionAffinity: ClientIP.",
      "Write sessionAffinity: ClientIP, or remove it.",
    );
  if (affinity !== "ClientIP") return;
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (typeof seconds === "number" && (seconds < 1 || seconds > 86400))
    report(
      "error",
      ["sessionAffinityConfig", "clientIP", "timeoutSeconds"],
      `${seconds} is not between 1 and 86400: ${refused}`,
      "Write 10800, the default.",
    );
  if (isHeadless || type === "ExternalName")
    report(
      "warning",
      ["sessionAffinity"],
      `does nothing in a ${isHeadless ? "headless service" : "service of type ExternalName"}: kube-proxy has no part in it.`,
      "Remove it.",
    );
};

const hints = "service.kubernetes.io/topology-aware-hints";
const mode = "service.kubernetes.io/topology-mode";

export const checkAnnotations: ServiceRule = ({ spec, annotations, version, report }) => {
  const at = (name: string): Path => ["metadata", "annotations", name];
  const [hintsValue, modeValue] = [annotations[hints], annotations[mode]];
  const mend = atLeast(version, "1.31") ? "Write spec.trafficDistribution: PreferClose." : `Write ${mode}: Auto.`;
  if (hintsValue !== undefined) report("warning", at(hints), `is deprecated since Kubernetes 1.27: its name is ${mode} now.`, mend);
  if (modeValue !== undefined && hintsValue !== undefined && modeValue !== hintsValue)
    report(
      "error",
      at(mode),
      `is ${JSON.stringify(modeValue)}, and ${hints} is ${JSON.stringify(hintsValue)}: ${refused}`,
      `Keep ${mode} alone.`,
    );
  const isOn = /^auto$/i.test(modeValue ?? hintsValue ?? "");
  if (isOn && spec.trafficDistribution)
    report(
      "warning",
      ["trafficDistribution"],
      "does nothing while the annotation for topology is there: that one counts.",
      "Remove the annotation.",
    );
  else if (modeValue !== undefined && hintsValue === undefined && atLeast(version, "1.33"))
    report(
      "warning",
      at(mode),
      "is superseded by spec.trafficDistribution (stable since Kubernetes 1.33), which works with few pods too.",
      mend,
    );
  const unready = "service.alpha.kubernetes.io/tolerate-unready-endpoints";
  if (annotations[unready] !== undefined && !spec.publishNotReadyAddresses)
    report("warning", at(unready), "does nothing any more.", "Write spec.publishNotReadyAddresses: true.");
};
