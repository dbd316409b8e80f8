import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { type Finding, sortFindings, UserError } from "../finding";
import { type Judge, type Locate, type ParsedStack, parseStack } from "./parse";
import { sections } from "./schema";
import { isDuplicate, syntaxFinding, unresolvedAliases } from "./syntax";
import { withTexts } from "./texts";

const namespace = "plumbline:";

/** Reads and judges a stack file. @throws UserError when the file can't be read. */
export function readStackFile(file: string, judge?: Judge): ParsedStack {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `${file} can't be read (${(error as NodeJS.ErrnoException).code}). Name a stack of stacks/ or a file with --stack.`,
    );
  }
  return parseStackText(text, dirname(file), judge);
}

/**
 * The text of a stack file: Pulumi's configuration with our sections as `plumbline:` keys.
 * @param directory where the paths of other files start from.
 */
export function parseStackText(text: string, directory = ".", judge?: Judge): ParsedStack {
  const lines = new LineCounter();
  // Merge keys (`<<`), because Pulumi's own reader understands them.
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: "error" });
  const aliases = unresolvedAliases(document, lines);
  const ofSyntax = document.errors
    .map((error) => syntaxFinding(error, document, lines))
    // The reader may complain about one place in several ways.
    .filter((finding, index, all) => all.findIndex(({ line, column }) => line === finding.line && column === finding.column) === index);
  // A key that is there twice leaves the rest readable.
  if (!document.errors.every(isDuplicate) || aliases.length > 0) return { findings: sortFindings([...ofSyntax, ...aliases]) };
  const locate = locator(document, lines, text);
  const config = dataOf(document);
  if (config === undefined) {
    const missing: Finding = {
      severity: "error",
      path: ["config"],
      message: "is missing: the file has no mapping `config`.",
      mend: "Start with `config:` and, indented below it, `plumbline:nodes:`.",
      ...(locate([]) ?? { line: 1, column: 1 }),
    };
    return { findings: sortFindings([...ofSyntax, missing]) };
  }
  const sectionOf = (key: string) => (key.startsWith(namespace) ? key.slice(namespace.length) : sections.includes(key) ? key : undefined);
  const ours = Object.entries(config).flatMap(([key, value]) => {
    const section = sectionOf(key);
    return section === undefined ? [] : [{ key, section, value }];
  });
  const parsed = parseStack(withTexts(Object.fromEntries(ours.map(({ section, value }) => [section, value])), directory), locate, judge);
  const nameless = ours
    .filter(({ key, section }) => key === section)
    .map(({ section }): Finding => {
      const message = "is not read: keys of Pulumi's configuration carry the project's name.";
      return { severity: "error", path: [section], message, mend: `Write ${namespace}${section}.`, ...locate([section]) };
    });
  const before = [...ofSyntax, ...nameless];
  return before.length > 0 ? { findings: sortFindings([...before, ...parsed.findings]) } : parsed;
}

/** The mapping `config` as plain data; undefined when there is none. */
function dataOf(document: Document): Record<string, unknown> | undefined {
  // Every node of a large cluster may refer to one anchor: no limit.
  const data: unknown = document.toJS({ maxAliasCount: -1 });
  const config = data !== null && typeof data === "object" ? (data as Record<string, unknown>).config : undefined;
  return config !== null && typeof config === "object" && !Array.isArray(config) ? (config as Record<string, unknown>) : undefined;
}

/** Finds places of the stack in a file's text. */
export function locateIn(text: string): Locate {
  const lines = new LineCounter();
  return locator(parseDocument(text, { lineCounter: lines, merge: true }), lines, text);
}

/** Finds places of the stack in the file: the place itself, or the nearest thing around it; in a text behind `|`, the place in the text. */
function locator(document: Document, lines: LineCounter, text: string): Locate {
  const position = (node: unknown) => {
    const range = (node as Node | null | undefined)?.range;
    if (!range) return undefined;
    const { line, col } = lines.linePos(range[0]);
    return { line, column: col };
  };
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  const within = (node: unknown, inside: { line: number; column: number }) => {
    if (!isScalar(node) || node.type !== "BLOCK_LITERAL" || !node.range) return undefined;
    const { line } = lines.linePos(node.range[0]);
    const indent = /^ */.exec(text.split("\n")[line] ?? "")?.[0].length ?? 0;
    return { line: line + inside.line, column: indent + inside.column };
  };
  return (path, inside) => {
    const config = document.get("config", true);
    let node: unknown = resolve(config);
    let best = position(config);
    for (const [depth, step] of path.entries()) {
      if (isMap(node)) {
        const name = String(step);
        const names = depth === 0 ? [`${namespace}${name}`, name] : [name];
        const pair = node.items.findLast(({ key }) => isScalar(key) && names.includes(String(key.value)));
        if (!pair) return best;
        // The last step is shown at its key, since the mistake may be the key.
        best = (depth < path.length - 1 ? position(pair.value) : undefined) ?? position(pair.key) ?? best;
        node = resolve(pair.value);
      } else if (isSeq(node) && typeof step === "number") {
        best = position(node.items[step]) ?? best;
        node = resolve(node.items[step]);
      } else return best;
    }
    return (inside && within(node, inside)) ?? best;
  };
}
