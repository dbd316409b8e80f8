import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";
import { ruleController } from "./ingress";

export type RewritingController = "traefik" | "haproxy" | "f5-nginx" | "ingress-nginx";

/** The annotation with which each controller changes the path on the way to the Service. */
export const rewriteAnnotation: Readonly<Record<RewritingController, string>> = {
  traefik: "traefik.ingress.kubernetes.io/router.middlewares",
  haproxy: "haproxy.org/path-rewrite",
  "f5-nginx": "nginx.org/rewrites",
  "ingress-nginx": "nginx.ingress.kubernetes.io/rewrite-target",
};

/** What means itself in every controller's expressions, but for the dot. */
const plain = /^[\w./~-]*$/;

/** `rewrite` of rules' paths: what can be written for the rule's controller. */
export function checkRewrites(stack: Stack, { intact }: Losses): Finding[] {
  if (!intact("ingress", "controllers")) return [];
  return stack.ingress.rules.flatMap((rule, index) => {
    const path = ["ingress", "rules", index];
    if (!intact(...path) || rule.paths.every(({ rewrite }) => rewrite === undefined)) return [];
    const controller = ruleController(stack, rule)?.name;
    const findings: Finding[] = [];
    const error = (at: Path, message: string, mend: string) => findings.push({ severity: "error", path: [...path, ...at], message, mend });
    rule.paths.forEach((one, position) => {
      const at = ["paths", position, "rewrite"];
      if (one.rewrite === undefined) return;
      if (controller === undefined)
        error(
          at,
          "is written in each controller's own way, and no controller of the stack serves this rule.",
          "Write class: that of one of ingress.controllers.",
        );
      if (controller === "gce")
        error(
          at,
          "is not written for gce.",
          "Write the annotation ingress.gcp.kubernetes.io/path-prefix-rewrite, or rewrite in the application.",
        );
      if (one.pathType === "ImplementationSpecific")
        error(
          at,
          "is there with pathType: ImplementationSpecific, which each controller reads otherwise.",
          "Write pathType: Prefix or Exact.",
        );
      for (const [key, url] of [
        ["rewrite", one.rewrite],
        ["path", one.path],
      ] as const)
        if (!plain.test(url))
          error(
            ["paths", position, key],
            `${url} has more than letters, digits and . _ ~ - /, which a path that is rewritten can't have.`,
            "Write a plain path.",
          );
    });
    if (controller === undefined || controller === "gce") return findings;
    const key = rewriteAnnotation[controller];
    if (key in rule.annotations)
      error(["annotations", key], "is what `rewrite` writes for one of the paths as well.", "Take one of the two away.");
    if (controller === "f5-nginx") checkServices(rule, error);
    return findings;
  });
}

/** F5 NGINX rewrites by Service, for all paths of an Ingress that go there. */
function checkServices({ paths }: Stack["ingress"]["rules"][number], error: (at: Path, message: string, mend: string) => void): void {
  const how = ({ rewrite, pathType }: (typeof paths)[number]) => rewrite && `${pathType} ${rewrite}`;
  paths.forEach((one, position) => {
    const first = paths.findIndex(({ service }) => service === one.service);
    const other = paths[first];
    if (other && how(other) !== how(one))
      error(
        ["paths", position],
        `goes to the Service ${one.service} as paths[${first}] does, rewritten otherwise; F5 NGINX has one rewrite for each Service.`,
        "Write the same rewrite and pathType, or name a second Service of the same pods.",
      );
  });
}
