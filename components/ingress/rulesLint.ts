import type { Finding, Path } from "../../core/finding";
import { showPath } from "../../core/finding";
import type { Manifest } from "../../core/part";
import { ingressClass } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";
import { classAnnotation } from "./lint/api";
import { lintIngress } from "./lint/lint";
import type { NamedManifests } from "./lint/objects";

/** What `plumbline ingress lint` has to say about a stack's rules, at their places in the stack file. Remarks are left away. */
export function rulesFindings({ ingress: { controllers, rules } }: Stack, objects: readonly Manifest[]): Finding[] {
  const files = objects.map((data, index) => fileOf(data, ruleAt(index)));
  // Classes that no controller of the stack serves are the stack's own check's; who serves them isn't known.
  const served = controllers.map((controller) => {
    const { name } = ingressClass(controller);
    return { controller: controller.name, files: files.filter((_, index) => classOf(objects[index]) === name) };
  });
  const known = new Set(served.flatMap((one) => one.files));
  const groups = [...served, { controller: undefined, files: files.filter((file) => !known.has(file)) }];
  // No Secret is among them, so the day doesn't matter.
  const now = new Date(0);
  const findings = groups.flatMap((group) =>
    lintIngress(group.files, { now, ...(group.controller ? { controller: group.controller } : {}) }),
  );
  return findings
    .filter(({ severity }) => severity !== "info")
    .map(({ severity, path, message, mend, file }) => {
      const index = files.findIndex((one) => one.file === file);
      return { severity, path: [...ruleAt(index), ...placeInRule(path, rules[index])], message, mend };
    });
}

export const ruleAt = (index: number): Path => ["ingress", "rules", index];

const classOf = (object: Manifest | undefined): unknown =>
  (object?.spec as { ingressClassName?: string } | undefined)?.ingressClassName ?? object?.metadata.annotations?.[classAnnotation];

/** An object of the plan as a file of its own, named by its place in the stack. Line 0: the plan has no lines. */
export function fileOf(data: Manifest, path: Path): NamedManifests {
  const place = () => ({ line: 0, column: 0 });
  return { file: showPath(path), findings: [], documents: [{ data, place, inside: () => place }] };
}

/** Where in a rule what is at a path of its Ingress comes from; the rule itself where nothing nearer is known. */
export function placeInRule(path: Path, rule: Stack["ingress"]["rules"][number] | undefined): Path {
  const [first, second, third, ...rest] = path;
  if (first === "metadata") {
    if (second === "annotations" && typeof third === "string" && rule && third in rule.annotations) return ["annotations", third];
    return second === "name" || second === "namespace" ? [second] : [];
  }
  if (first !== "spec") return [];
  if (second === "ingressClassName") return ["class"];
  if (second === "tls") return [rule?.tls ? "tls" : "tlsSecret"];
  if (second === "defaultBackend") return ["defaultBackend", ...backendPlace([third, ...rest].filter((step) => step !== undefined))];
  if (second !== "rules") return [];
  if (rest[0] === "host") return ["host"];
  const [, , position, field, ...below] = rest;
  if (typeof position !== "number") return [];
  if (field === "backend") return ["paths", position, ...backendPlace(below)];
  return ["paths", position, ...(field === undefined ? [] : [field])];
}

const backendPlace = (path: Path): Path => (path.includes("port") ? ["port"] : path.includes("name") ? ["service"] : []);
