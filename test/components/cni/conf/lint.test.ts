import { inRuntimeOrder, lintFolder, winner } from "../../../../components/cni/conf/folder";
import { lintConf } from "../../../../components/cni/conf/lint";
import { accepted, refused } from "./cases";

const lint = (text: string) => lintConf(text).findings;
const errors = (text: string) => lint(text).filter(({ severity }) => severity === "error");

test.each(refused)("an error: %s", (_, conf, words) => {
  const found = errors(JSON.stringify(conf, undefined, 2));
  expect(found.length).toBeGreaterThan(0);
  expect(found.map(({ path, message, mend }) => `${path.join(".")} ${message} ${mend}`).join("\n")).toMatch(words);
  for (const { line, mend } of found) {
    expect(line).toBeGreaterThan(0);
    expect(mend).not.toBe("");
  }
});

test.each(accepted)("nothing above a remark: %s", (_, conf) => {
  expect(lint(JSON.stringify(conf)).filter(({ severity }) => severity !== "info")).toEqual([]);
});

test.each([
  ["YAML", "cniVersion: 1.0.0\nname: pods\n", 1, /JSON/],
  ["a comma too many", '{\n  "cniVersion": "1.0.0",\n  "name": "pods",\n}\n', 3, /comma/],
  ["a comment", '{\n  // pods\n  "name": "pods"\n}\n', 2, /comment/],
  ["nothing", "", 1, /empty/],
])("what isn't JSON: %s", (_, text, line, words) => {
  const [first] = errors(text);
  expect(first).toMatchObject({ message: expect.stringMatching(words), line });
});

test("a key that no plugin reads is a warning with the nearest one; keys of any case are read, as Go does", () => {
  const conf = (key: string) => JSON.stringify({ cniVersion: "1.0.0", name: "pods", plugins: [{ type: "bridge", ipam: {}, [key]: true }] });
  expect(lint(conf("isDefaultGW"))).toContainEqual(
    expect.objectContaining({
      severity: "warning",
      path: ["plugins", 0, "isDefaultGW"],
      mend: expect.stringContaining("isDefaultGateway"),
    }),
  );
  expect(
    lint(conf("ISGATEWAY"))
      .filter(({ path }) => path.at(-1) === "ISGATEWAY" && path.length === 3)
      .filter(({ severity }) => severity !== "info"),
  ).toEqual([]);
});

test("the file that a runtime takes is the first by its bytes, of those that it reads", () => {
  const files = ["20-b.conflist", "10-a.conf", "Z.json", "05-readme.txt", "10-a.conf.bak", "a.conf"];
  expect(inRuntimeOrder(files)).toEqual(["10-a.conf", "20-b.conflist", "Z.json", "a.conf"]);
  expect(winner(files)).toBe("10-a.conf");
  expect(winner(["05-readme.txt"])).toBeUndefined();
});

test("a folder: which file counts, and that the others don't", () => {
  const text = JSON.stringify(accepted[0]?.[1]);
  const found = lintFolder([
    { name: "20-second.conflist", text },
    { name: "10-first.conflist", text },
  ]);
  expect(found.map(({ name }) => name)).toEqual(["10-first.conflist", "20-second.conflist"]);
  expect(found[1]?.findings[0]?.message).toMatch(/10-first\.conflist/);
});
