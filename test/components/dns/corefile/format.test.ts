import fc from "fast-check";
import { formatCorefile } from "../../../../components/dns/corefile/format";
import { lex } from "../../../../components/dns/corefile/lexer";
import { parseCorefile, printCorefile, syntaxFindings } from "../../../../components/dns/corefile/tree";
import { corpus } from "./corpus";

/** The words, and which of them begin a line; a brace of a server block may move up. */
const meaning = (text: string) => {
  const { tokens } = lex(text);
  return tokens.map(({ text, line }, index) => {
    const previous = tokens[index - 1];
    const startsLine = !previous || line > previous.line + previous.text.split("\n").length - 1;
    return text === "{" ? text : `${startsLine ? "\n" : " "}${text}`;
  });
};

const pieces = fc.constantFrom("a", "b.c", '"x y"', "{", "}", "# c", "\n", "\n\n", " ", "  ", "\t", "health", "import", ",", "\r\n");
const anyText = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));
const closed = (text: string) => !lex(text).tokens.some(({ unclosed, cut }) => unclosed || cut);

describe("a Corefile is printed as it was read", () => {
  test.each(corpus)("%s", (_name, text) => expect(printCorefile(parseCorefile(text))).toBe(text));
  test("and so is any text", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string()), (text) => expect(printCorefile(parseCorefile(text))).toBe(text)),
      { numRuns: 500 },
    );
  });
});

describe("layout", () => {
  test("four spaces, one empty line between server blocks, comments where they were", () => {
    const text = `# first
.:53   { # of all

  errors # why


\t# about health
\thealth  {
     lameduck   5s
     # inside
  } # end
  # last

}
# stub
corp.example:53
{
forward . "10.0.0.53" }
# the end`;
    const expected = `# first
.:53 { # of all
    errors # why

    # about health
    health {
        lameduck 5s
        # inside
    } # end
    # last
}

# stub
corp.example:53 {
    forward . "10.0.0.53" }
# the end
`;
    expect(formatCorefile(text)).toBe(expected);
  });

  test.each(corpus)("%s says the same, and is laid out for good", (_name, text) => {
    const formatted = formatCorefile(text);
    expect(meaning(formatted)).toEqual(meaning(text));
    expect(formatCorefile(formatted)).toBe(formatted);
  });

  test("no text changes its words or their lines", () => {
    fc.assert(
      fc.property(anyText.filter(closed), (text) => {
        const formatted = formatCorefile(text);
        expect(meaning(formatted)).toEqual(meaning(text));
        expect(formatCorefile(formatted)).toBe(formatted);
      }),
      { numRuns: 500 },
    );
  });
});

test("a text that can't be taken apart is said with its place", () => {
  expect(syntaxFindings(".:53 {\n    health {\n        lameduck 5s\n")).toEqual([
    {
      severity: "error",
      path: [],
      line: 2,
      column: 12,
      message: "The block of health isn't closed.",
      mend: "Write } on a line of its own behind its last line.",
    },
    {
      severity: "error",
      path: [],
      line: 1,
      column: 6,
      message: "The server block isn't closed.",
      mend: "Write } on a line of its own behind its last plugin.",
    },
  ]);
});
