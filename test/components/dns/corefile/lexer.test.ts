import fc from "fast-check";
import { lex } from "../../../../components/dns/corefile/lexer";

const words = (text: string) => lex(text).tokens.map((token) => token.text);

describe("words as CoreDNS splits them", () => {
  test.each([
    ["spaces and line ends", "a  b\n\tc", ["a", "b", "c"]],
    ["a quote holds spaces and line ends", '"a b\nc" d', ["a b\nc", "d"]],
    ["only a quote is escaped in a quote", String.raw`"a \"b\" \n \\"`, [String.raw`a "b" \n \\`]],
    ["a quote in a word is a character", 'a"b c"', ['a"b', 'c"']],
    ["a word ends with its closing quote", '"a"b', ["a", "b"]],
    ["an empty quote is a word", 'a "" b', ["a", "", "b"]],
    ["a comment goes to the end of the line", "a # b c\nd", ["a", "d"]],
    ["a comment within a word ends at the next space", "a#b c\nd", ["a", "c", "d"]],
    ["no comment in a quote", '"a # b"', ["a # b"]],
    ["carriage returns count as nothing", "a\r\nb\rc", ["a", "bc"]],
    ["a byte order mark is left out", "\uFEFFa", ["a"]],
    ["braces are words only when they stand alone", "a{ { }b {$X}", ["a{", "{", "}b", "{$X}"]],
    ["a backslash at the end of a line is a word", "a \\\nb", ["a", "\\", "b"]],
    ["what is no space to Go is none here", "a\u200bb\u00a0c", ["a\u200bb", "c"]],
    ["a quote that is never closed takes the rest", 'a "b\nc', ["a", "b\nc"]],
  ])("%s", (_name, text, expected) => expect(words(text)).toEqual(expected));

  test("places count lines and columns from one, also behind a quote with line ends", () => {
    const places = lex('a "b\nc" d\n  e').tokens.map(({ line, column }) => [line, column]);
    expect(places).toEqual([
      [1, 1],
      [1, 3],
      [2, 4],
      [3, 3],
    ]);
  });

  test("tokens and what stands between them are the file, whatever it is", () => {
    const pieces = fc.constantFrom("a", '"', "\\", "{", "}", "#", "\n", "\r\n", " ", "\t", "é", "\u00a0", "import", ",", "{$X}", "\uFEFF");
    fc.assert(
      fc.property(
        fc.array(pieces).map((parts) => parts.join("")),
        (text) => {
          const { tokens, trailing } = lex(text);
          expect(tokens.map(({ leading, raw }) => leading + raw).join("") + trailing).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });
});
