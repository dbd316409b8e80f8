import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import { type Path, showPath } from "../../../core/finding";

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value of a source file, with its place; the value is undefined where the file has none. Remembers which keys were asked for. */
export class Entry {
  private constructor(
    readonly file: string,
    readonly path: Path,
    readonly value: unknown,
    private readonly locate: (path: Path) => Place,
    private readonly asked: Set<string>,
  ) {}

  static of(file: string, document: Document, lines: LineCounter): Entry {
    return new Entry(file, [], document.toJS({ maxAliasCount: -1 }), (path) => placeIn(document, lines, path), new Set());
  }

  /** A value of a file that isn't YAML. */
  static plain(file: string, path: Path, value: unknown, place: Place): Entry {
    return new Entry(file, path, value, () => place, new Set());
  }

  get place(): Place {
    return this.locate(this.path);
  }

  /** There is a value, and it isn't null. */
  get given(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  at(...steps: Path): Entry {
    let entry: Entry = this;
    for (const step of steps) {
      const { value, path } = entry;
      const found = isCollection(value) && Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
      entry = new Entry(this.file, [...path, step], found, this.locate, this.asked);
      this.asked.add(showPath(entry.path));
    }
    return entry;
  }

  /** The elements of a list; none when it is none. */
  items(): Entry[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : [];
  }

  /** The fields of a mapping; none when it is none. */
  fields(): [string, Entry][] {
    return isCollection(this.value) && !Array.isArray(this.value) ? Object.keys(this.value).map((key) => [key, this.at(key)]) : [];
  }

  /** Everything below that nobody asked for and that says something, a whole branch as one. */
  unread(): Entry[] {
    if (!isCollection(this.value)) return [];
    return Object.keys(this.value).flatMap((key) => {
      const path = [...this.path, Array.isArray(this.value) ? Number(key) : key];
      const below = new Entry(this.file, path, (this.value as Record<string, unknown>)[key], this.locate, this.asked);
      if (this.asked.has(showPath(path))) return below.unread();
      return isEmpty(below.value) ? [] : [below];
    });
  }
}

const isCollection = (value: unknown): value is object => typeof value === "object" && value !== null;
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (isCollection(value) && Object.values(value).every(isEmpty));

/** The place of a value, or of the nearest thing around it; of a field at its key. */
function placeIn(document: Document, lines: LineCounter, path: Path): Place {
  let node: unknown = document.contents;
  let best = (node as Node | null)?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      best = (pair.key as Node).range?.[0] ?? best;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      best = (node as Node | undefined)?.range?.[0] ?? best;
    } else break;
  }
  const { line, col } = lines.linePos(best);
  return { line, column: col };
}
