import type { Changes } from "./diff";
import type { Properties } from "./values";

/** What a plugin's author writes; `serveProvider` puts it on the wire. */
export interface Provider {
  /** The plugin's name and version, for example `command` and `1.2.1`. */
  readonly name: string;
  readonly version: string;
  /** The package's schema, as far as we implement it. */
  readonly schema: object;
  /** Completes and checks the provider's own inputs. */
  checkConfig(news: Properties): CheckResult | Promise<CheckResult>;
  /** Compares the provider's inputs; a replaced provider replaces everything that hangs on it. */
  diffConfig(request: DiffRequest): Diff | Promise<Diff>;
  /** Called once before any resource operation. Unknown inputs are possible in preview. */
  configure(inputs: Properties): void | Promise<void>;
  /** What implements resources of a type; undefined where we don't support the type. */
  resource(type: string): Resource | undefined;
}

/** The life cycle of the resources of one type. */
export interface Resource {
  check(request: CheckRequest): CheckResult | Promise<CheckResult>;
  diff(request: DiffRequest, operation: Operation): Diff | Promise<Diff>;
  create(request: CreateRequest, operation: Operation): Promise<{ id: string; state: Properties }>;
  /** What is there now; undefined when the resource is gone. */
  read(request: ReadRequest, operation: Operation): Promise<{ state: Properties; inputs: Properties } | undefined>;
  /** Returns the new state. */
  update(request: UpdateRequest, operation: Operation): Promise<Properties>;
  delete(request: DeleteRequest, operation: Operation): Promise<void>;
}

interface Identity {
  readonly urn: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly type: string;
}

export interface CheckRequest extends Identity {
  /** The inputs of the last deployment; empty for a new resource. */
  readonly olds: Properties;
  readonly news: Properties;
  /** Random, and the same in preview and update: the source for generated names. */
  readonly randomSeed: Uint8Array;
}

export interface CheckResult {
  readonly inputs: Properties;
  readonly failures?: readonly { readonly property: string; readonly reason: string }[];
}

export interface DiffRequest extends Identity {
  readonly id: string;
  readonly state: Properties;
  readonly oldInputs: Properties;
  readonly news: Properties;
  readonly ignoreChanges: readonly string[];
}

export interface Diff {
  readonly changes: Changes;
  /** The paths in `changes` that can't change in place. */
  readonly replaces?: ReadonlySet<string>;
  readonly deleteBeforeReplace?: boolean;
  /** Whether the paths are those of inputs (old inputs against new) rather than those of the state. */
  readonly inputDiff?: boolean;
}

export interface CreateRequest extends Identity {
  readonly inputs: Properties;
  /** Nothing may happen; unknown outputs are left unknown. */
  readonly preview: boolean;
  /** Time limit in seconds that the user set; 0 where he set none. */
  readonly timeout: number;
}

export interface ReadRequest extends Identity {
  readonly id: string;
  /** Both empty when the program reads a resource that is not ours (`X.get`). */
  readonly state: Properties;
  readonly inputs: Properties;
}

export interface UpdateRequest extends DiffRequest {
  readonly preview: boolean;
  readonly timeout: number;
}

export interface DeleteRequest extends Identity {
  readonly id: string;
  readonly state: Properties;
  readonly oldInputs: Properties;
  readonly timeout: number;
}

export type Severity = "debug" | "info" | "warning" | "error";

/** What an operation may use of the engine. */
export interface Operation {
  /** Shows a message beside the resource; `status` shows it while the operation runs and then forgets it. */
  log(severity: Severity, message: string): void;
  status(message: string): void;
  /** Aborted when the user interrupts the deployment. */
  readonly signal: AbortSignal;
}

/** The resource exists now, but didn't get ready: the engine stores the state, reports the reasons, and tries to mend it next time. */
export class InitializationFailed extends Error {
  constructor(
    readonly id: string,
    readonly state: Properties,
    readonly inputs: Properties,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
  }
}
