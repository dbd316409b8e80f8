import { type Finding, type Path, showPath } from "../../../core/finding";
import type { Stack } from "../../../core/stack/schema";

type Custom = Stack["cni"]["custom"];
type Written = NonNullable<Custom["conflist"]> | Custom["files"][number]["content"];

/** A text of the user's, and how findings about it are told. */
export interface Source {
  /** Undefined: the file can't be read. */
  readonly text: string | undefined;
  /** A finding about a place in the text, as one about the stack. */
  readonly tell: (finding: Finding) => Finding;
}

/** A text that is written at this path of the stack, in one of the three ways. */
export function sourceOf(written: Written, path: Path): Source {
  if (typeof written === "string") return { text: written, tell: told(path, "") };
  if (isFile(written)) return { text: written.text, tell: told(path, `${written.file}:`) };
  // A mapping's places are places of the stack file.
  const { plugins, ...rest } = written;
  return {
    text: `${JSON.stringify({ ...rest, plugins }, undefined, 2)}\n`,
    tell: ({ severity, path: inner, message, mend }) => ({ severity, path: [...path, ...inner], message, mend }),
  };
}

export const isFile = (value: object): value is { file: string; text?: string | undefined } =>
  "file" in value && typeof value.file === "string" && Object.keys(value).every((key) => key === "file" || key === "text");

/** The place in the user's text before the message. */
const told =
  (path: Path, file: string) =>
  ({ severity, path: inner, line, column, message, mend }: Finding): Finding => {
    const place = line === undefined ? file : file ? `${file}${line}:${column}:` : `line ${line}, column ${column}:`;
    const where = [place, inner.length > 0 ? `${showPath(inner)}:` : ""].filter((part) => part !== "").join(" ");
    return { severity, path, message: where ? `${where} ${message}` : message, mend };
  };

/** What can't be read, if anything. */
export function unreadable(written: object | string, path: Path): Finding[] {
  if (typeof written === "string" || !isFile(written) || written.text !== undefined) return [];
  return [
    {
      severity: "error",
      path: [...path, "file"],
      message: `${written.file} can't be read.`,
      mend: "Write the file's path from the stack file's folder.",
    },
  ];
}
