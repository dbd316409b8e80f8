import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Judgement } from "../../../../components/ingress/migrate/verdict";
import { annotationFacts } from "../../../../components/ingress/migrate/verdicts";

const file = path.join(__dirname, "..", "..", "..", "..", "docs", "ingress.md");
const marked = /(<!-- annotations: [^\n]*-->\n).*?(<!-- end -->)/s;

/** Annotations that go the same way share a row. */
function table(): string {
  const cell = ({ verdict, how }: Judgement) => `**${verdict}**: ${how}`.replaceAll("|", "\\|");
  const rows = new Map<string, string[]>();
  for (const [name, { traefik, gateway }] of annotationFacts) {
    const row = `${cell(traefik)} | ${cell(gateway)} |`;
    rows.set(row, [...(rows.get(row) ?? []), `\`${name}\``]);
  }
  const lines = [...rows].map(([row, names]) => `| ${names.join(", ")} | ${row}`);
  return `${["| annotation | Traefik | Gateway API |", "|---|---|---|", ...lines].join("\n")}\n`;
}

test("docs/ingress.md has the table of what becomes of every annotation (UPDATE_GOLDEN=1 writes it anew)", () => {
  const text = readFileSync(file, "utf8");
  const updated = text.replace(marked, (_, before: string, after: string) => before + table() + after);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, updated);
  expect(readFileSync(file, "utf8")).toBe(updated);
  expect(updated).toContain("`rewrite-target`");
});
