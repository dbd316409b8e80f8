import { Writable } from "node:stream";
import type { KubeConfig, KubernetesListObject, KubernetesObject, V1Status } from "@kubernetes/client-node";
import { UserError } from "../core/finding";
import type { Manifest } from "../core/part";
import { connect, type Library, unreached } from "./kubernetes";
import type { Outcome } from "./node/dial";

/** Seconds for a command in a pod. Commands have limits of their own, far below. */
const commandTimeout = 30;
/** How often a command is begun whose end gets lost on the way. */
const tries = 3;

/** Names an object. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** A live cluster, by its API server. Every function throws UserError when that can't be reached or refuses. */
export interface Cluster {
  /** Undefined when there is no such object. */
  read(reference: Reference): Promise<KubernetesObject | undefined>;
  list<T extends KubernetesObject>(apiVersion: string, kind: string, selection?: Selection): Promise<T[]>;
  /** @param dryRun the API server judges the object as if it were to be made, and nothing is. */
  create(object: Manifest, options?: { readonly dryRun: true }): Promise<void>;
  /** Sets the fields of the object that are given (a JSON merge patch): null removes one. They become Plumbline's. */
  patch(reference: Reference, fields: object): Promise<void>;
  /** Without a word when there is no such object. Namespaces take what is in them along. */
  remove(reference: Reference): Promise<void>;
  /** Runs a shell command in a pod's container `probe`; a second time when its end got lost on the way, so it may only look. */
  run(namespace: string, pod: string, command: string, signal: AbortSignal): Promise<Outcome>;
}

/** What is done with nodes and with pods on them. */
export interface Nodes {
  /** Asks for a pod to be ended as its disruption budget allows. Why it may not end now; undefined when it may, or is gone. */
  evict(namespace: string, pod: string): Promise<string | undefined>;
  /** Sets one of a node's conditions. */
  setCondition(node: string, condition: { readonly type: string }): Promise<void>;
}

export interface Selection {
  readonly namespace?: string;
  readonly labels?: string;
  readonly fields?: string;
}

/** @param kubeconfig its text. @throws UserError when it names no cluster. */
export async function openCluster(kubeconfig: string): Promise<Cluster & Nodes> {
  const { k8s, config, configuration, server } = await connect(kubeconfig);
  const objects = new k8s.KubernetesObjectApi(configuration);
  const core = new k8s.CoreV1Api(configuration);
  const isMissing = (error: unknown) => error instanceof k8s.ApiException && error.code === 404;

  /** Errors of the API server and of the way to it, in words. */
  async function ask<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (error instanceof k8s.ApiException)
        throw new UserError(`The API server ${server} refuses to ${what}: ${messageOf(error.body) || `HTTP ${error.code}`}`);
      // The library's own words for a kind that the API server doesn't have are of no class.
      if (error instanceof Error && error.message.startsWith("Unrecognized API version and kind"))
        throw new UserError(`The API server ${server} can't ${what}: it has no such kind. Is what brings it installed?`);
      throw unreached(error, server) ?? error;
    }
  }

  return {
    read: (reference) =>
      ask(`read ${reference.kind} ${reference.metadata.name}`, async () => {
        try {
          return await objects.read({ ...reference, metadata: { namespace: "", ...reference.metadata } });
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      }),
    list: <T extends KubernetesObject>(apiVersion: string, kind: string, { namespace, labels, fields }: Selection = {}) =>
      ask(`list ${kind} objects`, async () => {
        const { items }: KubernetesListObject<T> = await objects.list<T>(
          apiVersion,
          kind,
          namespace,
          undefined,
          undefined,
          undefined,
          fields,
          labels,
        );
        return items;
      }),
    create: (object, options) =>
      ask(`create ${object.kind} ${object.metadata.name}`, async () => {
        await objects.create(object, undefined, options?.dryRun ? "All" : undefined);
      }),
    patch: (reference, fields) =>
      ask(`change ${reference.kind} ${reference.metadata.name}`, async () => {
        const { apiVersion, kind, metadata } = reference;
        const { metadata: more, ...others } = fields as { metadata?: object };
        const object = { apiVersion, kind, ...others, metadata: { ...metadata, ...more } };
        await objects.patch(object, undefined, undefined, "plumbline", undefined, k8s.PatchStrategy.MergePatch);
      }),
    remove: (reference) =>
      ask(`remove ${reference.kind} ${reference.metadata.name}`, async () => {
        try {
          await objects.delete({ ...reference, metadata: { namespace: "", ...reference.metadata } }, undefined, undefined, 0);
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      }),
    evict: (namespace, name) =>
      ask(`evict pod ${namespace}/${name}`, async () => {
        try {
          await core.createNamespacedPodEviction({ namespace, name, body: { metadata: { namespace, name } } });
          return undefined;
        } catch (error) {
          if (isMissing(error)) return undefined;
          // Too many requests: that of a disruption budget.
          if (error instanceof k8s.ApiException && error.code === 429)
            return messageOf(error.body) || "its disruption budget doesn't allow it";
          throw error;
        }
      }),
    setCondition: (name, condition) =>
      ask(`change the status of node ${name}`, async () => {
        // Conditions are merged by their type; a JSON merge patch would replace the list.
        const strategic = k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.StrategicMergePatch);
        await core.patchNodeStatus({ name, body: { status: { conditions: [condition] } } }, strategic);
      }),
    run: async (namespace, pod, command, signal) => {
      for (let turn = 0; turn < tries; turn++) {
        const outcome = await exec(k8s, config, namespace, pod, command, signal);
        if (outcome) return outcome;
      }
      throw new UserError(
        `A command can't be run in pod ${pod}: its connection through the API server to the node's kubelet broke before its end, ${tries} times.`,
      );
    },
  };
}

