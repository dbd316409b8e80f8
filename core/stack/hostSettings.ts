import type { Path } from "../finding";
import type { HostSettings } from "./host";
import type { Stack, StackNode } from "./schema";

/** A setting with its place in the stack file. */
export interface Placed<T> {
  readonly value: T;
  readonly path: Path;
}

/**
 * What `plumbline:host` and `nodes[].host` say together of a node. Lists are added; an entry that has the `name` of one in the section is laid over it;
 * mappings are laid over each other key by key; any other value of the node replaces the section's, and so does its resolver as a whole: the nameservers
 * of two places together would be neither's.
 */
export function hostSettings({ host }: Stack, node: StackNode): HostSettings {
  const settings = overlay(host, node.host) as HostSettings;
  return node.host.resolver ? { ...settings, resolver: node.host.resolver } : settings;
}

/** A list of those settings, each with the place that says it; the node's where both do. */
export function placedSettings<Key extends ListKey>(stack: Stack, index: number, key: Key): Placed<Element<Key>>[] {
  const node = stack.nodes[index];
  if (!node) return [];
  const own: readonly unknown[] = node.host[key] ?? [];
  const merged = (hostSettings(stack, node)[key] ?? []) as readonly Element<Key>[];
  return merged.map((value, position) => {
    const place = own.findIndex((entry) => entry === value || isNamesake(entry, value));
    return { value, path: place < 0 ? ["host", key, position] : ["nodes", index, "host", key, place] };
  });
}

type ListKey = {
  [Key in keyof HostSettings]-?: NonNullable<HostSettings[Key]> extends readonly unknown[] ? Key : never;
}[keyof HostSettings];
type Element<Key extends ListKey> = NonNullable<HostSettings[Key]>[number];

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
const isNamesake = (a: unknown, b: unknown) => isMapping(a) && isMapping(b) && a.name !== undefined && a.name === b.name;

function overlay(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (Array.isArray(below) && Array.isArray(above)) {
    const replaced = below.map((entry) =>
      overlay(
        entry,
        above.find((other) => isNamesake(entry, other)),
      ),
    );
    return [...replaced, ...above.filter((entry) => !below.some((other) => isNamesake(entry, other)))];
  }
  if (!isMapping(below) || !isMapping(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, overlay(below[key], above[key])]));
}
