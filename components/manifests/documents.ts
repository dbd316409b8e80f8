import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type Tags } from "yaml";
import type { Finding, Path } from "../../core/finding";
import { isDuplicate, syntaxFinding, unresolvedAliases } from "../../core/stack/syntax";

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A Kubernetes object of a file, as plain data. */
export interface ManifestDocument {
  readonly data: Readonly<Record<string, unknown>>;
  /** Where something is in the file: the place itself (its key), or the nearest thing around it. */
  readonly place: (path: Path) => Place;
  /** Where the characters of a text value are, for a text that is itself a file: a ConfigMap's. */
  readonly inside: (path: Path) => (inner: Place) => Place;
}

export interface ManifestFile {
  readonly documents: readonly ManifestDocument[];
  readonly findings: readonly Finding[];
}

/** What is said of a key that is there twice. */
export type Verdict = Pick<Finding, "severity" | "message">;

const strictReading: Verdict = {
  severity: "error",
  message: "is there twice; the API server's strict reading refuses that, a lenient one takes the last.",
};

/**
 * Reads a file of one or more Kubernetes objects, in YAML or JSON; the entries of a `List` count as documents of their own.
 * As Kubernetes does (sigs.k8s.io/yaml), it reads YAML 1.1: `yes` and `on` are booleans; but dates stay texts.
 * @param twice for files that another program than the API server reads.
 */
export function readManifests(text: string, twice: Verdict = strictReading): ManifestFile {
  const lines = new LineCounter();
  const source = text.replace(/^\uFEFF/, "");
  const withoutDates = (tags: Tags): Tags =>
    tags.filter((tag) => (typeof tag === "string" || !("format" in tag && tag.format === "TIME") ? !isTimestamp(tag) : false));
  const parsed = parseAllDocuments(source, {
    version: "1.1",
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
    customTags: withoutDates,
  });
  if (!Array.isArray(parsed)) return { documents: [], findings: [] };
  const template = templateFinding(text);
  const findings: Finding[] = [];
  const documents: ManifestDocument[] = [];
  for (const document of parsed) {
    const broken = document.errors.filter((error) => !isDuplicate(error));
    const aliases = unresolvedAliases(document, lines);
    if (broken.length + aliases.length > 0) {
      const first = [...broken.slice(0, 1).map((error) => syntaxFinding(error, document, lines)), ...aliases];
      findings.push(...(template ? [] : first));
      continue;
    }
    const duplicates = document.errors.map((error): Finding => {
      const { path, line, column } = syntaxFinding(error, document, lines);
      return { ...twice, path, mend: "Merge the two entries into one.", line, column };
    });
    findings.push(...duplicates);
    const read = objectsOf(document, lines, source);
    findings.push(...read.findings);
    documents.push(...read.documents);
  }
  return { documents, findings: template && documents.length < parsed.length ? [template, ...findings] : findings };
}

const isTimestamp = (tag: Tags[number]) =>
  tag === "timestamp" || (typeof tag !== "string" && "tag" in tag && tag.tag === "tag:yaml.org,2002:timestamp");

/** Files of Helm charts are no manifests before Helm has rendered them. */
function templateFinding(text: string): Finding | undefined {
  const index = text.split("\n").findIndex((line) => /\{\{-?\s*(if|end|include|range|with|define|template|\.|\$)/.test(line));
  if (index < 0) return undefined;
  const message = "is a template of Helm, not a manifest.";
  return { severity: "error", path: [], message, mend: "Render it first: `helm template CHART > FILE`.", line: index + 1, column: 1 };
}

function objectsOf(document: Document, lines: LineCounter, source: string): ManifestFile {
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    // A chain of references that would unfold without end ("billion laughs"), or a merge of what is no mapping.
    const message = `can't be read: ${(error as Error).message.replace(/\.$/, "")}.`;
    const mend = "Write the values out instead of referring to them.";
    return { documents: [], findings: [{ severity: "error", path: [], message, mend, ...start(document, lines) }] };
  }
  if (data === null || data === undefined) return { documents: [], findings: [] };
  if (typeof data !== "object" || Array.isArray(data)) {
    const message = `is ${Array.isArray(data) ? "a list" : "a single value"}, not an object with apiVersion and kind.`;
    const mend = "Write a mapping that starts with apiVersion and kind.";
    return { documents: [], findings: [{ severity: "error", path: [], message, mend, ...start(document, lines) }] };
  }
  const whole: ManifestDocument = {
    data: data as Record<string, unknown>,
    place: (path) => place(document, lines, path),
    inside: (path) => inside(document, lines, source, path),
  };
  const { kind, items } = whole.data;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return { documents: [whole], findings: [] };
  const documents = items.flatMap((item: unknown, index): ManifestDocument[] => {
    if (item === null || typeof item !== "object" || Array.isArray(item)) return [];
    const under = (path: Path): Path => ["items", index, ...path];
    return [
      {
        data: item as Record<string, unknown>,
        place: (path) => whole.place(under(path)),
        inside: (path) => whole.inside(under(path)),
      },
    ];
  });
  return { documents, findings: [] };
}

function positionOf(node: unknown, lines: LineCounter): Place | undefined {
  const range = (node as Node | null | undefined)?.range;
  if (!range) return undefined;
  const { line, col } = lines.linePos(range[0]);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

const start = (document: Document, lines: LineCounter): Place => positionOf(document.contents, lines) ?? { line: 1, column: 1 };

function place(document: Document, lines: LineCounter, path: Path): Place {
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  let node: unknown = resolve(document.contents);
  let best = start(document, lines);
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return best;
      best = positionOf(pair.key, lines) ?? best;
      node = resolve(pair.value);
    } else if (isSeq(node) && typeof step === "number") {
      best = positionOf(node.items[step], lines) ?? best;
      node = resolve(node.items[step]);
    } else return best;
  }
  return best;
}

/** Lines of a block text (`|`) are lines of the file; of any other form only the beginning is known. */
function inside(document: Document, lines: LineCounter, source: string, path: Path): (inner: Place) => Place {
  const node = document.getIn(path, true);
  const at = positionOf(node, lines);
  if (!isScalar(node) || node.type !== "BLOCK_LITERAL" || !at) return () => at ?? place(document, lines, path);
  const written = indentationOf(source.split("\n").slice(at.line).join("\n"));
  const indentation = Math.max(0, written - indentationOf(String(node.value)));
  return ({ line, column }) => ({ line: at.line + line, column: column + indentation });
}

/** The spaces before the first text. */
const indentationOf = (text: string): number => /^ *(?=\S)/m.exec(text)?.[0].length ?? 0;
