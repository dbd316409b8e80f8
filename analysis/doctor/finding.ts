import type { Finding } from "../../core/finding";

/** Something that was found on a host or in the cluster. Without a place in the stack file its path is empty. */
export interface LiveFinding extends Finding {
  /** Absent for what is the whole cluster's. */
  readonly node?: string;
}

/** What the judge of one node says of it. */
export type Report = (severity: LiveFinding["severity"], path: LiveFinding["path"], message: string, mend: string) => LiveFinding;