/** The API server's own words in the body of a refusal: a Status object. */
function messageOf(body: unknown): string {
  try {
    const status: unknown = typeof body === "string" ? JSON.parse(body) : body;
    return typeof status === "object" && status !== null && "message" in status ? String(status.message) : "";
  } catch (error) {
    if (error instanceof SyntaxError) return String(body);
    throw error;
  }
}

/**
 * The API server calls a command successful whose connection to the kubelet broke: it takes the end of the stream of errors for "no error"
 * (client-go, tools/remotecommand, watchErrorStream). So the shell in the pod itself says how the command ended, at the end of both of its streams.
 */
export const tellingItsEnd = (command: string): string => `(${command}\n); end="end $?"; echo "$end"; echo "$end" >&2`;

/** The outcome of such a command; undefined when its end is missing. */
export function ended(stdout: string, stderr: string): Outcome | undefined {
  const mark = /end (\d+)\n$/;
  const code = mark.exec(stdout)?.[1];
  if (code === undefined || !mark.test(stderr)) return undefined;
  return { code: Number(code), stdout: stdout.replace(mark, ""), stderr: stderr.replace(mark, "") };
}

/** A command that fails is an outcome; a command that can't be run is an error. */
async function exec(
  k8s: Library,
  config: KubeConfig,
  namespace: string,
  pod: string,
  command: string,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const texts = { stdout: "", stderr: "" };
  const into = (name: keyof typeof texts) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString();
        done();
      },
    });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(commandTimeout * 1000)]);
  const problem = (reason: string) => new UserError(`A command can't be run in pod ${pod}: ${reason}`);
  return new Promise((resolve, reject) => {
    stop.addEventListener("abort", () => reject(problem(signal.aborted ? "interrupted" : `no end within ${commandTimeout} s`)), {
      once: true,
    });
    const conclude = ({ status, message }: V1Status) => {
      if (status === "Success") resolve(ended(texts.stdout, texts.stderr));
      else reject(problem(message ?? "for an unknown reason"));
    };
    new k8s.Exec(config)
      .exec(namespace, pod, "probe", ["sh", "-c", tellingItsEnd(command)], into("stdout"), into("stderr"), null, false, conclude)
      .then((connection) => {
        stop.addEventListener("abort", () => connection.close(), { once: true });
        connection.on("close", () => reject(problem("the connection through the API server to the node's kubelet broke")));
      })
      // ws reports what goes wrong before the connection stands as an event.
      .catch((event: { message?: string }) => reject(problem(`${event.message}. The API server reaches kubelets at port 10250.`)));
  });
}
