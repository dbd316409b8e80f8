/** What becomes of an annotation on the other side. */
export type Verdict = "same" | "different" | "unsupported";

export interface Judgement {
  readonly verdict: Verdict;
  /** What stands for it there, and how that differs. */
  readonly how: string;
}

export interface AnnotationFacts {
  readonly traefik: Judgement;
  readonly gateway: Judgement;
}

/** Annotations that go the same way. */
export interface FactRow extends AnnotationFacts {
  readonly names: readonly string[];
}

export const same = (how: string): Judgement => ({ verdict: "same", how });
export const different = (how: string): Judgement => ({ verdict: "different", how });
export const unsupported = (how: string): Judgement => ({ verdict: "unsupported", how });
/** What implementations of Gateway API have resources of their own for. */
export const policy = (what: string): Judgement =>
  unsupported(`Gateway API has no ${what}: implementations have policies of their own for it.`);

/** @param names separated by spaces. */
export const row = (names: string, traefik: Judgement, gateway: Judgement): FactRow => ({ names: names.split(" "), traefik, gateway });
