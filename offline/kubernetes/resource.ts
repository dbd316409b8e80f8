import {
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type DeleteRequest,
  type Diff,
  type DiffRequest,
  InitializationFailed,
  type Operation,
  type ReadRequest,
  type Resource,
  type UpdateRequest,
} from "../provider/provider";
import { holdsUnknown, type Properties } from "../provider/values";
import { type ApplyOptions, createObject, isMissing, relinquish, updateObject } from "./apply";
import { NotReadyError, readinessOf, skipsAwait, untilGone, untilReady } from "./await";
import { compareObjects } from "./changes";
import { ApiError } from "./client";
import { type Cluster, isProbablyNamespaced } from "./cluster";
import { asObject, normalize, withName } from "./inputs";
import {
  annotation,
  annotations,
  at,
  type GroupVersionKind,
  idOf,
  isPatch,
  type KubeObject,
  kindBehind,
  kindOf,
  nameOf,
  parseId,
  text,
  withMetadata,
} from "./objects";
import type { Session } from "./session";
import { type Checkpoint, markSecrets, pruneObject, readState, writeState } from "./state";

/** The life cycle of every Kubernetes object and every Patch: the API is the same for all kinds. */
export class KubernetesResource implements Resource {
  constructor(private readonly session: Session) {}

  async check({ type, name, olds, news, randomSeed }: CheckRequest): Promise<CheckResult> {
    const given = normalize({ ...kindBehind(type), ...news });
    if (isPatch(type, given)) {
      if (given.metadata === undefined || (!holdsUnknown(given.metadata) && !nameOf(given))) {
        throw new Error(`${name}: a Patch needs \`metadata.name\`: the name of the object to patch`);
      }
    } else if (text(given, "metadata", "generateName")) {
      throw new Error(
        `${name}: \`metadata.generateName\` can't be used with server-side apply; leave the name out, and the plugin generates one`,
      );
    }
    const named = withName(given, asObject(olds), name, randomSeed);
    const { namespace } = this.session;
    const lacksNamespace = namespace && at(named, "metadata", "namespace") === undefined && (await this.isNamespaced(kindOf(named)));
    const inputs = lacksNamespace ? withMetadata(named, { namespace }) : named;
    return { inputs: markSecrets(inputs, news) };
  }

  async diff({ type, state, news }: DiffRequest): Promise<Diff> {
    const { inputs, live } = readState(state);
    const wanted = normalize(news);
    const namespaced = await this.isNamespaced(kindOf(wanted));
    return compareObjects(type, { live, inputs: normalize(inputs) }, wanted, { namespaced, mutability: this.session.mutability });
  }

  async create({ urn, type, inputs, preview, timeout }: CreateRequest, operation: Operation): Promise<{ id: string; state: Properties }> {
    const object = asObject(inputs);
    const patch = isPatch(type, object);
    // Fields of an object that another resource is only about to create can't be tried out.
    if (preview && (patch || !(await this.canTry(object)))) return { id: "", state: inputs };
    const cluster = this.session.require();
    const checkpoint = readState({}, object);
    const written = await createObject(cluster, object, applyOptions(checkpoint, patch, preview, operation)).catch((error: unknown) => {
      if (preview && isNoObstacle(error)) return undefined;
      throw explained(error, `resource "${urn}" was not successfully created by the Kubernetes API server`);
    });
    if (written === undefined) return { id: "", state: inputs };
    operation.status("");
    if (preview) {
      // An empty status would pass for a known one.
      const { status: _, ...live } = written;
      return { id: "", state: writeState({ ...checkpoint, inputs: object, live }, inputs) };
    }
    const id = idOf(written);
    const stored = (live: KubeObject) => writeState({ ...checkpoint, inputs: object, live }, inputs);
    try {
      return { id, state: stored(await untilReady(written, { cluster, operation, timeout })) };
    } catch (error) {
      const reason = "was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live";
      throw new InitializationFailed(
        id,
        stored(error instanceof NotReadyError ? error.live : written),
        inputs,
        reasons(`resource "${urn}" ${reason}`, error),
      );
    }
  }

  async update({ id, type, state, news, preview, timeout }: UpdateRequest, operation: Operation): Promise<Properties> {
    const object = normalize(news);
    if (preview && !(await this.canTry(object))) return news;
    const cluster = this.session.require();
    const olds = readState(state);
    const checkpoint = readState(state, object);
    const live = await cluster.read(identity(object, id));
    if (!live) throw new Error(`update of ${kindOf(object).kind} ${id} failed: it does not exist any more; \`pulumi refresh\` will notice`);
    const stored = (now: KubeObject) => writeState({ ...checkpoint, inputs: object, live: now }, news);
    try {
      const written = await updateObject(cluster, live, object, applyOptions(checkpoint, isPatch(type, object), preview, operation));
      operation.status("");
      if (preview) return stored(written);
      const ready = await untilReady(written, { cluster, operation, timeout });
      if (olds.fieldManager !== checkpoint.fieldManager) await relinquish(cluster, ready, olds.fieldManager);
      return stored(ready);
    } catch (error) {
      // Who may not try it out may still see a plain preview.
      if (preview && error instanceof ApiError && error.code === 403) return news;
      const now = error instanceof NotReadyError ? error.live : ((await cluster.read(live)) ?? live);
      const reason = `the Kubernetes API server reported that "${id}" failed to fully initialize or become live`;
      throw new InitializationFailed(id, stored(now), news, reasons(reason, error));
    }
  }

