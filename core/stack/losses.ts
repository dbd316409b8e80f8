import type { Path } from "../finding";

/**
 * What was taken away from a stack because it had the wrong form. A check that would conclude something from an absence
 * ("no node has the role etcd", "in none of nodeCIDRs") asks first whether the place is as the user wrote it, so that one mistake doesn't bring about a second, false one.
 */
export interface Losses {
  /** Nothing at this place or below was taken away. `*` stands for any step. */
  intact(...place: Path): boolean;
  /** The place itself is the user's (or, where the user left it out, the default), though parts of it may have been taken away. */
  kept(...place: Path): boolean;
}

/** Of a stack that was read whole. */
export const noLosses: Losses = { intact: () => true, kept: () => true };

const key = (path: Path) => JSON.stringify(path);
/** The path and everything above it. */
const upwards = (path: Path) => path.map((_, index) => path.slice(0, index + 1));
const anyIndex = (path: Path) => path.map((step) => (typeof step === "number" ? "*" : step));
const keys = (paths: readonly Path[]) => new Set(paths.flatMap((path) => [key(path), key(anyIndex(path))]));

/** @param original translates a place in what is left into the place in the user's input. */
export function lossesOf(taken: readonly Path[], original: (path: Path) => Path): Losses {
  const lost = keys(taken);
  const touched = keys(taken.flatMap(upwards));
  const isKept = (path: Path) => !upwards(path).some((above) => lost.has(key(above)));
  return {
    kept: (...place) => isKept(original(place)),
    intact: (...place) => {
      const path = original(place);
      return isKept(path) && !touched.has(key(path));
    },
  };
}
