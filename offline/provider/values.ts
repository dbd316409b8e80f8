import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * A property value as the engine and a provider exchange it. Secrets and unknowns keep their nature on the way in and out; assets,
 * archives and resource references stay the plain tagged objects that they are on the wire.
 */
export type Value = null | boolean | number | string | Secret | Unknown | Value[] | Properties;
export type Properties = { [key: string]: Value };

/** A value that the engine encrypts in the state and hides on the screen. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** A value that is not known before `up`, for example an output of a resource that is yet to be created. */
export class Unknown {
  private constructor() {}
  static readonly value = new Unknown();
}

// The wire format of the Pulumi SDKs: an object with this key is tagged, and this tag marks a secret.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

// What the SDKs write for an unknown boolean, number, string, list, asset, archive, and object.
const unknownSentinels = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Reads the properties of a request; an absent struct is an empty one. */
export function fromStruct(struct: Struct | undefined): Properties {
  if (struct === undefined) return {};
  return mapValues(struct.toJavaScript() as { [key: string]: Json }, fromWire);
}

/** Writes properties for a response. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(mapValues(properties, toWire));
}

function fromWire(json: Json): Value {
  if (typeof json === "string" && unknownSentinels.has(json)) return Unknown.value;
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map(fromWire);
  if (json[signatureKey] === secretSignature) return new Secret(fromWire(json.value ?? null));
  return mapValues(json, fromWire);
}

function toWire(value: Value): Json {
  if (value instanceof Secret) return { [signatureKey]: secretSignature, value: toWire(value.value) };
  if (value instanceof Unknown) return unknownString;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(toWire);
  return mapValues(value, toWire);
}

function mapValues<From, To>(object: { [key: string]: From }, map: (value: From) => To): { [key: string]: To } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}

/** Whether this is an object with properties of its own: neither a list, nor a secret, nor unknown. */
export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret) && !(value instanceof Unknown);
}

/** The value without any secret wrapper, at every depth. */
export function reveal(value: Value): Exclude<Value, Secret> {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isProperties(value)) return mapValues<Value, Value>(value, reveal);
  return value;
}

/** Whether the value is secret or holds a secret at some depth. */
export function holdsSecret(value: Value | undefined): boolean {
  return some(value, (part) => part instanceof Secret);
}

/** Whether the value is unknown or holds something unknown at some depth. */
export function holdsUnknown(value: Value | undefined): boolean {
  return some(value, (part) => part instanceof Unknown);
}

function some(value: Value | undefined, test: (part: Value) => boolean): boolean {
  if (value === undefined) return false;
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.value, test);
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isProperties(value) && Object.values(value).some((item) => some(item, test));
}
