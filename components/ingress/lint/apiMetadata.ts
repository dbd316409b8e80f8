import { isLabel, isLabelValue, isQualifiedName, isSubdomain } from "./names";
import { type FileObject, fields, finding, type ManifestFinding } from "./objects";

/** Bytes that keys and values of all annotations may have together: apimachinery's TotalAnnotationSizeLimitB. */
const annotationLimit = 256 * 1024;

/** What the API server refuses of an object's metadata: apimachinery, pkg/api/validation/objectmeta.go. */
export function apiMetadata(object: FileObject): ManifestFinding[] {
  const { name, generateName, namespace, labels, annotations } = fields(object.data.metadata);
  const findings: ManifestFinding[] = [];
  const refuse = (path: readonly string[], message: string, mend: string) =>
    findings.push(finding(object, "error", ["metadata", ...path], message, mend));
  if ((name ?? "") === "") {
    if ((generateName ?? "") === "")
      refuse(["name"], "is missing; the API server refuses an object without one.", "Write metadata: { name: … }.");
  } else if (typeof name === "string" && !isSubdomain(name))
    refuse(
      ["name"],
      `${name} is no name of an object.`,
      "Write lower-case letters, digits, '-' and '.', at most 253, with a letter or digit at both ends.",
    );
  if (typeof namespace === "string" && namespace !== "" && !isLabel(namespace))
    refuse(["namespace"], `${namespace} is no name of a namespace.`, "Write lower-case letters, digits and '-', at most 63.");
  for (const [key, value] of Object.entries(fields(labels))) {
    if (!isQualifiedName(key)) refuse(["labels", key], "is no key of a label.", "Write name or prefix.example/name.");
    if (typeof value === "string" && !isLabelValue(value))
      refuse(["labels", key], `${value} is no value of a label.`, "Write at most 63 letters, digits, '-', '_' and '.'.");
  }
  // Annotations are judged in lower case: api/validation, ValidateAnnotations.
  for (const key of Object.keys(fields(annotations)))
    if (!isQualifiedName(key.toLowerCase()))
      refuse(
        ["annotations", key],
        "is no key of an annotation; the API server refuses it.",
        "Write name or prefix.example/name, with one / at most.",
      );
  const bytes = Object.entries(fields(annotations)).reduce((sum, entry) => sum + Buffer.byteLength(entry.join("")), 0);
  if (bytes > annotationLimit) refuse(["annotations"], `are ${bytes} bytes together.`, `The API server takes ${annotationLimit} at most.`);
  return findings;
}
