import { isDeepStrictEqual } from "node:util";
import { describe, type FileObject, finding, type ManifestFinding, whereIs } from "./objects";
import type { World } from "./world";

/** Objects of the same name: of two that are applied, the second replaces the first. */
export function duplicateFindings({ ingresses, classes, services, secrets }: World): ManifestFinding[] {
  const seen = new Map<string, FileObject>();
  const judged = [...ingresses.map(({ object }) => object), ...classes, ...services, ...secrets];
  return judged.flatMap((object) => {
    if (object.name === "") return [];
    const id = [object.kind, object.kind === "IngressClass" ? "" : (object.namespace ?? "default"), object.name].join("/");
    const first = seen.get(id);
    seen.set(id, first ?? object);
    if (!first) return [];
    const path = ["metadata", "name"];
    if (isDeepStrictEqual(first.data, object.data))
      return [
        finding(
          object,
          "warning",
          path,
          `${describe(object)} is there twice, word for word: ${whereIs(first)} is the first.`,
          "Keep one of the two.",
        ),
      ];
    return [
      finding(
        object,
        "error",
        path,
        `${describe(object)} is also at ${whereIs(first)}; applied after it, this one replaces it.`,
        "Give the two different names, or merge them.",
      ),
    ];
  });
}
