import { showPath } from "../../../core/finding";
import type { Role } from "../../../core/stack/nodes";
import type { Entry, Place } from "./entry";

/** Something of the source that the stack doesn't say, or something that the source doesn't say and the stack needs. */
export interface LeftOut extends Place {
  readonly file: string;
  /** In the source, for example `networking.podSubnet`. */
  readonly path: string;
  /** Why it isn't in the stack. */
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}

/** A node as the source states it; texts aren't judged here, `check` does that. */
export interface NodeDraft {
  name: string;
  roles: Role[];
  address: string[];
  ssh: { host?: string; port?: number; user?: string; key?: string };
}

/** The stack that a source is turned into, in the words of the stack file, and what got left out of it. */
export class Draft {
  readonly cluster: Record<string, unknown> = {};
  readonly nodes: NodeDraft[] = [];
  readonly ssh: { user?: string; port?: number; key?: string; agent?: boolean; bastion?: Record<string, unknown> } = {};
  readonly cni: Record<string, unknown> = {};
  readonly proxy: Record<string, unknown> = {};
  readonly dns: Record<string, unknown> = {};
  /** What kubelets tell pods to ask for names. */
  readonly clusterDns: Entry[] = [];
  readonly leftOut: LeftOut[] = [];

  leave(entry: Entry, message: string, mend: string): void {
    this.leftOut.push({ file: entry.file, path: showPath(entry.path), ...entry.place, message, mend });
  }

  /** A text, number or boolean as text; nothing else has the right form. */
  text(entry: Entry): string | undefined {
    const { value } = entry;
    if (!entry.given || value === "") return undefined;
    if (typeof value !== "object") return String(value).trim();
    this.leave(entry, "is no plain value, so it was not understood.", "Correct the source, or write it into the stack by hand.");
    return undefined;
  }

  /** A list of texts, or one text with commas or spaces between. */
  texts(entry: Entry): string[] {
    const parts = Array.isArray(entry.value) ? entry.items().flatMap((item) => this.text(item) ?? []) : [this.text(entry) ?? ""];
    return parts.flatMap((part) => part.split(/[\s,]+/)).filter((part) => part !== "");
  }

  /** A whole number. */
  number(entry: Entry): number | undefined {
    const text = this.text(entry);
    if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
    this.leave(entry, `${JSON.stringify(text)} is no whole number.`, "Correct the source, or write it into the stack by hand.");
    return undefined;
  }

  /** cp1, cp2…: the first that no node has. */
  freeName(prefix: string): string {
    for (let number = 1; ; number++) if (!this.nodes.some(({ name }) => name === `${prefix}${number}`)) return `${prefix}${number}`;
  }

  /** Sets a key of a section, unless there is nothing to set. */
  set(section: "cluster" | "cni" | "proxy" | "dns", key: string, value: unknown): void {
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) this[section][key] = value;
  }
}

/** A kind of source, one file each. */
export interface Source {
  /** For messages: "a kubeadm configuration". */
  readonly what: string;
  /** Whether the documents are of this kind. */
  recognises(documents: readonly Entry[]): boolean;
  read(documents: readonly Entry[], draft: Draft): void;
  /** Why something that was not read isn't carried over, and what to do, by its path. The first that fits counts. */
  readonly unread: readonly (readonly [path: RegExp, message: string, mend: string])[];
}
