import { pluginVersions } from "../versions";

/** A type in the language of Pulumi package schemas, as far as this package needs it. */
export type TypeSpec =
  | { readonly type: "string" | "integer" | "number" | "boolean"; readonly enum?: readonly { readonly value: string }[] }
  | { readonly type: "array"; readonly items: TypeSpec }
  | { readonly type: "object"; readonly additionalProperties: TypeSpec }
  | { readonly $ref: string };

export type PropertySpec = TypeSpec & {
  readonly description?: string;
  readonly default?: string | number;
  readonly secret?: true;
  readonly replaceOnChanges?: true;
};

export interface ObjectSpec {
  readonly properties: { readonly [name: string]: PropertySpec };
  readonly required: readonly string[];
}

const text = { type: "string" } as const;
const anything = { $ref: "pulumi.json#/Any" } as const;

const endpoint: ObjectSpec["properties"] = {
  host: { ...text, description: "Name or address of the host." },
  port: { type: "number", default: 22, description: "Its SSH port." },
  user: { ...text, default: "root", description: "Who logs in." },
  hostKey: { ...text, description: "The host's public key, as a line of authorized_keys. Without it any host is trusted." },
  privateKey: { ...text, description: "The user's private key, itself and not its path." },
  privateKeyPassword: { ...text, description: "The password that the private key is encrypted with." },
  password: { ...text, description: "The user's password." },
  agentSocketPath: { ...text, description: "Path of an SSH agent's socket; SSH_AUTH_SOCK by default." },
  dialErrorLimit: { type: "integer", default: 10, description: "How many failed dials are followed by another; -1: no limit." },
  perDialTimeout: { type: "integer", default: 15, description: "Time limit of one dial in seconds; 0: no limit." },
};

const logging = {
  type: "string",
  enum: [{ value: "stdout" }, { value: "stderr" }, { value: "stdoutAndStderr" }, { value: "none" }],
} as const;

/** The object types of the package by their token. */
export const types: { readonly [token: string]: ObjectSpec } = {
  "command:remote:Connection": {
    properties: { ...endpoint, proxy: { $ref: "#/types/command:remote:ProxyConnection", description: "A bastion to go through." } },
    required: ["host"],
  },
  "command:remote:ProxyConnection": { properties: endpoint, required: ["host"] },
};

function lifeCycle(place: "local" | "remote"): ObjectSpec["properties"] {
  return {
    create: { ...text, description: "The command that runs on creation." },
    update: { ...text, description: "The command that runs on update; `create` by default." },
    delete: { ...text, description: "The command that runs on deletion; none by default." },
    stdin: { ...text, description: "What the command reads." },
    environment: { type: "object", additionalProperties: text, description: "Variables for the command." },
    triggers: {
      type: "array",
      items: anything,
      replaceOnChanges: true,
      description: "A change of one of these values replaces the resource.",
    },
    logging: { $ref: `#/types/command:${place}:Logging`, description: "Which output is shown while the command runs; both by default." },
    addPreviousOutputInEnv: {
      type: "boolean",
      description: "Whether update and delete get the last output as PULUMI_COMMAND_STDOUT and _STDERR.",
    },
  };
}

/** What the resources take, by their type. `assetPaths` and `archivePaths` of local commands are not supported. */
export const inputs: { readonly [type: string]: ObjectSpec } = {
  "command:remote:Command": {
    properties: {
      ...lifeCycle("remote"),
      connection: { $ref: "#/types/command:remote:Connection", secret: true, description: "The host." },
    },
    required: ["connection"],
  },
  "command:local:Command": {
    properties: {
      ...lifeCycle("local"),
      dir: { ...text, description: "The folder that the command runs in." },
      interpreter: {
        type: "array",
        items: text,
        description: "The program, with arguments, that runs the command; /bin/sh -c by default.",
      },
    },
    required: [],
  },
};

const outputs = { stdout: { ...text, description: "What it printed." }, stderr: { ...text, description: "What it printed as errors." } };

/** The package's schema for the engine. */
export const schema = {
  name: "command",
  version: pluginVersions.command,
  config: {},
  provider: { type: "object" },
  types: {
    ...Object.fromEntries(Object.entries(types).map(([token, spec]) => [token, { type: "object", ...spec }])),
    "command:local:Logging": logging,
    "command:remote:Logging": logging,
  },
  resources: Object.fromEntries(
    Object.entries(inputs).map(([type, spec]) => [
      type,
      {
        inputProperties: spec.properties,
        requiredInputs: spec.required,
        properties: { ...spec.properties, ...outputs },
        required: [...spec.required, "stdout", "stderr"],
      },
    ]),
  ),
};

/** The type that a reference within the schema stands for; undefined stands for any value. */
export function resolve(reference: string): ObjectSpec | TypeSpec | undefined {
  const token = reference.replace("#/types/", "");
  return token.endsWith(":Logging") ? logging : types[token];
}
