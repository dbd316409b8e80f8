import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackFileSchema } from "../../core/stack/schema";

const file = path.join(__dirname, "..", "..", "docs", "stack.schema.json");

// After a change of the schema that is meant: UPDATE_GOLDEN=1 npx jest --selectProjects unit --testPathPatterns test/cli/schema
test("docs/stack.schema.json is the schema that the parser uses (UPDATE_GOLDEN=1 writes it anew)", () => {
  const schema = `${JSON.stringify(stackFileSchema(), undefined, 2)}\n`;
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, schema);
  expect(readFileSync(file, "utf8")).toBe(schema);
});