  async read(
    { id, type, state, inputs }: ReadRequest,
    operation: Operation,
  ): Promise<{ state: Properties; inputs: Properties } | undefined> {
    const cluster = this.session.requireForReading(operation);
    const known = readState(state);
    const given = normalize(inputs);
    // The inputs that we know, or else those of a resource that the program only reads, or else nothing at all.
    const foreign = isEmpty(given) && isEmpty(known.live);
    const kind = isEmpty(given) ? (foreign ? kindBehind(type) : kindOf(known.live)) : kindOf(given);
    const shape = isEmpty(given) ? identity({ ...kind }, id) : given;
    const live = await cluster.read(identity(shape, id)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (!live) return undefined;
    const liveInputs = foreign ? inputsBehind(live) : pruneObject(live, shape);
    const initialApiVersion = known.initialApiVersion || kind.apiVersion;
    const found = {
      state: writeState({ ...known, initialApiVersion, inputs: liveInputs, live }, inputs),
      inputs: markSecrets(liveInputs, inputs),
    };
    const readiness = foreign ? undefined : await readinessOf(live, cluster);
    if (readiness) {
      operation.status(readiness.message);
      const reasons = [readiness.message, ...(readiness.problems ?? [])];
      if (!readiness.ready) throw new InitializationFailed(id, found.state, found.inputs, reasons);
      operation.status("");
    }
    return found;
  }

  async delete({ id, type, state, timeout }: DeleteRequest, operation: Operation): Promise<void> {
    const cluster = this.session.require();
    const { inputs, live, fieldManager } = readState(state);
    try {
      const object = await cluster.read(identity(live, id));
      if (!object) return;
      if (isPatch(type, live)) return await giveBack(cluster, object, fieldManager);
      const propagationPolicy =
        annotation(inputs, annotations.deletionPropagationPolicy).replace(/^./, (letter) => letter.toUpperCase()) || "Foreground";
      const uid = text(object, "metadata", "uid");
      await cluster.send(object, { method: "DELETE", body: { propagationPolicy, preconditions: { uid } } });
      if (!skipsAwait(inputs)) await untilGone(object, { cluster, operation, timeout });
    } catch (error) {
      // A custom resource whose definition is gone is gone as well.
      if (!isMissing(error)) throw error;
    }
  }

  /** Whether the API server can be asked what it would do with the inputs. */
  private async canTry(object: KubeObject): Promise<boolean> {
    const { cluster } = this.session;
    return cluster !== undefined && !holdsUnknown(object) && (await cluster.find(kindOf(object))) !== undefined;
  }

  private async isNamespaced(kind: GroupVersionKind): Promise<boolean> {
    return (await this.session.cluster?.find(kind))?.namespaced ?? isProbablyNamespaced(kind);
  }
}

const isEmpty = (properties: Properties) => Object.keys(properties).length === 0;

/** As much of an object as tells which one it is. */
function identity(object: KubeObject, id: string): KubeObject {
  return { ...kindOf(object), metadata: Object.fromEntries(Object.entries(parseId(id))) };
}

/** The inputs that could have made a live object that we know nothing else of: all that isn't the server's own. */
function inputsBehind(live: KubeObject): KubeObject {
  const { status: _, ...inputs } = normalize(live);
  return inputs;
}

/** Refusals of a dry run that say nothing about `up`: what stands in the way may be replaced, or be created, by then. */
function isNoObstacle(error: unknown): boolean {
  return isMissing(error) || (error instanceof ApiError && (error.reason === "AlreadyExists" || error.code === 403));
}

function applyOptions({ fieldManager }: Checkpoint, patch: boolean, dryRun: boolean, operation: Operation): ApplyOptions {
  return { fieldManager, patch, dryRun, status: (message) => operation.status(message), signal: operation.signal };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function reasons(what: string, error: unknown): string[] {
  return [`${what}: ${messageOf(error)}`, ...(error instanceof NotReadyError ? error.problems : [])];
}

function explained(error: unknown, what: string): Error {
  const exists = error instanceof ApiError && error.reason === "AlreadyExists";
  const mend =
    "It was made by somebody else: set single fields of it with a Patch resource, take it over with `pulumi import`, or use another name.";
  return new Error(`${what}: ${messageOf(error)}${exists ? `\n${mend}` : ""}`, { cause: error });
}

async function giveBack(cluster: Cluster, object: KubeObject, fieldManager: string): Promise<void> {
  try {
    await relinquish(cluster, object, fieldManager);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 422)) throw error;
    const mend = "Set the resource option `retainOnDelete`, or let another manager take the field over first.";
    throw new Error(`${kindOf(object).kind} ${idOf(object)} can't do without a field that this Patch manages: ${error.message}\n${mend}`);
  }
}
