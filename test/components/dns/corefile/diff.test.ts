import fc from "fast-check";
import { diffCorefiles } from "../../../../components/dns/corefile/diff";
import { formatCorefile } from "../../../../components/dns/corefile/format";
import { corpus } from "./corpus";

const differences = (before: string, after: string) => diffCorefiles(before, after).map(({ message }) => message);

const server = (...lines: string[]) => `.:53 {\n${lines.map((line) => `    ${line}\n`).join("")}}\n`;
const kubernetes = (...properties: string[]) => ["kubernetes cluster.local in-addr.arpa {", ...properties, "}"];

describe("what changes for those who ask", () => {
  test.each([
    [
      "another upstream",
      server("forward . 10.0.0.1"),
      server("forward . 10.0.0.2"),
      ["every other name now goes to 10.0.0.2 (before: 10.0.0.1)"],
    ],
    [
      "an upstream with TLS",
      server("forward . 9.9.9.9"),
      server("forward . tls://9.9.9.9"),
      ["every other name now goes to tls://9.9.9.9 (before: 9.9.9.9)"],
    ],
    [
      "a stub domain in the block",
      server("forward . 10.0.0.1"),
      server("forward corp.example 10.0.0.53", "forward . 10.0.0.1"),
      ["corp.example now goes to 10.0.0.53"],
    ],
    [
      "a stub domain of its own",
      "",
      "corp.example {\n    forward . 10.0.0.53\n}\n",
      ["corp.example is a new zone, which goes to 10.0.0.53"],
    ],
    [
      "a stub domain that moves to a block of its own",
      server("forward corp.example 10.0.0.53"),
      `${server()}corp.example {\n    forward . 10.0.0.54\n}\n`,
      ["corp.example now goes to 10.0.0.54 (before: 10.0.0.53)"],
    ],
    [
      "a stub domain that is gone",
      `${server("forward . 10.0.0.1")}corp.example {\n    forward . 10.0.0.53\n}\n`,
      server("forward . 10.0.0.1"),
      ["corp.example is no zone of its own any more; it went to 10.0.0.53, and is answered as every other name is"],
    ],
    ["pod records", server(...kubernetes("pods insecure")), server(...kubernetes()), ["pod records disabled (before: insecure)"]],
    ["a ttl", server(...kubernetes("ttl 30")), server(...kubernetes("ttl 5")), ["kubernetes: ttl 30 to 5"]],
    ["the cluster's domain", server("kubernetes a.local"), server("kubernetes b.local"), ["kubernetes serves b.local (before: a.local)"]],
    ["the cache", server("cache 30"), server("cache 60"), ["answers are kept for 60s at most (before: 30s)"]],
    ["a plugin that comes", server(), server("log"), ["log is new"]],
    ["a plugin that goes", server("loop"), server(), ["loop is gone"]],
    [
      "an entry of hosts",
      server("hosts {", "10.0.0.1 git.example", "fallthrough", "}"),
      server("hosts {", "10.0.0.2 git.example", "fallthrough", "}"),
      ["hosts no longer says git.example is 10.0.0.1", "hosts says git.example is 10.0.0.2"],
    ],
    [
      "the order of rewrites",
      server("rewrite name a b", "rewrite name c d"),
      server("rewrite name c d", "rewrite name a b"),
      ["rewrite tries its rules in another order"],
    ],
    [
      "a limit",
      server("forward . 10.0.0.1"),
      server("forward . 10.0.0.1 {", "max_concurrent 1000", "}"),
      ["forward .: max_concurrent 1000 is new"],
    ],
    [
      "another port",
      ".:53 {\n    whoami\n}\n",
      ".:54 {\n    whoami\n}\n",
      [".:54 is a new zone", ". is no zone of its own any more, and isn't answered"],
    ],
  ])("%s", (_name, before, after, expected) => expect(differences(before, after)).toEqual(expected));
});

describe("what is no difference", () => {
  test.each([
    ["the port of DNS", ". {\n    whoami\n}\n", "dns://.:53 {\n    whoami\n}\n"],
    ["the order of plugins", server("errors", "log"), server("log", "errors")],
    ["the order of upstreams that are asked at random", server("forward . 10.0.0.1 10.0.0.2"), server("forward . 10.0.0.2 10.0.0.1:53")],
    ["a default written out", server("health", "cache", "reload"), server("health :8080", "cache 3600", "reload 30s 15s")],
    ["ways to write a duration", server("forward . 10.0.0.1 {", "expire 60s", "}"), server("forward . 10.0.0.1 {", "expire 1m", "}")],
    ["a dot at the end", server("kubernetes cluster.local"), server("kubernetes cluster.local.")],
    ["a range as a reverse zone", "10.0.0.0/8 {\n    whoami\n}\n", "10.in-addr.arpa {\n    whoami\n}\n"],
    ["a snippet", "(a) {\n    errors\n    cache 30\n}\n. {\n    import a\n}\n", server("cache 30", "errors")],
  ])("%s", (_name, before, after) => expect(differences(before, after)).toEqual([]));

  test.each(corpus)("the layout of %s", (_name, text) => expect(differences(text, formatCorefile(text))).toEqual([]));

  test("the order of upstreams is one where they are asked in order", () => {
    const inOrder = (...upstreams: string[]) => server(`forward . ${upstreams.join(" ")} {`, "policy sequential", "}");
    expect(differences(inOrder("10.0.0.1", "10.0.0.2"), inOrder("10.0.0.2", "10.0.0.1"))).toEqual([
      "every other name now goes to 10.0.0.2, 10.0.0.1 (before: 10.0.0.1, 10.0.0.2)",
    ]);
  });
});

test("each difference is one the other way round, too", () => {
  const texts = fc.constantFrom(...corpus.map(([, text]) => text));
  fc.assert(
    fc.property(texts, texts, (before, after) =>
      expect(diffCorefiles(before, after).length > 0).toBe(diffCorefiles(after, before).length > 0),
    ),
    { numRuns: 60 },
  );
});
