import fc from "fast-check";
import { lintConf } from "../../../../components/cni/conf/lint";
import { examples } from "./examples/all";

const everyBad = Object.values(examples).flatMap((cases) => cases.map(({ bad, options }) => ({ bad, options })));

test("every finding says where it is, what it is and what to write", () => {
  for (const { bad, options } of everyBad) {
    const lines = bad.split("\n");
    for (const { line, column, message, mend } of lintConf(bad, options).findings) {
      expect(message).toMatch(/[.!?:]$/);
      expect(mend).toMatch(/\S/);
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual((lines[(line ?? 1) - 1] ?? "").length + 1);
    }
  }
});

test("a finding is at the key that it is about, of two keys of one name at the last", () => {
  const text = `{
  "cniVersion": "1.0.0", "name": "pods",
  "plugins": [
    {"type": "ptp", "mtu": 1400,
     "mtu": "1450", "ipam": {"type": "host-local", "subnet": "10.1.0.0/24", "routes": [{"dst": "0.0.0.0/0"}]}}
  ]
}`;
  expect(lintConf(text).findings.map(({ severity, path, line, column }) => [severity, path.join("."), line, column])).toEqual([
    ["warning", "plugins.0.mtu", 5, 6],
    ["error", "plugins.0.mtu", 5, 6],
  ]);
});

test("no text makes it fail", () => {
  const pieces = fc.constantFrom(...everyBad.map(({ bad }) => bad));
  const damaged = fc.tuple(pieces, fc.nat(), fc.nat(20), fc.string({ maxLength: 5 })).map(([text, at, length, insert]) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + insert + text.slice(start + length);
  });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string(), fc.json()), (text) => {
      const { findings } = lintConf(text);
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      // What isn't JSON has an error.
      expect(isJson || findings.some(({ severity }) => severity === "error")).toBe(true);
    }),
    { numRuns: 300 },
  );
});
