import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../core/finding";
import { ensureDebianPackages } from "../../setup/debian";
import { goBuild, isNewEnough } from "../../setup/goBuild";
import { showProgress } from "../../setup/progress";

/*
 * These call programs of the machine, so they get stand-ins for them: a folder of scripts as the whole PATH. Each writes down how it was called.
 */
const home = mkdtempSync(path.join(tmpdir(), "plumbline-programs-"));
const bin = path.join(home, "bin");
const calls = path.join(home, "calls");
const { PATH, XDG_CACHE_HOME } = process.env;
const silent = showProgress({ write: () => true });

beforeEach(() => {
  mkdirSync(bin);
  writeFileSync(calls, "");
  standIn("rm", 'exec /bin/rm "$@"');
  Object.assign(process.env, { PATH: bin, XDG_CACHE_HOME: home });
});
afterEach(() => {
  process.env.PATH = PATH;
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  for (const name of ["bin", "plumbline"]) rmSync(path.join(home, name), { recursive: true, force: true });
});
afterAll(() => rmSync(home, { recursive: true }));

function standIn(name: string, script: string): void {
  const note = name === "rm" ? "" : `echo "${name} $*" >> ${calls}\n`;
  writeFileSync(path.join(bin, name), `#!/bin/sh\n${note}${script}\n`);
  chmodSync(path.join(bin, name), 0o755);
}
const called = () => readFileSync(calls, "utf8").split("\n").filter(Boolean);

describe("goBuild", () => {
  const program = {
    name: "tool",
    version: "v1",
    module: path.join(home, "module"),
    package: "example.test/tool",
    ldflags: "-s -w",
    cgo: false,
    expect: "about a second",
  };
  beforeAll(() => {
    mkdirSync(program.module);
    writeFileSync(path.join(program.module, "go.mod"), "module m\n");
  });

  test("builds a package of the module once, static unless cgo is asked for", async () => {
    standIn("go", 'if [ "$1" = env ]; then echo go1.26.8; else echo "$PWD CGO_ENABLED=$CGO_ENABLED" > "$8"; fi');
    const file = await goBuild(program, silent);
    const again = await goBuild(program, silent);
    expect(again).toBe(file);
    expect(path.basename(file)).toBe("tool");
    expect(readFileSync(file, "utf8")).toBe(`${program.module} CGO_ENABLED=0\n`);
    const target = `${path.dirname(file)}.unfinished/tool`;
    expect(called()).toEqual([
      "go env GOVERSION",
      `go build -trimpath -buildvcs=false -mod=readonly -ldflags -s -w -o ${target} example.test/tool`,
    ]);
  });

  test("says what is missing without Go", async () => {
    const mend = "Install it (Debian 12's own golang package is too old) and run the command again.";
    await expect(goBuild(program, silent)).rejects.toThrow(
      new UserError(`Building tool needs Go 1.26 or newer on the PATH; there is none. ${mend}`),
    );
  });

  test("says what it found when Go is too old", async () => {
    standIn("go", "echo go1.19.8");
    await expect(goBuild(program, silent)).rejects.toThrow("needs Go 1.26 or newer on the PATH; found go1.19.8. Install it");
    expect(called()).toEqual(["go env GOVERSION"]);
  });

  test.each([
    ["go1.26", true],
    ["go1.26.8", true],
    ["go1.27rc1", true],
    ["go2.0", true],
    ["go1.25.9", false],
    ["go1.9", false],
    ["devel +abc", false],
    ["", false],
  ])("is %p new enough: %p", (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});

const onDebian = existsSync("/etc/debian_version") ? describe : describe.skip;
onDebian("Debian packages", () => {
  const installed = "printf 'socat installed\\nopenssh-client installed\\nipset config-files\\n'; exit 1";

  test("asks apt for nothing when all are installed", async () => {
    standIn("dpkg-query", installed);
    await ensureDebianPackages(["socat", "openssh-client"], silent);
    expect(called()[0]).toMatch(/^dpkg-query --show/);
    expect(called().filter((call) => call.startsWith("apt-get"))).toEqual([]);
  });

  test("installs what is missing or only half removed, after finishing an installation that was interrupted", async () => {
    jest.spyOn(process, "getuid").mockReturnValue(0);
    for (const name of ["dpkg", "apt-get"]) standIn(name, "exit 0");
    standIn("dpkg-query", installed);
    await ensureDebianPackages(["socat", "ipset", "nftables"], silent);
    expect(called().filter((call) => /^(dpkg|apt-get) /.test(call))).toEqual([
      "dpkg --configure -a",
      "apt-get update",
      "apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 ipset nftables",
    ]);
  });

  test("tells a user who isn't root what to install", async () => {
    jest.spyOn(process, "getuid").mockReturnValue(1000);
    standIn("dpkg-query", installed);
    await expect(ensureDebianPackages(["socat", "nftables"], silent)).rejects.toThrow(
      new UserError(
        'Debian packages are missing and only root can install them: run "apt-get install nftables" as root, or this command as root.',
      ),
    );
  });
});
