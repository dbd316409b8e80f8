import { formatCorefile } from "../../../../components/dns/corefile/format";
import { lintCorefile } from "../../../../components/dns/corefile/lint/lint";
import { tryCorefiles } from "../../../support/coredns";
import { builtProgram, missingNamespaces, testsWith } from "../../../support/judges";
import { corpus, everything } from "./corpus";

// Whether lint and a real CoreDNS 1.14.7 are of one mind. The program is the lab's: plumbline lab builds it.
const program = builtProgram("coredns");
const { test: realTest, note } = testsWith(program ? missingNamespaces() : "CoreDNS hasn't been built; npm run up builds it");

const zone = "$ORIGIN example.org.\n@ 60 IN SOA ns admin 1 60 60 60 60\n@ 60 IN NS ns\nns 60 IN A 10.0.0.1\n";

/** Errors for what starts all the same, and doesn't work; said so in their words. */
const startsButFails =
  /itself: it would ask itself|each gets a part of the requests|listens on port|semicolon|stands behind the block|space is missing|has no zone|is one zone to CoreDNS|is no port|There is no port|there is no port|doesn't know [a-z0-9]+:\/\/|server beside CoreDNS/;

/** What only the machine knows on which CoreDNS starts: names of interfaces, of servers and of files. */
const machine =
  /not a valid IP address or interface name|failed to resolve|no such file or directory|cannot assign requested address|address already in use/;

const errorsIn = (text: string) => lintCorefile(text, { files: () => [] }).filter(({ severity }) => severity === "error");

/** A line for each text on which the two differ. */
async function disagreements(texts: readonly string[]): Promise<string[]> {
  const verdicts = await tryCorefiles(program ?? "", texts, { "db.example.org": zone });
  return texts.flatMap((text, index) => {
    const { accepted = false, output = "" } = verdicts[index] ?? {};
    const errors = errorsIn(text).map(({ line, message }) => `${line}: ${message}`);
    if (accepted === (errors.length === 0)) return [];
    if (accepted ? errors.every((message) => startsButFails.test(message)) : machine.test(output)) return [];
    return [
      `${text}\n${accepted ? `CoreDNS starts; lint: ${errors.join(" | ")}` : `lint has nothing; CoreDNS: ${output.trim().split("\n").at(-1)}`}`,
    ];
  });
}

/** The same numbers on every run. */
function sequence(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
}

const foreign = [
  "foo",
  "0",
  "-1",
  "5",
  "30s",
  "10.0.0.1",
  ".",
  "{",
  "}",
  "example.org",
  "success",
  "99999",
  "10.0.0.0/8",
  "ttl",
  "fallthrough",
  "::1",
  '"a b"',
  "(",
];

/** A Corefile with one thing changed: a word gone, replaced, added, doubled; two words swapped; a line doubled or gone; lines joined or split. */
function changed(text: string, next: (limit: number) => number): string {
  const parts = text.split(/(\s+)/);
  const words = parts.flatMap((part, index) => (part.trim() === "" ? [] : [index]));
  const lines = text.split("\n");
  const at = words[next(words.length)] ?? 0;
  const other = words[next(words.length)] ?? 0;
  const line = next(lines.length);
  const strange = foreign[next(foreign.length)] ?? "";
  const put = (index: number, value: string) => parts.map((part, place) => (place === index ? value : part)).join("");
  const [word = "", behind = ""] = [parts[at], parts[at + 1]];
  const changes = [
    () => put(at, ""),
    () => put(at, strange),
    () => put(at, `${word} ${strange}`),
    () => put(at, `${word} ${word}`),
    () => parts.map((part, place) => (place === at ? (parts[other] ?? "") : place === other ? word : part)).join(""),
    () => lines.toSpliced(line, 0, lines[next(lines.length)] ?? "").join("\n"),
    () => lines.toSpliced(line, 1).join("\n"),
    () => put(at + 1, behind.includes("\n") ? " " : "\n"),
  ];
  return changes[next(changes.length)]?.() ?? text;
}

jest.setTimeout(300_000);

realTest(`a real CoreDNS starts with what lint has no error for, and refuses the rest${note}`, async () => {
  const fine = [...corpus, ...everything].map(([, text]) => text);
  expect(await disagreements([...fine, ...fine.map(formatCorefile)])).toEqual([]);
});

realTest(`and so with one thing changed${note}`, async () => {
  const next = sequence(7);
  const texts = Array.from({ length: 400 }, () => changed(everything[next(everything.length)]?.[1] ?? "", next));
  const differ = await disagreements(texts);
  expect(differ).toEqual([]);
});
