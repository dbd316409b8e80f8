import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  fromStruct,
  holdsSecret,
  holdsUnknown,
  type Properties,
  reveal,
  Secret,
  toStruct,
  Unknown,
} from "../../../offline/provider/values";

// The wire format of the Pulumi SDKs.
const signature = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const asset = { [signature]: "c44067f5952c0a294b673a41bacd8c17", text: "hello" };

const wire = {
  empty: null,
  yes: true,
  port: 22,
  text: "",
  list: [1, secret("inner"), [unknown]],
  connection: secret({ host: "h", key: secret("k") }),
  environment: { A: "1", B: unknown },
  file: asset,
};

const properties: Properties = {
  empty: null,
  yes: true,
  port: 22,
  text: "",
  list: [1, new Secret("inner"), [Unknown.value]],
  connection: new Secret({ host: "h", key: new Secret("k") }),
  environment: { A: "1", B: Unknown.value },
  file: asset,
};

test("properties are read with secrets and unknowns as such, at every depth", () => {
  expect(fromStruct(Struct.fromJavaScript(wire))).toEqual(properties);
});

test("properties are written as they were read", () => {
  expect(toStruct(properties).toJavaScript()).toEqual(wire);
});

test("an absent struct is an empty one", () => {
  expect(fromStruct(undefined)).toEqual({});
});

test("unknown numbers, lists and objects are unknown too", () => {
  const sentinels = {
    number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    list: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  };
  expect(fromStruct(Struct.fromJavaScript(sentinels))).toEqual({ number: Unknown.value, list: Unknown.value, object: Unknown.value });
});

test("reveal removes secrets at every depth and leaves the rest", () => {
  expect(reveal(properties)).toEqual({
    ...properties,
    list: [1, "inner", [Unknown.value]],
    connection: { host: "h", key: "k" },
  });
});

test.each([
  ["a plain value", { a: [1, { b: "x" }] }, false, false],
  ["a secret in a list", { a: [1, new Secret("x")] }, true, false],
  ["an unknown in a secret", new Secret({ a: [Unknown.value] }), true, true],
  ["an absent value", undefined, false, false],
])("%s: holds a secret, holds an unknown", (_, value, secretInside, unknownInside) => {
  expect([holdsSecret(value), holdsUnknown(value)]).toEqual([secretInside, unknownInside]);
});
