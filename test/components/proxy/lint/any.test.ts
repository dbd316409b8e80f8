import fc from "fast-check";
import { lintProxyConfiguration } from "../../../../components/proxy/lint/lint";
import { anyConfiguration } from "./anyConfiguration";

const version = { major: 1, minor: 34 };

test("any text gives findings, never an exception", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `kind: KubeProxyConfiguration\nconntrack: ${json}\nlogging: ${json}\n`),
  );
  fc.assert(fc.property(texts, (text) => Array.isArray(lintProxyConfiguration(text, version))));
});

test("any value anywhere is judged with a place of the file and a mend", () => {
  fc.assert(
    fc.property(anyConfiguration, (configuration) => {
      for (const { line, column, message, mend } of lintProxyConfiguration(JSON.stringify(configuration, undefined, 1), version)) {
        expect({ line, column }).toEqual({ line: expect.any(Number), column: expect.any(Number) });
        expect(`${message} ${mend}`).not.toMatch(/undefined|\[object|NaN/);
        expect(mend).toMatch(/^[A-Z].*[.?]$/s);
      }
    }),
    { numRuns: 300 },
  );
});
