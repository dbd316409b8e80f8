import type { Finding, Path } from "../../core/finding";
import { showPath } from "../../core/finding";
import type { Manifest } from "../../core/part";
import type { Plan } from "../../core/plan";
import { ingressClass } from "../../core/stack/check/ingress";
import { lintIngress } from "./lint/lint";
import { fields, type NamedManifests } from "./lint/objects";
import { judgedIngress } from "./rules";
import { fileOf, placeInRule, ruleAt } from "./rulesLint";

/** An object of the plan, and what of the stack it comes from. */
interface Declared {
  readonly object: Manifest;
  readonly path: Path;
  /** What is at a path of the object, from its own place on. */
  readonly inside: (path: Path) => Path;
}

/**
 * Judges the stack's rules together with what the cluster has, as it will be after an apply: what the plan alone has been found to have isn't told again.
 * Of the cluster's own Ingresses only what can't work is told. Pure.
 */
export function lintWithCluster(plan: Plan, live: readonly NamedManifests[], now: Date): Finding[] {
  const declared = declaredBy(plan);
  const replaced = new Set(plan.manifests.flatMap(({ object, patch }) => (patch ? [] : [idOf(object)])));
  const others = live.filter(({ documents }) => !documents.some(({ data }) => replaced.has(idOf(data))));
  const own = declared.map(({ object, path }) => fileOf(object, path));
  // Of two that claim the same, the later is the one that is spoken of.
  const findings = lintIngress([...others, ...own], { now, isCluster: true });
  return findings
    .flatMap(({ severity, path, message, mend, file }): Finding[] => {
      const origin = declared.find((one) => showPath(one.path) === file);
      if (origin) return severity === "info" ? [] : [{ severity, path: [...origin.path, ...origin.inside(path)], message, mend }];
      return severity === "error" ? [{ severity, path: [], message: `${file}: ${message}`, mend }] : [];
    })
    .filter(({ path, message }) => !plan.findings.some((known) => known.message === message && showPath(known.path) === showPath(path)));
}

/** The rules as they are in the stack file, the classes of its controllers, and the Services and the Ingress that Plumbline brings along. */
function declaredBy({ stack, manifests }: Plan): Declared[] {
  const { rules, controllers } = stack.ingress;
  const classes = controllers.map((controller) => ingressClass(controller).name);
  return [
    ...manifests.flatMap(({ object, part, patch }): Declared[] => {
      if (patch || part === "ingress" || !["Ingress", "IngressClass", "Service"].includes(object.kind)) return [];
      const path =
        object.kind === "IngressClass"
          ? ["ingress", "controllers", classes.indexOf(object.metadata.name), "class"]
          : part === "ingress/sample"
            ? ["ingress", "sample"]
            : [];
      return [{ object, path, inside: () => [] }];
    }),
    ...rules.map((rule, index) => ({
      object: judgedIngress(stack, rule),
      path: ruleAt(index),
      inside: (path: Path) => placeInRule(path, rule),
    })),
  ];
}

function idOf(object: Readonly<Record<string, unknown>>): string {
  const { name, namespace } = fields(object.metadata);
  return [object.kind, object.kind === "IngressClass" ? "" : (namespace ?? "default"), name].join("/");
}
