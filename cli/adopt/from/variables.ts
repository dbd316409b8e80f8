import type { Draft } from "./draft";
import { Entry } from "./entry";

/** Ansible's variables as one host or the whole cluster sees them: of several layers the first that has one wins. */
export class Variables {
  constructor(
    private readonly layers: readonly ReadonlyMap<string, Entry>[],
    private readonly draft: Draft,
    /** The names that were asked for, to tell what was left over. */
    readonly asked: Set<string> = new Set(),
  ) {}

  /** Undefined when no layer has it, when it is null, or when it can't be known (that is listed then). */
  get(name: string): Entry | undefined {
    this.asked.add(name);
    const entry = this.find(name);
    if (!entry?.given) return undefined;
    const value = this.resolved(entry.value, new Set([name]));
    if (value === undefined) {
      const isSecret = JSON.stringify(entry.value).includes("$ANSIBLE_VAULT");
      const message = isSecret
        ? "is encrypted by ansible-vault."
        : `${JSON.stringify(entry.value)} is an expression that only Ansible can work out.`;
      this.draft.leave(
        entry,
        message,
        `The stack takes kubespray's default, if there is one: compare with \`ansible -m debug -a var=${name}\`.`,
      );
      return undefined;
    }
    return Entry.plain(entry.file, entry.path, value, entry.place);
  }

  text(name: string): string | undefined {
    const entry = this.get(name);
    return entry && this.draft.text(entry);
  }

  texts(name: string): string[] {
    const entry = this.get(name);
    return entry ? this.draft.texts(entry) : [];
  }

  number(name: string): number | undefined {
    const entry = this.get(name);
    return entry && this.draft.number(entry);
  }

  /** Ansible's truth: true, yes, on, 1. */
  truth(name: string): boolean | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : /^(true|yes|on|y|1)$/i.test(text);
  }

  /** Where a variable is, for remarks. */
  place(name: string): Entry | undefined {
    return this.find(name);
  }

  private find(name: string): Entry | undefined {
    return this.layers.map((layer) => layer.get(name)).find((entry) => entry !== undefined);
  }

  /** Puts the values of plain references ({{ name }}, with a plain default) in their places; undefined for anything beyond that. */
  private resolved(value: unknown, above: ReadonlySet<string>): unknown {
    if (Array.isArray(value)) {
      const items = value.map((item) => this.resolved(item, above));
      return items.includes(undefined) ? undefined : items;
    }
    if (typeof value !== "string") return value;
    if (value.startsWith("$ANSIBLE_VAULT")) return undefined;
    const result = value.replace(reference, (whole, name: string, ...defaults: (string | undefined)[]) => {
      const found = above.has(name) ? undefined : this.find(name);
      this.asked.add(name);
      const inner = found?.given
        ? this.resolved(found.value, new Set([...above, name]))
        : defaults.slice(0, 3).find((one) => one !== undefined);
      return inner === undefined || typeof inner === "object" ? whole : String(inner);
    });
    return /\{\{|\{%/.test(result) ? undefined : result;
  }
}

const reference = /\{\{-?\s*([a-zA-Z_]\w*)\s*(?:\|\s*default\(\s*(?:'([^']*)'|"([^"]*)"|([\w./:]+))\s*\)\s*)?-?\}\}/g;
