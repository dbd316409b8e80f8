import { spawnSync } from "node:child_process";
import { ended, tellingItsEnd } from "../../components/cluster";

const run = (command: string) => {
  const { stdout, stderr } = spawnSync("sh", ["-c", tellingItsEnd(command)], { encoding: "utf8" });
  return { stdout, stderr };
};

test.each([
  ["words and no line's end", "printf answer", { code: 0, stdout: "answer", stderr: "" }],
  ["silence", "true", { code: 0, stdout: "", stderr: "" }],
  ["a failure, with its words", "echo half; echo TIMEOUT >&2; exit 7", { code: 7, stdout: "half\n", stderr: "TIMEOUT\n" }],
  ["a chain of which the first link fails", "false && echo never", { code: 1, stdout: "", stderr: "" }],
  ["the mark's own word", "echo end 3; false", { code: 1, stdout: "end 3\n", stderr: "" }],
])("a command in a pod says how it ended: %s", (_, command, outcome) => {
  const { stdout, stderr } = run(command);
  expect(ended(stdout, stderr)).toEqual(outcome);
});

test("without its end there is no outcome, whatever arrived of it", () => {
  const { stdout, stderr } = run("echo answer");
  expect(ended("", "")).toBeUndefined();
  expect(ended("answer\n", stderr)).toBeUndefined();
  expect(ended(stdout, "")).toBeUndefined();
});
