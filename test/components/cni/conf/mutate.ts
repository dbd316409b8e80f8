/** The same numbers on every run. */
export function sequence(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
}

type Container = Record<string, unknown> | unknown[];

const strange: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  5000,
  "",
  "5",
  "true",
  "bridge",
  "10.1.0.0/24",
  "10.1.0.5",
  "fd00::/64",
  "0.0.0.0/0",
  [],
  {},
  ["a"],
  { type: "host-local" },
];

/** A configuration with one thing changed: a value replaced, gone or put into a list; a key misspelt or in capitals; two values swapped. */
export function changed(text: string, next: (limit: number) => number): string {
  const root = { value: JSON.parse(text) as unknown };
  const places = placesIn(root).slice(1);
  const [container, key] = places[next(places.length)] ?? [root, "value"];
  const [other, otherKey] = places[next(places.length)] ?? [root, "value"];
  const value = get(container, key);
  const changes = [
    () => set(container, key, strange[next(strange.length)]),
    () => set(container, key, strange[next(strange.length)]),
    () => remove(container, key),
    () => set(container, key, [value]),
    () => rename(container, key, `${key}x`),
    () => rename(container, key, key.toUpperCase()),
    () => set(container, key, structuredClone(get(other, otherKey))),
    () => set(container, key, Array.isArray(value) ? [...value, ...value] : String(value)),
  ];
  changes[next(changes.length)]?.();
  return `${JSON.stringify(root.value, undefined, 2)}\n`;
}

function placesIn(container: Container): [Container, string][] {
  return Object.keys(container).flatMap((key): [Container, string][] => {
    const value = get(container, key);
    return [[container, key], ...(typeof value === "object" && value !== null ? placesIn(value as Container) : [])];
  });
}

const get = (container: Container, key: string): unknown => (container as Record<string, unknown>)[key];

function set(container: Container, key: string, value: unknown): void {
  (container as Record<string, unknown>)[key] = value;
}

function remove(container: Container, key: string): void {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
}

function rename(container: Container, key: string, name: string): void {
  if (Array.isArray(container)) return;
  container[name] = container[key];
  delete container[key];
}
