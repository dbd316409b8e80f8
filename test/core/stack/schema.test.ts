import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { parseStack } from "../../../core/stack/parse";
import { stackFileSchema, stackSchema } from "../../../core/stack/schema";
import { accepts, type JsonSchema } from "../../support/jsonSchema";
import { everywhere, whole, withValue } from "../../support/wholeStack";

const schema = stackFileSchema() as JsonSchema;

const file = (stack: object) => ({ config: Object.fromEntries(Object.entries(stack).map(([key, value]) => [`plumbline:${key}`, value])) });

test.each(["lab", "dev", "prod-example"])("accepts the stack %s", (name) => {
  expect(accepts(schema, parse(readFileSync(`stacks/Pulumi.${name}.yaml`, "utf8")))).toBe(true);
});

test("accepts the stack of all keys, other projects' keys and Pulumi's own", () => {
  const all = file(whole);
  expect(accepts(schema, { encryptionsalt: "v1:x", ...all, config: { ...all.config, "aws:region": "eu-west-1" } })).toBe(true);
});

test.each([
  ["an unknown section", { ...whole, netwrok: {} }],
  ["a section that begins like ours", { ...whole, nodesets: {} }],
  ["a stack without nodes", { ssh: whole.ssh }],
  ["an unknown key", { ...whole, proxy: { mod: "ipvs" } }],
  ["a removed value", { ...whole, proxy: { mode: "userspace" } }],
])("refuses %s", (_, stack) => {
  expect(accepts(schema, file(stack))).toBe(false);
  expect(parseStack(stack).stack).toBeUndefined();
});

test("whatever an editor marks, the parser refuses", () => {
  const values = [null, -1, "A_b", [1, 2, 3]];
  const disagreements = everywhere.flatMap((path) =>
    values.filter((value) => {
      const stack = withValue(whole, path, (parent, step) => {
        parent[step] = value;
      });
      return !accepts(schema, file(stack as object)) && stackSchema.safeParse(stack).success;
    }),
  );
  expect(disagreements).toEqual([]);
});

test("a value of another type is marked everywhere", () => {
  const accepted = everywhere.flatMap((path) => {
    const stack = withValue(whole, path, (parent, step) => {
      parent[step] = { surprise: [] };
    });
    return accepts(schema, file(stack as object)) ? [path] : [];
  });
  expect(accepted).toEqual([]);
});
