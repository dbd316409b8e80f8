import { stripVTControlCharacters as plain } from "node:util";
import type { Result } from "../../../analysis/verify/check";
import { showProgress } from "../../../cli/verify/progress";
import { showResults } from "../../../cli/verify/text";

const result = (status: Result["status"], name: string, detail: string): Result => ({
  name,
  from: "pod on w1",
  to: "w2",
  expected: status === "skipped" ? "" : "connects",
  status,
  detail,
  milliseconds: 12,
});

test("checks that prove the same thing share a row", () => {
  const door = (to: string, port: number): Result => ({
    ...result("passed", "closed port", `${to}:${port} is dropped`),
    to: `${to} ${port}`,
  });
  const results = [door("w1", 22), door("w1", 10250), door("w2", 22), { ...result("failed", "closed port", "open"), to: "w2 10250" }];
  expect(plain(showResults(results, false)).split("\n").slice(0, 3)).toEqual([
    "   check        times  from       to                       seen, for example",
    "✓  closed port  3      pod on w1  w1 22, w1 10250, 1 more  w1:22 is dropped",
    "✗  closed port  1      pod on w1  w2 10250                 see below",
  ]);
});

test("results: a table, then what failed and was skipped, each reason once", () => {
  const results = [
    result("passed", "pod to pod", "10.0.0.1 to 10.0.0.2"),
    result("failed", "DNS", "no such node"),
    result("failed", "pod to service", "no such node"),
    result("skipped", "NodePort", "the stack names no client"),
  ];
  expect(plain(showResults(results, true))).toBe(
    [
      "   check           from       to  ms  seen",
      "✓  pod to pod      pod on w1  w2  12  10.0.0.1 to 10.0.0.2",
      "✗  DNS             pod on w1  w2  12  see below",
      "✗  pod to service  pod on w1  w2  12  see below",
      "",
      "Failed",
      "✗ DNS: pod on w1 → w2, expected: connects",
      "✗ pod to service: pod on w1 → w2, expected: connects",
      "  no such node",
      "",
      "Skipped",
      "- NodePort: pod on w1 → w2",
      "  the stack names no client",
      "",
      "1 check passed, 2 failed, 1 skipped",
    ].join("\n"),
  );
});

test("progress into a file: a line per phase and failure", () => {
  const written: string[] = [];
  const progress = showProgress({ write: (text) => written.push(text) });
  progress.phase("Making 2 checks");
  progress.result(result("passed", "pod to pod", ""));
  progress.result(result("failed", "DNS", ""));
  progress.end();
  expect(plain(written.join(""))).toBe("> Making 2 checks\n✗ DNS: pod on w1 → w2\n");
});

test("progress on a terminal: one line that changes", () => {
  const written: string[] = [];
  const progress = showProgress({ isTTY: true, write: (text) => written.push(text) });
  progress.phase("Making 2 checks");
  progress.result(result("passed", "pod to pod", ""));
  progress.end();
  expect(written.map((text) => plain(text))).toEqual(["\rMaking 2 checks", "\rMaking 2 checks  1 done, 0 failed", "\r"]);
});
