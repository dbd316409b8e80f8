/**
 * Why Go's text/template doesn't take a text, as far as its braces, quotes and blocks tell; undefined when it does.
 * Fields and functions are only known where CoreDNS runs the template.
 */
export function templateProblem(text: string): string | undefined {
  const open: string[] = [];
  for (let rest = text; ; ) {
    const start = rest.indexOf("{{");
    if (start < 0) break;
    const found = action(rest.slice(start + 2));
    if (typeof found === "string") return found;
    rest = rest.slice(start + 2 + found.length);
    const [keyword = ""] = /^[A-Za-z]+/.exec(found.code) ?? [];
    if (["if", "range", "with", "block", "define"].includes(keyword)) open.push(keyword);
    if (keyword === "end" && open.pop() === undefined) return "{{ end }} ends nothing";
    if (keyword === "else" && open.length === 0) return "{{ else }} belongs to nothing";
    if (found.code === "") return "{{ }} is empty";
  }
  return open.length > 0 ? `{{ ${open.at(-1)} }} has no {{ end }}` : undefined;
}

/** Words that an action can begin with: Go's, and the one that CoreDNS adds. */
const known = new Set(
  "if else end range with block define template break continue nil true false comment and or not len index slice print printf println html js urlquery call eq ne lt le gt ge parseInt".split(
    " ",
  ),
);

/** What stands between `{{` and `}}`, and how long it is with them. */
function action(text: string): { code: string; length: number } | string {
  if (/^-?\s*\/\*/.test(text)) {
    const end = /\*\/\s*-?\}\}/.exec(text);
    return end ? { code: "comment", length: end.index + end[0].length } : "a comment is never closed";
  }
  const words = /^(?:"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|[^"`'}\n]|\}(?!\}))*/.exec(text)?.[0] ?? "";
  const rest = text.slice(words.length);
  if (/^["`']/.test(rest)) return "a quote within {{ }} is never closed";
  if (!rest.startsWith("}}")) return "a {{ is never closed";
  const code = words.replace(/^-\s/, "").replace(/\s-$/, "").trim();
  const depth = [...code.replace(/"(?:\\.|[^"\\])*"|`[^`]*`/g, "")].reduce(
    (sum, character) => sum + (character === "(" ? 1 : character === ")" ? -1 : 0),
    0,
  );
  if (depth !== 0) return "the parentheses within {{ }} don't match";
  const bare = code.replace(/"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'/g, "");
  const [strange] = /[{}[\];#@%&*?<>/\\~^]/.exec(bare) ?? [];
  if (strange !== undefined) return `a ${strange} can't stand within {{ }}`;
  const unknown = bare.match(/(?<![\w.$])[A-Za-z_]\w*/g)?.find((name) => !known.has(name));
  if (unknown !== undefined) return `there is no function ${unknown}`;
  const wrong = bare
    .match(/(?<![\w.$])\d[\w.]*/g)
    ?.find((number) => !/^(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[\d_]+\.?[\d_]*(?:[eE][-+]?\d+)?i?)$/.test(number));
  if (wrong !== undefined) return `${wrong} is no number`;
  return { code, length: words.length + 2 };
}
