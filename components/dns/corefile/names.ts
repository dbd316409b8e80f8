import { distance } from "fastest-levenshtein";

/** The name a misspelt one was probably meant to be; undefined when none is near. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  const near = names
    .map((name) => ({ name, steps: isTurned(lower, name) ? 1 : distance(lower, name) }))
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.name;
}

/** The same letters in another order. */
const isTurned = (a: string, b: string) => [...a].sort().join("") === [...b].sort().join("");
