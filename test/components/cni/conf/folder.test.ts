import { lintFolder, winner } from "../../../../components/cni/conf/folder";
import { addresses, listOf } from "./examples/example";

describe("the file that the runtime takes", () => {
  test.each([
    ["the first by name", ["20-b.conflist", "10-a.conflist"], "10-a.conflist"],
    ["by bytes: upper case is before lower case", ["a.conf", "B.conf"], "B.conf"],
    ["digits are letters like others: 100 is before 20", ["20-b.conf", "100-a.conf"], "100-a.conf"],
    ["of three endings", ["00.json", "05.conf", "10.conflist"], "00.json"],
    ["others don't count", ["00-a.conf.bak", "01-b.yaml", "02-c", "03.conflist.disabled", "99-d.conf"], "99-d.conf"],
    ["a hidden file counts", ["10-a.conflist", ".conflist"], ".conflist"],
  ])("%s", (_, files, expected) => expect(winner(files)).toBe(expected));

  test("none", () => expect(winner(["README"])).toBeUndefined());
});

test("two networks that give the same addresses", () => {
  const text = listOf(`"type": "bridge", ${addresses}`);
  const findings = lintFolder([
    { name: "10-a.conflist", text },
    { name: "20-b.conflist", text },
  ]);
  expect(findings[1]?.findings.map(({ message }) => message)).toContain(
    "gives addresses of 10.244.1.0/24, and 10-a.conflist of 10.244.1.0/24: leases are kept per network, so two pods can get one address.",
  );
  const apart = lintFolder([
    { name: "10-a.conflist", text },
    { name: "20-b.conflist", text: text.replace("10.244.1", "10.244.2") },
  ]);
  expect(apart[1]?.findings.map(({ message }) => message)).toEqual([
    "has no effect: 10-a.conflist is before it by name, and the runtime takes the first only.",
  ]);
});
