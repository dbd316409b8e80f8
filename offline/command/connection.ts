import type { Properties, Value } from "../provider/values";

/** How to reach one host by SSH; the properties are those of the schema, with its defaults. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string | undefined;
  readonly privateKey: string | undefined;
  readonly privateKeyPassword: string | undefined;
  readonly password: string | undefined;
  readonly agentSocketPath: string | undefined;
  /** How many failed dials are followed by another one; -1: any number. */
  readonly dialErrorLimit: number;
  /** Seconds; 0: no limit. */
  readonly perDialTimeout: number;
}

export interface Connection extends Endpoint {
  readonly proxy: Endpoint | undefined;
}

/** Reads a connection that was checked. States of older plugin versions may lack what has a default. */
export function readConnection(value: Value | undefined): Connection {
  const properties = asProperties(value);
  const proxy = properties.proxy === undefined ? undefined : readEndpoint(asProperties(properties.proxy));
  return { ...readEndpoint(properties), proxy };
}

function asProperties(value: Value | undefined): Properties {
  return (value ?? {}) as Properties;
}

function readEndpoint(properties: Properties): Endpoint {
  const text = (name: string) => (typeof properties[name] === "string" ? properties[name] : undefined);
  const number = (name: string) => (typeof properties[name] === "number" ? properties[name] : undefined);
  return {
    host: text("host") ?? "",
    port: number("port") ?? 22,
    user: text("user") ?? "root",
    hostKey: text("hostKey"),
    privateKey: text("privateKey"),
    privateKeyPassword: text("privateKeyPassword"),
    password: text("password"),
    agentSocketPath: text("agentSocketPath") ?? process.env.SSH_AUTH_SOCK,
    dialErrorLimit: number("dialErrorLimit") ?? 10,
    perDialTimeout: number("perDialTimeout") ?? 15,
  };
}
