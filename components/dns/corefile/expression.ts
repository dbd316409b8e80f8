/** What an expression of `view` can call: CoreDNS's own (plugin/pkg/expression) and those of github.com/expr-lang/expr. */
const functions = new Set(
  `incidr metadata name class proto size client_ip port id opcode do bufsize server_ip server_port type
abs all any bitand bitnand bitnot bitor bitshl bitshr bitushr bitxor ceil concat count date duration filter find findIndex findLast findLastIndex first flatten float
floor fromBase64 fromJSON fromPairs get groupBy hasPrefix hasSuffix indexOf int join keys last lastIndexOf len lower map max mean median min none now one reduce repeat
replace reverse round sort sortBy split splitAfter string sum take timezone toBase64 toJSON toPairs trim trimPrefix trimSuffix uniq upper values let in not and or
matches contains startsWith endsWith if`.split(/\s+/),
);

/** Why CoreDNS doesn't take an expression, as far as its quotes, parentheses and functions tell; undefined when it does. */
export function expressionProblem(text: string): string | undefined {
  const bare = text.replace(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`/g, "x");
  if (bare.trim() === "") return "it is empty";
  if (/['"`]/.test(bare)) return "a quote is never closed";
  const open: string[] = [];
  for (const character of bare) {
    if ("([{".includes(character)) open.push(character);
    if (")]}".includes(character) && `${open.pop()}${character}`.replace(/\(\)|\[\]|\{\}/, "") !== "")
      return `a ${character} closes nothing`;
  }
  if (open.length > 0) return `a ${open.at(-1)} is never closed`;
  if (/(?:&&|\|\||[-+*/%=<>!,.]|\b(?:and|or|not|in))\s*$/.test(bare)) return "something is missing at its end";
  const unknown = [...bare.matchAll(/(?<![.\w])([A-Za-z_]\w*)\s*\(/g)].map(([, name = ""]) => name).find((name) => !functions.has(name));
  return unknown && `there is no function ${unknown}`;
}
