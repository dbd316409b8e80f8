import type { Finding, Path } from "../../../core/finding";
import type { Manifest } from "../../../core/part";
import type { Stack } from "../../../core/stack/schema";
import { readManifests } from "../../manifests/documents";
import { isFile, sourceOf, unreadable } from "./source";

/** The user's objects, in their order, and what is wrong with their files. */
export function customObjects({ cni }: Stack): { objects: Manifest[]; findings: Finding[] } {
  const read = cni.custom.manifests.map((written, index): { objects: Manifest[]; findings: Finding[] } => {
    const path: Path = ["cni", "custom", "manifests", index];
    if (!isFile(written)) return { objects: [written as Manifest], findings: [] };
    const { text, tell } = sourceOf(written, path);
    if (text === undefined) return { objects: [], findings: unreadable(written, path) };
    const { documents, findings } = readManifests(text);
    const objects = documents.map(({ data }) => data);
    const nameless = documents
      .filter(({ data }) => !isManifest(data))
      .map(
        ({ place }): Finding => ({
          severity: "error",
          path: [],
          ...place([]),
          message: "is no Kubernetes object: it has no apiVersion, kind or metadata.name.",
          mend: "Write all three.",
        }),
      );
    return { objects: objects.filter(isManifest), findings: [...findings, ...nameless].map(tell) };
  });
  return { objects: read.flatMap(({ objects }) => objects), findings: read.flatMap(({ findings }) => findings) };
}

function isManifest(data: Readonly<Record<string, unknown>>): data is Manifest {
  const { apiVersion, kind, metadata } = data;
  const named = typeof metadata === "object" && metadata !== null && "name" in metadata && typeof metadata.name === "string";
  return typeof apiVersion === "string" && typeof kind === "string" && named;
}
