import type { Word } from "../expand";
import type { Stanza } from "../stanza";
import type { Kind } from "./values";

/** The words behind a plugin or a property. */
export interface Arguments {
  readonly min: number;
  readonly max: number;
  /** What each has to be; the last holds for all that follow. */
  readonly kinds: readonly Kind[];
}

/** A time span of CoreDNS versions in which something holds: from `since`, before `until`. */
export interface Span {
  readonly since?: string;
  readonly until?: string;
}

/** What became of something: `ignored` loads and does nothing. */
export interface Change extends Span {
  readonly state: "deprecated" | "ignored";
  /** What happened, and what to write instead. */
  readonly why: string;
  readonly mend: string;
}

export interface PropertySpec extends Span {
  readonly args: Arguments;
  /** How many words CoreDNS reads; it takes those after them for properties. Absent: the whole line. */
  readonly reads?: number;
  /** Words beyond what it takes are dropped without a word, not refused. */
  readonly loose?: boolean;
  readonly changes?: readonly Change[];
  /** What to write when `until` has come. */
  readonly mend?: string;
}

/** Says something about a stanza beyond its form. Severity `error` is a refusal of CoreDNS's. */
export type Say = (severity: "error" | "warning" | "info", word: Word, message: string, mend: string) => void;

export interface Surroundings {
  /** The addresses of the server block. */
  readonly keys: readonly Word[];
  readonly version: string;
}

export interface PluginSpec extends Span {
  readonly args: Arguments;
  /** Properties by name; or what becomes of a block where there is none. */
  readonly block: Readonly<Record<string, PropertySpec>> | "refused" | "ignored";
  /** A property that isn't in the table: undefined when it is fine. Absent: refused. */
  readonly other?: (name: Word, args: readonly Word[], stanza: Stanza) => string | undefined;
  /** What CoreDNS makes of the plugin given twice in one server block; before `twiceSince` it refuses. */
  readonly twice: "refused" | "all" | "first" | "last";
  readonly twiceSince?: string;
  /** Words beyond `args.max` are dropped without a word. */
  readonly loose?: boolean;
  readonly check?: (stanza: Stanza, say: Say, around: Surroundings) => void;
  readonly changes?: readonly Change[];
  readonly mend?: string;
  /** Left to the names of properties: CoreDNS takes capital letters too. */
  readonly anyCase?: boolean;
}

export const args = (min: number, max: number, ...kinds: readonly Kind[]): Arguments => ({ min, max, kinds });
export const none: Arguments = args(0, 0);
export const many = Number.POSITIVE_INFINITY;
