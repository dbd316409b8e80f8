import type { Path } from "../finding";
import { valueAt } from "./issues";

/** What is left of an input when values of a wrong form are taken away, until the rest can be judged. */
export class Rest {
  private readonly taken = new Map<string, Path>();
  /** For every list that lost elements: the original index of each element that is left. */
  private readonly indices = new Map<string, number[]>();
  data: unknown;

  constructor(private readonly input: unknown) {
    this.data = input;
  }

  /** The places, in the input, that were taken away. */
  get lost(): readonly Path[] {
    return [...this.taken.values()];
  }

  /**
   * Takes away the values at these places of the input; where there is nothing (a required key is missing), what it is missing from.
   * False when that leaves nothing.
   */
  take(places: readonly Path[]): boolean {
    for (const place of places) {
      let cut = place;
      while (cut.length > 0 && (this.taken.has(key(cut)) || !exists(this.input, cut))) cut = cut.slice(0, -1);
      if (cut.length === 0) return false;
      this.taken.set(key(cut), cut);
    }
    this.indices.clear();
    this.data = this.without(this.input, []);
    return true;
  }

  /** The place in the input of a place in what is left. */
  original(path: Path): Path {
    const result: (string | number)[] = [];
    for (const step of path) result.push(typeof step === "number" ? (this.indices.get(key(result))?.[step] ?? step) : step);
    return result;
  }

  private without(value: unknown, path: Path): unknown {
    const keep = (step: string | number) => !this.taken.has(key([...path, step]));
    if (Array.isArray(value)) {
      const kept = [...value.keys()].filter(keep);
      if (kept.length < value.length) this.indices.set(key(path), kept);
      return kept.map((index) => this.without(value[index], [...path, index]));
    }
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, item]) => (keep(name) ? [[name, this.without(item, [...path, name])]] : [])),
    );
  }
}

const key = (path: Path) => JSON.stringify(path);

function exists(input: unknown, path: Path): boolean {
  const parent = valueAt(input, path.slice(0, -1));
  return parent !== null && typeof parent === "object" && Object.hasOwn(parent, path.at(-1) ?? "");
}
