import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { publishAccess, withdrawAccess } from "../../lab/access";
import { runFolder } from "../../lab/state";
import { numberedLab } from "../../lab/topology";

const home = mkdtempSync(path.join(tmpdir(), "plumbline-access-"));
const before = process.env.XDG_CACHE_HOME;
beforeAll(() => {
  process.env.XDG_CACHE_HOME = path.join(home, "cache");
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(home, { recursive: true });
});

const lab = numberedLab(3);
const folder = path.join(home, "project", ".lab", "lab3");
const inLab = path.join(home, "cache", "plumbline", "run", "lab3", "access");

test("the keys and the kubeconfig are published with the modes that ssh wants, and an old kubeconfig goes", () => {
  mkdirSync(inLab, { recursive: true });
  for (const name of ["id", "id.pub", "known_hosts"]) writeFileSync(path.join(inLab, name), name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "kubeconfig"), "of an earlier lab");
  publishAccess(lab, folder);
  const published = readdirSync(folder).map((name) => {
    return [name, readFileSync(path.join(folder, name), "utf8"), (statSync(path.join(folder, name)).mode & 0o777).toString(8)];
  });
  expect(runFolder(lab)).toBe(path.dirname(inLab));
  expect(published.sort()).toEqual([
    ["id", "id", "600"],
    ["id.pub", "id.pub", "644"],
    ["known_hosts", "known_hosts", "644"],
  ]);
});

test("they are withdrawn without touching anything else, and empty folders go", () => {
  writeFileSync(path.join(folder, "notes"), "the user's own");
  withdrawAccess(folder);
  expect(readdirSync(folder)).toEqual(["notes"]);
  rmSync(path.join(folder, "notes"));
  withdrawAccess(folder);
  expect(existsSync(path.join(home, "project", ".lab"))).toBe(false);
  expect(existsSync(path.join(home, "project"))).toBe(true);
  withdrawAccess(folder);
});
