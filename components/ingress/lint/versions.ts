import { type FileObject, finding, type ManifestFinding } from "./objects";

/** API groups that an Ingress was ever written with, by right or by mistake; others have kinds of the same name of their own. */
const groups = ["", "extensions", "apps", "networking", "networking.k8s.io", "ingress.k8s.io", "k8s.io"];

const kinds = ["Ingress", "IngressClass"];

/** `extensions/v1beta1` and `networking.k8s.io/v1beta1`: Kubernetes removed both in 1.22. */
export const isLegacy = ({ kind, group, version }: FileObject): boolean =>
  (kind === "Ingress" && group === "extensions" && version === "v1beta1") ||
  ((kind === "Ingress" || kind === "IngressClass") && group === "networking.k8s.io" && version === "v1beta1");

/** An Ingress or an IngressClass of the version that today's API servers have. */
export const isCurrent = ({ group, version }: FileObject): boolean => group === "networking.k8s.io" && version === "v1";

/** Objects that no API server of today knows: old versions, wrong groups, no kind. */
export function versionFindings(objects: readonly FileObject[]): ManifestFinding[] {
  return objects.flatMap((object) => {
    const { kind, group, data } = object;
    const apiVersion = String(data.apiVersion ?? "");
    if (kind === "" || apiVersion === "") {
      const missing = kind === "" ? (apiVersion === "" ? "neither apiVersion nor kind" : "no kind") : "no apiVersion";
      return [
        finding(
          object,
          "error",
          [],
          `has ${missing}: that is no Kubernetes object.`,
          "Write apiVersion and kind, for example networking.k8s.io/v1 and Ingress.",
        ),
      ];
    }
    if (isLegacy(object)) {
      const mend =
        kind === "Ingress"
          ? `\`plumbline ingress convert ${object.file}\` writes it as networking.k8s.io/v1.`
          : "Write apiVersion: networking.k8s.io/v1; the fields are the same.";
      return [
        finding(object, "error", ["apiVersion"], `${apiVersion} was removed in Kubernetes 1.22; API servers of today refuse it.`, mend),
      ];
    }
    const meantKind = kinds.find((known) => [known, `${known}s`, `${known}es`].some((name) => name.toLowerCase() === kind.toLowerCase()));
    if (meantKind && meantKind !== kind && groups.includes(group))
      return [finding(object, "error", ["kind"], `there is no kind ${kind}; API servers refuse it.`, `Write kind: ${meantKind}.`)];
    const ours = kinds.includes(kind);
    if (ours && groups.includes(group) && !isCurrent(object))
      return [
        finding(
          object,
          "error",
          ["apiVersion"],
          `there is no ${kind} in ${apiVersion}; API servers refuse it.`,
          "Write apiVersion: networking.k8s.io/v1.",
        ),
      ];
    return [];
  });
}
