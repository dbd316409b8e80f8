import { isDeepStrictEqual } from "node:util";
import { isCollection, isMap, isScalar, isSeq, type Node, type Pair, parse, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { type Path, showPath, UserError } from "../../core/finding";

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** Sets one value of a stack: `["nodes", 1, "podCIDRs"]`. An index after the last one of a list adds to it; undefined takes a key away that is there. */
export interface Edit {
  readonly path: Path;
  readonly value: Value | undefined;
}

/**
 * Sets values in the text of a stack file. Everything else stays as it is, to the letter: comments, order, quotes, indentation.
 * @throws Error when the text then doesn't say what was asked for.
 */
export function editStack(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { merge: true });
  const config = document.get("config");
  if (!isMap(config)) throw new Error("the stack file has no mapping config");
  const splices: Splice[] = [];
  change(config, treeOf(edits), { text, splices });
  // From the end, so that the places before stay right; of two at one place the later one goes in first.
  const edited = splices
    .map((splice, index) => ({ ...splice, index }))
    .sort((a, b) => b.start - a.start || b.index - a.index)
    .reduce((result, { start, end, insert }) => result.slice(0, start) + insert + result.slice(end), text);
  const result = parseDocument(edited, { merge: true });
  for (const { path, value } of edits) {
    const node = result.getIn(["config", ...keysOf(path)]);
    if (!isDeepStrictEqual(isCollection(node) ? node.toJSON() : node, value))
      throw new Error(`setting ${showPath(path)} in the stack file didn't work`);
  }
  return edited;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

interface Target {
  readonly text: string;
  readonly splices: Splice[];
}

/** Edits by their common paths. */
type Tree = { readonly value: Value | undefined } | { readonly children: Map<string | number, Tree> };

const keysOf = ([section, ...rest]: Path) => [`plumbline:${section}`, ...rest];

function treeOf(edits: readonly Edit[]): Tree {
  const grow = (group: readonly Edit[]): Tree => {
    const [first] = group;
    if (first && first.path.length === 0) return { value: first.value };
    const steps = new Map<string | number, Edit[]>();
    for (const { path, value } of group) {
      const [step = "", ...rest] = path;
      steps.set(step, [...(steps.get(step) ?? []), { path: rest, value }]);
    }
    return { children: new Map([...steps].map(([step, below]) => [step, grow(below)])) };
  };
  return grow(edits.map(({ path, value }) => ({ path: keysOf(path), value })));
}

/** The value of a tree where the file has nothing yet. */
function whole(tree: Tree): Value {
  if ("value" in tree) {
    if (tree.value === undefined) throw new Error("what is taken away is not in the stack file");
    return tree.value;
  }
  const entries = [...tree.children].map(([key, child]) => [key, whole(child)] as const);
  return entries.every(([key]) => typeof key === "number") ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function change(collection: YAMLMap | YAMLSeq, tree: Tree, target: Target): void {
  if ("value" in tree) throw new Error("a collection is set as a whole");
  const added: [string | number, Value][] = [];
  for (const [step, child] of tree.children) {
    const pair = isMap(collection) ? findPair(collection, step) : undefined;
    const node = pair ? pair.value : isSeq(collection) && typeof step === "number" ? collection.items[step] : undefined;
    if (pair && isMap(collection) && "value" in child && child.value === undefined) remove(collection, pair, target);
    else if (!pair && node === undefined) added.push([step, whole(child)]);
    else if ("children" in child && isCollection(node) && (isMap(node) || isSeq(node))) change(node, child, target);
    else if (pair) replace(pair, whole(child), target);
    else
      throw new UserError(
        `Number ${step} of a list in the stack file is an alias or a single word, and can't be changed there. Write it out as a mapping.`,
      );
  }
  if (added.length > 0) add(collection, added, target);
}

function findPair(map: YAMLMap, key: string | number): Pair<Node, Node | null> | undefined {
  return (map.items as Pair<Node, Node | null>[]).find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** Replaces a value: all after the colon, so that a block list becomes a flow list on the key's line. */
function replace({ key, value }: Pair<Node, Node | null>, by: Value, { text, splices }: Target): void {
  const colon = text.indexOf(":", key.range?.[1] ?? 0) + 1;
  const end = value ? Math.max(colon, endOf(value, text)) : colon;
  splices.push({ start: colon, end, insert: ` ${flow(by)}` });
}

/** Takes an entry away: its lines, or what is between two commas. Comments before it stay. */
function remove(map: YAMLMap, pair: Pair<Node, Node | null>, { text, splices }: Target): void {
  const items = map.items as Pair<Node, Node | null>[];
  const index = items.indexOf(pair);
  const startOf = ({ key }: Pair<Node, Node | null>) => key.range?.[0] ?? 0;
  const endOfPair = ({ key, value }: Pair<Node, Node | null>) =>
    Math.max(text.indexOf(":", key.range?.[1] ?? 0) + 1, value ? endOf(value, text) : 0);
  const [before, after] = [items[index - 1], items[index + 1]];
  if (map.flow) {
    const [start, end] = after ? [startOf(pair), startOf(after)] : [before ? endOfPair(before) : startOf(pair), endOfPair(pair)];
    splices.push({ start, end, insert: "" });
    return;
  }
  if (items.length === 1) throw new Error("the last key of a mapping is not taken away");
  const lineEnd = text.indexOf("\n", endOfPair(pair));
  splices.push({ start: text.lastIndexOf("\n", startOf(pair)) + 1, end: lineEnd < 0 ? text.length : lineEnd + 1, insert: "" });
}

/** Adds entries after the last one, in the collection's own style. */
function add(collection: YAMLMap | YAMLSeq, added: readonly (readonly [string | number, Value])[], { text, splices }: Target): void {
  const [start = 0, end = start] = collection.range ?? [];
  const entry = ([key, value]: readonly [string | number, Value]) => (typeof key === "number" ? flow(value) : `${key}: ${flow(value)}`);
  if (collection.flow) {
    const entries = added.map(entry).join(", ");
    const empty = isMap(collection) ? `{ ${entries} }` : `[${entries}]`;
    if (collection.items.length === 0) splices.push({ start, end, insert: empty });
    else splices.push({ start: endOf(collection, text, true), end: endOf(collection, text, true), insert: `, ${entries}` });
    return;
  }
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const line = ([key, value]: readonly [string | number, Value]) => {
    if (typeof key === "number") return `${indent}- ${flow(value)}`;
    // A list of mappings reads better with a line for each.
    if (Array.isArray(value) && typeof value[0] === "object")
      return [`${indent}${key}:`, ...value.map((item) => `${indent}  - ${flow(item)}`)].join("\n");
    return `${indent}${entry([key, value])}`;
  };
  const last = endOf(collection, text);
  const lineEnd = text.indexOf("\n", last) < 0 ? text.length : text.indexOf("\n", last);
  splices.push({ start: lineEnd, end: lineEnd, insert: added.map((one) => `\n${line(one)}`).join("") });
}

/** Where the text of a node ends, without the line breaks and comments after it. */
function endOf(node: Node, text: string, inside = false): number {
  if ((isMap(node) || isSeq(node)) && (inside || !node.flow)) {
    const last = node.items.at(-1) as Pair<Node, Node | null> | Node | undefined;
    const child = last && "key" in last ? (last.value ?? last.key) : (last as Node | undefined);
    if (child) return endOf(child, text);
  }
  let end = node.range?.[1] ?? 0;
  while (/\s/.test(text.charAt(end - 1))) end--;
  return end;
}

/** Truth values to YAML 1.1, which Pulumi's engine reads. */
const otherTruths = /^(y|yes|n|no|on|off)$/i;

/** A value on one line. Texts are quoted where YAML would read something else. */
function flow(value: Value): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string")
    return /^[\w/][\w ./+=@-]*$/.test(value) && !otherTruths.test(value) && parse(value) === value ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${flow(item)}`)
    .join(", ")} }`;
}
