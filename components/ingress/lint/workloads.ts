import { describe, type FileObject, fields, finding, list, type ManifestFinding, sameNamespace, text, texts } from "./objects";
import type { World } from "./world";

/** The labels and ports of the pods that a workload makes. */
function podsOf({ kind, data }: FileObject): { labels: Readonly<Record<string, string>>; ports: ReadonlySet<string> } {
  const template = kind === "Pod" ? data : fields(fields(data.spec).template);
  const containers = [...list(fields(template.spec).containers), ...list(fields(template.spec).initContainers)].map(fields);
  const names = containers.flatMap(({ ports }) => list(ports).map((port) => text(fields(port).name)));
  return { labels: texts(fields(template.metadata).labels), ports: new Set(names.filter((name) => name !== undefined)) };
}

/** A Service that an Ingress uses and that reaches no pod of the files. Without any workload of the namespace there is nothing to judge by. */
export function workloadFindings(service: FileObject, { workloads }: World): ManifestFinding[] {
  const spec = fields(service.data.spec);
  const selector = Object.entries(texts(spec.selector));
  const near = workloads.filter(({ namespace }) => sameNamespace(namespace, service.namespace));
  if (selector.length === 0 || near.length === 0) return [];
  const pods = near.map(podsOf);
  const selected = pods.filter(({ labels }) => selector.every(([key, value]) => labels[key] === value));
  if (selected.length === 0) {
    const wanted = selector.map(([key, value]) => `${key}=${value}`).join(", ");
    return [
      finding(
        service,
        "warning",
        ["spec", "selector"],
        `${describe(service)} selects ${wanted}, which no workload of these files has: requests end with 503.`,
        `Write the labels of the pods: ${show(pods)}.`,
      ),
    ];
  }
  return list(spec.ports).flatMap((port, index) => {
    const target = fields(port).targetPort;
    if (typeof target !== "string" || selected.some(({ ports }) => ports.has(target))) return [];
    const names = [...new Set(selected.flatMap(({ ports }) => [...ports]))];
    const mend =
      names.length > 0 ? `Write one of ${names.join(", ")}, or the number.` : "Write the number, or give the container's port that name.";
    return [
      finding(
        service,
        "error",
        ["spec", "ports", index, "targetPort"],
        `the selected pods have no port named ${target}: the Service gets no endpoints.`,
        mend,
      ),
    ];
  });
}

const show = (pods: readonly { labels: Readonly<Record<string, string>> }[]) =>
  pods
    .map(
      ({ labels }) =>
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(", ") || "(none)",
    )
    .join("; or ");
