import { type Document, isMap, isScalar, isSeq, LineCounter, type Pair, parseAllDocuments, type YAMLMap } from "yaml";
import { type Path, showPath } from "../../core/finding";
import { fileObject } from "./lint/objects";
import { isLegacy } from "./lint/versions";

/** One thing that became another when a manifest was converted. */
export interface Change {
  readonly path: Path;
  /** 1-based, in the file that was converted. */
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

export interface Conversion {
  readonly text: string;
  readonly changes: readonly Change[];
}

/**
 * Writes the Ingresses and IngressClasses of v1beta1 in a file as networking.k8s.io/v1, as API servers 1.19 to 1.21 did when they served
 * both (pkg/apis/networking/v1beta1/conversion.go). Comments and all other objects stay as they are.
 */
export function convert(text: string): Conversion {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, version: "1.1" });
  if (!Array.isArray(documents)) return { text, changes: [] };
  const changes = documents.flatMap((document) =>
    objectsIn(document).flatMap(({ map, path }) =>
      convertObject(document, map).map(
        ({ at, offset, from, to }): Change => ({ path: [...path, ...at], line: lines.linePos(offset).line, from, to }),
      ),
    ),
  );
  if (changes.length === 0) return { text, changes };
  return {
    text: documents.map((document) => document.toString({ lineWidth: 0, flowCollectionPadding: text.includes("{ ") })).join(""),
    changes,
  };
}

interface Edit {
  readonly at: Path;
  readonly offset: number;
  readonly from: string;
  readonly to: string;
}

function objectsIn({ contents }: Document): { map: YAMLMap; path: Path }[] {
  if (!isMap(contents)) return [];
  const items = contents.get("items", true);
  if (!isSeq(items) || !String(contents.get("kind")).endsWith("List")) return [{ map: contents, path: [] }];
  return items.items.flatMap((item, index) => (isMap(item) ? [{ map: item, path: ["items", index] }] : []));
}

function convertObject(document: Document, map: YAMLMap): Edit[] {
  const place = () => ({ line: 1, column: 1 });
  const object = fileObject("", { data: { apiVersion: map.get("apiVersion"), kind: map.get("kind") }, place, inside: () => place });
  if (!isLegacy(object)) return [];
  const version: Edit = {
    at: ["apiVersion"],
    offset: offsetOf(map, "apiVersion"),
    from: String(map.get("apiVersion")),
    to: "networking.k8s.io/v1",
  };
  map.set("apiVersion", version.to);
  const spec = map.get("spec", true);
  if (object.kind !== "Ingress" || !isMap(spec)) return [version];
  return [version, ...convertDefault(document, spec), ...pathsOf(spec).flatMap(({ entry, at }) => convertPath(document, entry, at))];
}

function convertDefault(document: Document, spec: YAMLMap): Edit[] {
  const pair = pairOf(spec, "backend");
  if (!pair) return [];
  const edit: Edit = { at: ["spec", "backend"], offset: offsetOf(spec, "backend"), from: "backend", to: "defaultBackend" };
  pair.key = document.createNode("defaultBackend");
  return [edit, ...convertBackend(document, pair.value, edit.at)];
}

function pathsOf(spec: YAMLMap): { entry: YAMLMap; at: Path }[] {
  const rules = spec.get("rules", true);
  if (!isSeq(rules)) return [];
  return rules.items.flatMap((rule, index) => {
    const paths = isMap(rule) ? rule.getIn(["http", "paths"], true) : undefined;
    if (!isSeq(paths)) return [];
    return paths.items.flatMap((entry, position) =>
      isMap(entry) ? [{ entry, at: ["spec", "rules", index, "http", "paths", position] }] : [],
    );
  });
}

function convertPath(document: Document, entry: YAMLMap, at: Path): Edit[] {
  const edits: Edit[] = [];
  if ((entry.get("pathType") ?? undefined) === undefined) {
    edits.push({
      at,
      offset: entry.range?.[0] ?? 0,
      from: "no pathType",
      to: "pathType: ImplementationSpecific (v1beta1's default: the controller decides; Prefix or Exact say it for all)",
    });
    const after = entry.items.findIndex(({ key }) => isScalar(key) && key.value === "path");
    entry.delete("pathType");
    entry.items.splice(after + 1, 0, document.createPair("pathType", "ImplementationSpecific") as Pair<never, never>);
  }
  return [...edits, ...convertBackend(document, entry.get("backend", true), [...at, "backend"])];
}

function convertBackend(document: Document, backend: unknown, at: Path): Edit[] {
  if (!isMap(backend)) return [];
  const [name, port] = [backend.get("serviceName"), backend.get("servicePort")];
  if (name === undefined && port === undefined) return [];
  const numeric = typeof port === "number" || /^\d+$/.test(String(port));
  const service = { name, port: numeric ? { number: Number(port) } : { name: port } };
  const offset = backend.range?.[0] ?? 0;
  const flow = document.createNode({ service }, { flow: backend.flow === true });
  for (const key of ["serviceName", "servicePort"]) backend.delete(key);
  backend.items.unshift(...((flow as unknown as YAMLMap).items as never[]));
  return [
    {
      at,
      offset,
      from: `serviceName: ${name}, servicePort: ${port}`,
      to: `service: { name: ${name}, port: { ${numeric ? "number" : "name"}: ${port} } }`,
    },
  ];
}

const pairOf = (map: YAMLMap, key: string): Pair | undefined => map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);

function offsetOf(map: YAMLMap, key: string): number {
  const node = pairOf(map, key)?.key;
  return isScalar(node) ? (node.range?.[0] ?? 0) : 0;
}

/** `line 8  spec.backend: backend -> defaultBackend` */
export const showChange = ({ line, path, from, to }: Change): string => `line ${line}  ${showPath(path)}: ${from} -> ${to}`;
