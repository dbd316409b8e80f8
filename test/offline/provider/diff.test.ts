import { joinPath, rootOf, sameValue, structuralDiff } from "../../../offline/provider/diff";
import { type Properties, Secret, Unknown } from "../../../offline/provider/values";

function diff(olds: Properties, news: Properties) {
  return Object.fromEntries(structuralDiff(olds, news));
}

test("equal properties, in any order of keys, don't differ", () => {
  expect(diff({ a: 1, b: { c: [1, null] } }, { b: { c: [1, null] }, a: 1 })).toEqual({});
});

test("differences are found down to single values", () => {
  const olds = { same: 1, text: "a", gone: true, nested: { list: [1, { a: 1 }, 3], map: { "a.b": "x" } } };
  const news = { same: 1, text: "b", added: [1], nested: { list: [2, { a: 2 }], map: { "a.b": "y", c: "z" } } };
  expect(diff(olds, news)).toEqual({
    text: "update",
    gone: "delete",
    added: "add",
    "nested.list[0]": "update",
    "nested.list[1].a": "update",
    "nested.list[2]": "delete",
    'nested.map["a.b"]': "update",
    "nested.map.c": "add",
  });
});

test("a value of another kind is an update, and so is null", () => {
  expect(diff({ a: [1], b: { c: 1 }, d: null }, { a: { 0: 1 }, b: "c", d: 0 })).toEqual({ a: "update", b: "update", d: "update" });
});

test("secrecy alone is no difference; a difference within a secret is one of the whole secret", () => {
  expect(diff({ a: "x", b: new Secret({ c: [1] }) }, { a: new Secret("x"), b: { c: [new Secret(1)] } })).toEqual({});
  expect(diff({ b: new Secret({ c: [1] }) }, { b: new Secret({ c: [2] }) })).toEqual({ b: "update" });
});

test("an unknown value differs from everything, another unknown one included", () => {
  expect(diff({ a: "x", b: Unknown.value }, { a: Unknown.value, b: Unknown.value })).toEqual({ a: "update", b: "update" });
});

test.each([
  ["", "a", "a"],
  ["a", "b_1", "a.b_1"],
  ["a[0]", "b", "a[0].b"],
  ["a", "x.y", 'a["x.y"]'],
  ["", 'quo"te', '["quo\\"te"]'],
])("joinPath(%j, %j) is %j", (path, key, joined) => {
  expect(joinPath(path, key)).toBe(joined);
});

test.each([
  ["a", "a"],
  ["a.b", "a"],
  ["a[0].b", "a"],
  ['["x.y"].z', "x.y"],
  ['["quo\\"te"]', 'quo"te'],
])("rootOf(%j) is %j", (path, root) => {
  expect(rootOf(path)).toBe(root);
});

test("sameValue compares to any depth", () => {
  expect(sameValue({ a: [1, { b: new Secret(2) }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(sameValue({ a: [1] }, { a: [1, 2] })).toBe(false);
  expect(sameValue(undefined, null)).toBe(false);
});
