import { isProperties, type Value } from "../provider/values";
import type { Cluster } from "./cluster";
import { at, count, idOf, type KubeObject, list, namespaceOf, text } from "./objects";

/** Why the pods of a workload, or a pod itself, are not ready: one line per reason. */
export async function podProblems(workload: KubeObject, cluster: Cluster): Promise<string[]> {
  if (text(workload, "kind") === "Pod") return problemsOf(workload);
  const pods = await cluster.select(
    { apiVersion: "v1", kind: "Pod" },
    namespaceOf(workload),
    labelSelector(at(workload, "spec", "selector")),
  );
  return pods.filter(isProperties).flatMap(problemsOf);
}

/** A label selector as the API's query wants it. */
function labelSelector(selector: Value | undefined): string {
  const labels = at(selector, "matchLabels");
  const equalities = isProperties(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${value}`) : [];
  const expressions = list(selector, "matchExpressions").map((expression) => {
    const key = text(expression, "key");
    const values = `(${list(expression, "values").join(",")})`;
    const operators: { [operator: string]: string } = {
      In: `${key} in ${values}`,
      NotIn: `${key} notin ${values}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    return operators[text(expression, "operator")] ?? key;
  });
  return [...equalities, ...expressions].join(",");
}

function problemsOf(pod: KubeObject): string[] {
  const unmet = list(pod, "status", "conditions").filter((entry) => text(entry, "status") === "False");
  const conditions = unmet
    .filter((entry) => ["PodScheduled", "ContainersReady"].includes(text(entry, "type")))
    .map((entry) => text(entry, "message"));
  const containers = [...list(pod, "status", "initContainerStatuses"), ...list(pod, "status", "containerStatuses")];
  const waiting = containers.flatMap((container) => {
    const message = text(container, "state", "waiting", "message");
    return message ? [`container "${text(container, "name")}": ${text(container, "state", "waiting", "reason")}: ${message}`] : [];
  });
  const ended = containers.flatMap((container) => {
    const code = count(container, "state", "terminated", "exitCode");
    const message = text(container, "state", "terminated", "message").trim();
    return code === 0 ? [] : [`container "${text(container, "name")}" ended with exit code ${code}${message ? `: ${message}` : ""}`];
  });
  return [...conditions, ...waiting, ...ended].filter((message) => message !== "").map((message) => `[Pod ${idOf(pod)}]: ${message}`);
}
