import { type Document, isPair, isScalar, isSeq, type LineCounter, visit, type YAMLError } from "yaml";
import type { Finding, Path } from "../finding";

/** What is wrong and how to mend it, by the YAML reader's codes; the reader's own words where they are clear. */
const words: Record<string, { message?: string; mend: string }> = {
  TAB_AS_INDENT: { message: "is indented with a tab.", mend: "Indent with spaces." },
  BAD_INDENT: { mend: "Give all entries of a mapping or list the same indentation." },
  BAD_ALIAS: { mend: "Put a text that starts with * into quotes." },
  MULTIPLE_DOCS: {
    message: "is a second YAML document; a stack file has one.",
    mend: "Remove the line `---` and what doesn't belong here.",
  },
  BLOCK_AS_IMPLICIT_KEY: { mend: "Put a value that holds `: ` into quotes, or its keys on lines of their own." },
  MULTILINE_IMPLICIT_KEY: { mend: "Put `: ` after the key, on the same line." },
  MISSING_CHAR: { mend: "Add what is missing: a colon and a space, a comma, or a closing quote." },
  BAD_SCALAR_START: { mend: "Put the text into quotes." },
  UNEXPECTED_TOKEN: { mend: "Put a text with special characters into quotes, or remove what doesn't belong here." },
};

/** The reader tells this by the indentation of what follows. */
const unclosed = { message: "comes while a bracket above is still open.", mend: "Close the bracket { or [ of the lines above." };

export const isDuplicate = (error: YAMLError) => error.code === "DUPLICATE_KEY";

/** A mistake of syntax, at its place. */
export function syntaxFinding(error: YAMLError, document: Document, lines: LineCounter): Finding {
  const { line, col: column } = lines.linePos(error.pos[0]);
  if (isDuplicate(error)) {
    const path = pathOfKey(document, error.pos[0]);
    return { severity: "error", path, message: "is there twice.", mend: "Merge the two entries into one.", line, column };
  }
  const known = /^Flow /.test(error.message) ? unclosed : words[error.code];
  return {
    severity: "error",
    path: [],
    message: known?.message ?? `is not valid YAML: ${error.message.replace(/\.$/, "")}.`,
    mend: known?.mend ?? "Correct the syntax here: one `key: value` per line, texts with special characters in quotes.",
    line,
    column,
  };
}

/** References to values that no anchor names. */
export function unresolvedAliases(document: Document, lines: LineCounter): Finding[] {
  const findings: Finding[] = [];
  const anchors = new Set<string>();
  visit(document, {
    Value(_, { anchor }) {
      if (anchor) anchors.add(anchor);
    },
    Alias(_, { source, range }) {
      if (anchors.has(source)) return;
      const { line, col: column } = lines.linePos(range?.[0] ?? 0);
      const message = `*${source} refers to no value above it.`;
      const anchor = /^\w[\w-]*$/.test(source)
        ? `Write &${source} before the value that is meant, or put the text into quotes`
        : "Put the text into quotes";
      const mend = `${anchor}: "*${source}".`;
      findings.push({ severity: "error", path: [], message, mend, line, column });
    },
  });
  return findings;
}

/** The path, in the stack, of the key that starts at an offset of the file. */
function pathOfKey(document: Document, offset: number): Path {
  let path: Path = [];
  visit(document, {
    Pair(_, pair, ancestors) {
      if (!isScalar(pair.key) || pair.key.range?.[0] !== offset) return undefined;
      const nodes = [...ancestors, pair];
      path = nodes.flatMap((node, index): Path => {
        if (isPair(node) && isScalar(node.key)) return [String(node.key.value)];
        return isSeq(node) ? [node.items.indexOf(nodes[index + 1])] : [];
      });
      return visit.BREAK;
    },
  });
  const [config, section, ...rest] = path;
  return config === "config" && typeof section === "string" ? [section.replace(/^plumbline:/, ""), ...rest] : path;
}
