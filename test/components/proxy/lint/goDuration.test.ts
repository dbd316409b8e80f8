import fc from "fast-check";
import { readDuration } from "../../../../components/proxy/lint/goDuration";

test.each<[string, number | undefined]>([
  ["0", 0],
  ["0s", 0],
  ["1m30s", 90],
  ["2h22m", 8520],
  ["1.5h", 5400],
  [".5s", 0.5],
  ["1.s", 1],
  ["-5s", -5],
  ["+5s", 5],
  ["500ms", 0.5],
  ["1s1h", 3601],
  ["30", undefined],
  ["", undefined],
  ["-", undefined],
  ["s", undefined],
  [".s", undefined],
  ["1d", undefined],
  ["1 s", undefined],
  ["5S", undefined],
  ["2562048h", undefined],
])("%p", (text, seconds) => {
  expect(readDuration(text)).toBe(seconds);
});

test("hours, minutes and seconds add up, in any order", () => {
  const part = fc.tuple(fc.nat({ max: 1000 }), fc.constantFrom(["h", 3600] as const, ["m", 60] as const, ["s", 1] as const));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts.map(([number, [unit]]) => `${number}${unit}`).join("");
      expect(readDuration(text)).toBe(parts.reduce((sum, [number, [, seconds]]) => sum + number * seconds, 0));
    }),
  );
});
