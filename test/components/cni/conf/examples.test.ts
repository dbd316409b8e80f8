import { examples } from "./examples/all";
import { lint } from "./examples/example";

for (const [subject, cases] of Object.entries(examples)) {
  describe(subject, () => {
    test.each(cases)("$name", ({ bad, findings, good, options }) => {
      expect(lint(bad, options)).toEqual(findings);
      expect(lint(good, options)).toEqual([]);
    });
  });
}
