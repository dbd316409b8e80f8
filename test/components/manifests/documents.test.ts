import { readManifests } from "../../../components/manifests/documents";
import { showPath } from "../../../core/finding";

const short = ({ findings }: ReturnType<typeof readManifests>) =>
  findings.map(({ severity, path, line, column, message }) => `${severity} ${line}:${column} ${showPath(path)}: ${message}`);

test("several documents; empty ones don't count", () => {
  const { documents, findings } = readManifests("---\n---\nkind: A\n---\n# nothing\n---\nkind: B\n");
  expect(findings).toEqual([]);
  expect(documents.map(({ data }) => data)).toEqual([{ kind: "A" }, { kind: "B" }]);
});

test("an empty text has no documents", () => {
  expect(readManifests("")).toEqual({ documents: [], findings: [] });
});

test("the entries of a List are documents, at their places", () => {
  const { documents } = readManifests("kind: List\nitems:\n  - kind: A\n    x: 1\n  - text\n  - kind: B\n    w: {z: 2}\n");
  expect(documents.map(({ data }) => data)).toEqual([
    { kind: "A", x: 1 },
    { kind: "B", w: { z: 2 } },
  ]);
  expect(documents.map(({ place }) => place(["w", "z"]))).toEqual([
    { line: 3, column: 5 },
    { line: 7, column: 9 },
  ]);
});

test("YAML 1.1, as Kubernetes reads it; dates stay texts", () => {
  const { documents } = readManifests("a: yes\nb: on\nc: 010\nd: 2024-01-02\ne: 12:30:00\nf: 0x10\n");
  expect(documents.map(({ data }) => data)).toEqual([{ a: true, b: true, c: 8, d: "2024-01-02", e: "12:30:00", f: 16 }]);
});

test("JSON, indented with tabs, after a byte order mark", () => {
  const { documents, findings } = readManifests('\uFEFF{\n\t"kind": "A",\n\t"x": [1, 2]\n}');
  expect(findings).toEqual([]);
  expect(documents.map(({ data, place }) => ({ data, place: place(["x", 1]) }))).toEqual([
    { data: { kind: "A", x: [1, 2] }, place: { line: 3, column: 11 } },
  ]);
});

test("the first line keeps its place after a byte order mark", () => {
  const { documents, findings } = readManifests("\uFEFFkind: A\nx: 1\n");
  expect(findings).toEqual([]);
  expect(documents.map(({ data, place }) => ({ data, place: place(["kind"]) }))).toEqual([
    { data: { kind: "A", x: 1 }, place: { line: 1, column: 1 } },
  ]);
});

test("anchors, references and merges", () => {
  const { documents } = readManifests("a: &a {x: 1}\nb: *a\nc:\n  <<: *a\n  w: 2\n");
  expect(documents[0]?.data).toEqual({ a: { x: 1 }, b: { x: 1 }, c: { x: 1, w: 2 } });
  expect(documents[0]?.place(["b", "x"])).toEqual({ line: 1, column: 8 });
});

test("a place that isn't there is the nearest thing around it", () => {
  const [document] = readManifests("kind: A\nspec:\n  list:\n    - x: 1\n").documents;
  expect(document?.place(["spec", "list", 0, "y"])).toEqual({ line: 4, column: 7 });
  expect(document?.place(["spec", "other", "y"])).toEqual({ line: 2, column: 1 });
  expect(document?.place(["status"])).toEqual({ line: 1, column: 1 });
});

test.each<[string, string, number]>([
  ["a block", "data:\n  f: |\n    one\n    two: 2\n", 5],
  ["a block that starts with an empty line", "data:\n  f: |-\n\n    two: 2\n", 5],
  ["a block with an indentation of its own", "data:\n  f: |2\n      one\n    two: 2\n", 5],
])("the lines of %s are the file's", (_, text, column) => {
  const [document] = readManifests(text).documents;
  expect(document?.inside(["data", "f"])({ line: 2, column: column - 4 })).toEqual({ line: 4, column });
});

test("the lines of a quoted text are at its beginning", () => {
  const [document] = readManifests('data:\n  f: "one\\ntwo"\n').documents;
  expect(document?.inside(["data", "f"])({ line: 2, column: 1 })).toEqual({ line: 2, column: 6 });
});

test("a key that is there twice: the last counts; another reader may judge otherwise", () => {
  const text = "kind: A\nx: 1\nx: 2\n";
  const { documents } = readManifests(text);
  expect(documents[0]?.data).toEqual({ kind: "A", x: 2 });
  expect(documents[0]?.place(["x"])).toEqual({ line: 3, column: 1 });
  expect(short(readManifests(text))).toEqual([
    "error 3:1 x: is there twice; the API server's strict reading refuses that, a lenient one takes the last.",
  ]);
  expect(short(readManifests(text, { severity: "warning", message: "is there twice." }))).toEqual(["warning 3:1 x: is there twice."]);
});

test.each<[string, string, string]>([
  ["a list", "- a\n", "error 1:1 : is a list, not an object with apiVersion and kind."],
  ["a text", "text\n", "error 1:1 : is a single value, not an object with apiVersion and kind."],
  ["a tab", "a:\n\tb: 1\n", "error 2:1 : is indented with a tab."],
  ["an unknown reference", "a: *b\n", "error 1:4 : *b refers to no value above it."],
  ["a template", "a: 1\n{{- if .Values.x }}\nb: {{ .Values.y }}\n{{- end }}\n", "error 2:1 : is a template of Helm, not a manifest."],
])("%s is a finding", (_, text, finding) => {
  expect(short(readManifests(text))).toEqual([finding]);
});

test("references that unfold without end are a finding", () => {
  const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`);
  const { documents, findings } = readManifests(["l0: &l0 x", ...levels].join("\n"));
  expect({ documents, mends: findings.map(({ mend }) => mend) }).toEqual({
    documents: [],
    mends: ["Write the values out instead of referring to them."],
  });
});

test("a good document beside a broken one is read", () => {
  const { documents, findings } = readManifests("kind: A\n---\nkind: [\n---\nkind: C\n");
  expect(documents.map(({ data }) => data.kind)).toContain("A");
  expect(findings).toHaveLength(1);
});
