import { meant } from "../../../core/stack/hints";
import { finding, type ManifestFinding } from "./objects";
import type { World } from "./world";

const key = "traefik.ingress.kubernetes.io/router.middlewares";

/** Names of Traefik's Middlewares: one that Traefik doesn't find switches the router off. */
export function middlewareFindings({ ingresses, objects }: World): ManifestFinding[] {
  const written = objects.filter(({ kind, group }) => kind === "Middleware" && (group === "traefik.io" || group === "traefik.containo.us"));
  const known = written.map(({ name, namespace }) => `${namespace ?? "default"}-${name}@kubernetescrd`);
  return ingresses.flatMap(({ object, annotations }) => {
    const names = (annotations[key] ?? "").split(",").map((name) => name.trim());
    return names.flatMap((name) => {
      const say = (severity: "error" | "warning", message: string, mend: string) => [
        finding(object, severity, ["metadata", "annotations", key], message, mend, "traefik"),
      ];
      const own = `${object.namespace ?? "default"}-${name.replace(/@.*$/, "")}@kubernetescrd`;
      if (name === "")
        return annotations[key]
          ? say(
              "error",
              "has an empty name: Traefik finds no such middleware, and switches the router off.",
              "Take the comma too many away.",
            )
          : [];
      if (!name.includes("@"))
        return say(
          "error",
          `${name} names no provider: Traefik looks for it among its Ingresses, finds none, and switches the router off.`,
          `Write ${own}, or ${name}@file.`,
        );
      if (!name.endsWith("@kubernetescrd") || known.length === 0 || known.includes(name)) return [];
      const nearest = known.includes(own) ? own : meant(name, known);
      return say(
        "error",
        `${name} is no Middleware of these files: Traefik switches the router off.`,
        nearest ? `Write ${nearest}: NAMESPACE-NAME@kubernetescrd.` : `Write one of ${known.join(", ")}.`,
      );
    });
  });
}
