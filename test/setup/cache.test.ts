import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cached, entryFolder, folderContents, withLock } from "../../setup/cache";
import { cacheFolder } from "../../setup/paths";

const home = mkdtempSync(path.join(tmpdir(), "plumbline-cache-"));
const before = process.env.XDG_CACHE_HOME;
beforeAll(() => {
  process.env.XDG_CACHE_HOME = home;
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(home, { recursive: true });
});
afterEach(() => rmSync(cacheFolder(), { recursive: true, force: true }));

const entry = { name: "tool", version: "v1.2", recipe: ["flags", "source"] };
const build = (content: string) => async (folder: string) => writeFileSync(path.join(folder, "program"), content);

test("the cache is where XDG says, with an entry by name, version and a digest of the recipe", async () => {
  const folder = await cached(entry, build("first"));
  expect(cacheFolder()).toBe(path.join(home, "plumbline"));
  expect(folder).toMatch(new RegExp(`^${home}/plumbline/tool-v1\\.2-[0-9a-f]{12}$`));
  expect(readFileSync(path.join(folder, "program"), "utf8")).toBe("first");
});

test("an entry is built once; another recipe makes another entry beside it", async () => {
  const first = await cached(entry, build("first"));
  const again = await cached(entry, () => Promise.reject(new Error("built twice")));
  const other = await cached({ ...entry, recipe: ["flags", "changed source"] }, build("second"));
  expect(again).toBe(first);
  expect(readdirSync(cacheFolder()).sort()).toEqual([path.basename(first), path.basename(other)].sort());
});

test("a build that fails doesn't count, and the next one of that name starts clean", async () => {
  const half = async (folder: string) => {
    writeFileSync(path.join(folder, "half"), "");
    throw new Error("no space left");
  };
  await expect(cached(entry, half)).rejects.toThrow("no space left");
  expect(existsSync(entryFolder(entry))).toBe(false);
  const newer = await cached({ ...entry, version: "v1.3" }, build("whole"));
  expect(readdirSync(cacheFolder())).toEqual([path.basename(newer)]);
  expect(readdirSync(newer)).toEqual(["program"]);
});

test("what a killed build left behind goes, entries of other names stay", async () => {
  mkdirSync(`${entryFolder(entry)}.unfinished`, { recursive: true });
  const other = `${entryFolder({ ...entry, name: "other" })}.unfinished`;
  mkdirSync(other);
  const folder = await cached(entry, build("whole"));
  expect(readdirSync(cacheFolder()).sort()).toEqual([path.basename(other), path.basename(folder)].sort());
});

test("of two builders the second waits and finds the entry built", async () => {
  let builds = 0;
  const slowly = async (folder: string) => {
    builds++;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await build("once")(folder);
  };
  const [first, second] = await Promise.all([cached(entry, slowly), cached(entry, slowly)]);
  expect({ builds, same: first === second }).toEqual({ builds: 1, same: true });
});

test("a lock is held by one at a time, let go after a failure, and says when somebody waits", async () => {
  const events: string[] = [];
  const failing = withLock("lab", async () => {
    events.push("first works");
    await new Promise((resolve) => setTimeout(resolve, 50));
    events.push("first fails");
    throw new Error("broken");
  });
  const waiting = withLock(
    "lab",
    async () => events.push("second works"),
    () => events.push("second waits"),
  );
  await expect(failing).rejects.toThrow("broken");
  await waiting;
  expect(events).toEqual(["first works", "second waits", "first fails", "second works"]);
});

test("a recipe has a folder's own files with their names, in a fixed order", () => {
  mkdirSync(path.join(cacheFolder(), "sub"), { recursive: true });
  writeFileSync(path.join(cacheFolder(), "go.sum"), "sums");
  writeFileSync(path.join(cacheFolder(), "go.mod"), "module");
  expect(folderContents(cacheFolder())).toEqual(["go.mod", "module", "go.sum", "sums"]);
});
