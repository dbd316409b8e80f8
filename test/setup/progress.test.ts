import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../core/finding";
import { showProgress } from "../../setup/progress";
import { attempt, CommandError, run } from "../../setup/run";

const home = mkdtempSync(path.join(tmpdir(), "plumbline-progress-"));
const before = process.env.XDG_CACHE_HOME;
beforeAll(() => {
  process.env.XDG_CACHE_HOME = home;
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(home, { recursive: true });
});

/** What is written, without colours. */
function recorder(isTTY: boolean) {
  const written: string[] = [];
  const esc = String.fromCharCode(27);
  const text = () => written.join("").replaceAll(new RegExp(`${esc}\\[\\d+m`, "g"), "");
  return { progress: showProgress({ isTTY, write: (part) => written.push(part) }), text };
}
const logFile = (name: string) => path.join(home, "plumbline", "logs", name);

test("two plain lines per step where there is no terminal; the log goes to a file", async () => {
  const { progress, text } = recorder(false);
  const result = await progress.step("Build tool v1.2", "about 9 minutes", async (log) => {
    log("compiling\n");
    return 42;
  });
  expect(result).toBe(42);
  expect(text()).toBe("> Build tool v1.2 (about 9 minutes)\n  done after 0 s\n");
  expect(readFileSync(logFile("build-tool-v1.2.log"), "utf8")).toBe("compiling\n");
});

test("on a terminal the line's seconds tick", async () => {
  jest.useFakeTimers();
  const { progress, text } = recorder(true);
  const step = progress.step("kubeadm init", undefined, () => new Promise((resolve) => setTimeout(resolve, 2500)));
  await jest.advanceTimersByTimeAsync(2500);
  await step;
  jest.useRealTimers();
  expect(text()).toBe("… kubeadm init 0 s\r… kubeadm init 1 s\r… kubeadm init 2 s\r✓ kubeadm init 3 s\n");
});

test("a failure shows the end of the log and where the whole of it is", async () => {
  const { progress, text } = recorder(false);
  const failing = progress.step("Unpack", undefined, async (log) => {
    for (let line = 1; line <= 25; line++) log(`line ${line}\n`);
    throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  const tail = Array.from({ length: 20 }, (_, index) => `  | line ${index + 6}\n`).join("");
  expect(text()).toBe(`> Unpack\n  failed after 0 s\n${tail}  The whole log: ${logFile("unpack.log")}\n`);
});

test("a user's mistake needs no log", async () => {
  const { progress, text } = recorder(false);
  await expect(progress.step("Build", undefined, () => Promise.reject(new UserError("no Go")))).rejects.toThrow("no Go");
  expect(text()).toBe("> Build\n  failed after 0 s\n");
});

test("a program's output and exit code, its input, and its log", async () => {
  const log: string[] = [];
  const outcome = await attempt("sh", ["-c", "cat; echo $GREETING; echo oops >&2; exit 3"], {
    input: "in ",
    env: { GREETING: "hello" },
    log: (text) => log.push(text),
  });
  expect(outcome).toEqual({ code: 3, stdout: "in hello\n", stderr: "oops\n" });
  expect(log[0]).toBe("$ sh -c cat; echo $GREETING; echo oops >&2; exit 3\n");
  expect([...log.slice(1).join("")].sort()).toEqual([..."in hello\noops\n"].sort()); // The two streams may come in any order.
});

test("a program that fails is an error with its last words; a signal counts as in a shell", async () => {
  const failure = run("sh", ["-c", "echo one; echo two >&2; exit 4"]);
  await expect(failure).rejects.toThrow(CommandError);
  await expect(failure).rejects.toThrow("sh -c echo one; echo two >&2; exit 4 ended with 4: two");
  expect((await attempt("sh", ["-c", "kill -9 $$"])).code).toBe(137);
  await expect(run("no-such-program", [])).rejects.toThrow("ENOENT");
});
