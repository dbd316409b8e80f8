/** How a change reaches a running cluster. */
export type ChangeClass =
  /** Nothing that runs is touched. */
  | "in place"
  /** Node by node; what runs goes on. */
  | "rolling"
  /** Pods or connections break for a while. */
  | "disruptive"
  /** A running cluster can't take it; the recipe says what can be done instead. */
  | "refuse";

/** One difference between two plans, in words. */
export interface Difference {
  readonly kind: "removed" | "changed" | "added";
  /** What it is about: `pod ranges`, `node w2`, `flow`. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
  readonly class: ChangeClass;
  /** What it means for packets and pods. */
  readonly effect: string;
  /** What to do: the way to have it all the same where it is refused. */
  readonly recipe?: string;
}

export type Judgement = Pick<Difference, "class" | "effect" | "recipe">;

/** A value that differs, with its judgement. A list that only lost something counts as a removal. */
export function changed(what: string, before: readonly unknown[], after: readonly unknown[], judge: () => Judgement): Difference[] {
  const [old, now] = [before.map(String), after.map(String)];
  if (old.join() === now.join()) return [];
  const isLoss = now.every((one) => old.includes(one)) && now.length < old.length;
  const isGain = old.every((one) => now.includes(one)) && now.length > old.length;
  return [
    {
      kind: isLoss ? "removed" : isGain ? "added" : "changed",
      what,
      before: old.join(", ") || "none",
      after: now.join(", ") || "none",
      ...judge(),
    },
  ];
}
