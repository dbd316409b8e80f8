import { KubernetesProvider } from "../../../offline/kubernetes/provider";
import type { Diff, Operation, Resource } from "../../../offline/provider/provider";
import type { Properties } from "../../../offline/provider/values";

interface Settings {
  urn?: string;
  timeout?: number;
  preview?: boolean;
}

/** A resource as the state holds it. */
export interface Stored {
  type: string;
  name: string;
  id: string;
  inputs: Properties;
  state: Properties;
}

/** Does to a provider what the engine does for a program, step by step. */
export class Program {
  /** What the provider told the user, status messages included. */
  readonly messages: string[] = [];
  private readonly provider = new KubernetesProvider();

  private constructor() {}

  static async start(settings: Properties): Promise<Program> {
    const program = new Program();
    await program.provider.configure(settings);
    return program;
  }

  resource(type: string): Resource {
    const resource = this.provider.resource(type);
    if (!resource) throw new Error(`unsupported: ${type}`);
    return resource;
  }

  get operation(): Operation {
    return {
      log: (severity, message) => this.messages.push(`${severity}: ${message}`),
      status: (message) => {
        if (message !== "") this.messages.push(message);
      },
      signal: new AbortController().signal,
    };
  }

  async check(type: string, name: string, news: Properties, olds: Properties = {}): Promise<Properties> {
    const { inputs, failures = [] } = await this.resource(type).check({
      ...identify(type, name),
      olds,
      news,
      randomSeed: new Uint8Array([1]),
    });
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return inputs;
  }

  async create(type: string, name: string, news: Properties, { preview = false, timeout = 0 }: Settings = {}): Promise<Stored> {
    const inputs = await this.check(type, name, news);
    const { id, state } = await this.resource(type).create({ ...identify(type, name), inputs, preview, timeout }, this.operation);
    return { type, name, id, inputs, state };
  }

  /** A program's second run: the diff, with lists and sets as plain data. */
  async diff(stored: Stored, news: Properties) {
    const inputs = await this.check(stored.type, stored.name, news, stored.inputs);
    const diff: Diff = await this.resource(stored.type).diff(this.change(stored, inputs), this.operation);
    return {
      changes: Object.fromEntries(diff.changes),
      replaces: [...(diff.replaces ?? [])],
      deleteBeforeReplace: diff.deleteBeforeReplace ?? false,
    };
  }

  async update(stored: Stored, news: Properties, { preview = false, timeout = 0 }: Settings = {}): Promise<Stored> {
    const inputs = await this.check(stored.type, stored.name, news, stored.inputs);
    const state = await this.resource(stored.type).update({ ...this.change(stored, inputs), preview, timeout }, this.operation);
    return { ...stored, inputs, state };
  }

  /** Undefined when the object is gone. */
  async refresh(stored: Stored): Promise<Stored | undefined> {
    const found = await this.resource(stored.type).read({ ...identify(stored.type, stored.name), ...stored }, this.operation);
    return found && { ...stored, ...found };
  }

  /** Reads what the program doesn't own: `X.get`. */
  get(type: string, id: string) {
    return this.resource(type).read({ ...identify(type, "read"), id, state: {}, inputs: {} }, this.operation);
  }

  delete(stored: Stored, timeout = 0): Promise<void> {
    const { id, state, inputs } = stored;
    return this.resource(stored.type).delete(
      { ...identify(stored.type, stored.name), id, state, oldInputs: inputs, timeout },
      this.operation,
    );
  }

  private change(stored: Stored, news: Properties) {
    const { id, state, inputs } = stored;
    return { ...identify(stored.type, stored.name), id, state, oldInputs: inputs, news, ignoreChanges: [] };
  }
}

function identify(type: string, name: string) {
  return { urn: `urn:pulumi:test::test::${type}::${name}`, name, type };
}
