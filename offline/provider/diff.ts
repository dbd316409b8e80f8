import { isProperties, type Properties, reveal, Secret, Unknown, type Value } from "./values";

/** How one property changes. */
export type Change = "add" | "delete" | "update";

/** The changes between two sets of properties, by property path in the engine's notation: `spec.ports[0].port`, `data["a.conf"]`. */
export type Changes = Map<string, Change>;

/**
 * Compares two sets of properties to the depth of single values. Secrecy alone is no difference, and what differs within a secret is
 * reported as a change of the whole secret. An unknown value differs from every value; null is a value.
 */
export function structuralDiff(olds: Properties, news: Properties): Changes {
  const changes: Changes = new Map();
  compareProperties("", olds, news, changes);
  return changes;
}

function compareProperties(path: string, olds: Properties, news: Properties, changes: Changes): void {
  for (const key of [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort()) {
    compare(joinPath(path, key), olds[key], news[key], changes);
  }
}

function compare(path: string, oldValue: Value | undefined, newValue: Value | undefined, changes: Changes): void {
  if (oldValue === undefined || newValue === undefined) {
    if (newValue !== undefined) changes.set(path, "add");
    else if (oldValue !== undefined) changes.set(path, "delete");
    return;
  }
  const before = reveal(oldValue);
  const after = reveal(newValue);
  if (oldValue instanceof Secret || newValue instanceof Secret) {
    if (!sameValue(before, after)) changes.set(path, "update");
  } else if (isProperties(before) && isProperties(after)) {
    compareProperties(path, before, after, changes);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare(`${path}[${index}]`, before[index], after[index], changes);
    }
  } else if (before !== after || after instanceof Unknown) {
    changes.set(path, "update");
  }
}

/** Appends a key to a property path, quoted where it isn't a plain name. */
export function joinPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The top-level property that a path lies in. */
export function rootOf(path: string): string {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(path);
  return quoted ? JSON.parse(`"${quoted[1]}"`) : path.replace(/[.[].*$/s, "");
}

/** Whether two values are the same, secrecy aside. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  const changes: Changes = new Map();
  compare("", a, b, changes);
  return changes.size === 0;
}
