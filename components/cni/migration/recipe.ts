import type { TransitProvider } from "../providers";
import type { Action } from "./actions";
import type { Evidence } from "./progress";
import type { NetworkRecord } from "./record";

/** One thing to do, and what it does. */
export interface MigrationStep {
  readonly title: string;
  /** What to set in sections of the stack file, by the section's name; their other keys stay as they are. */
  readonly write?: Readonly<Record<string, object>>;
  readonly actions: readonly Action[];
  /** By what `--run` sees that it is done already. Absent: it is done again, which changes nothing. */
  readonly done?: Evidence;
  /** What then happens to packets and pods. */
  readonly effects: readonly string[];
}

/** How this very stack gets from one pod network to another. */
export interface Migration {
  readonly from: NetworkRecord["provider"];
  readonly to: TransitProvider;
  /** Bytes of a pod's packet; `before` is unknown of a network that Plumbline didn't set up. */
  readonly mtu: { readonly before?: number; readonly after: number };
  readonly restarts: "no pod" | "all pods";
  /** When pods can't reach each other. */
  readonly window: string;
  readonly steps: readonly MigrationStep[];
  readonly back: readonly string[];
}

/** What a kind of change has to say; the rest is the same for all. */
export type Recipe = Omit<Migration, "from" | "to" | "mtu">;

/** The commands with which this stack is applied and proven. */
export interface StackCommands {
  readonly apply: string;
  readonly verify: string;
}

/** What `plumbline plan --cluster` and a preview say of a change of the pod network. */
export interface Announcement {
  /** No pod restarts and no packet is lost. */
  readonly isSafe: boolean;
  readonly restarts: Migration["restarts"];
  readonly text: string;
}
