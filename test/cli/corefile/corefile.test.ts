import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../run";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "corefile-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
}

const configMap = (corefile: string, more = "") => `apiVersion: v1
kind: ConfigMap
metadata:
  name: coredns
data:
  Corefile: |
${corefile.replace(/^(?=.)/gm, "    ")}${more}`;

const good = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa
    forward . /etc/resolv.conf
    loop
    reload
}
`;

describe("corefile lint", () => {
  test("errors with place and mend, and exit code 1", async () => {
    const name = file("Corefile", ".:53 {\n    chache 30\n}\n");
    expect(await run("corefile", "lint", name)).toEqual({
      code: 1,
      stderr: "",
      stdout: `${name}:2:5  chache: CoreDNS 1.14.7 has no plugin "chache".\n  Did you mean cache?\n${name} has 1 error.\n`,
    });
  });

  test("for machines", async () => {
    const name = file("Corefile", ".:53 {\n    cache 0\n}\n");
    const { code, stdout } = await run("corefile", "lint", name, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      findings: [
        {
          severity: "error",
          file: name,
          path: "",
          line: 2,
          column: 11,
          plugin: "cache",
          message: 'cache wants a zone, not "0": a ttl of 0 isn\'t allowed; to cache nothing, leave the plugin out.',
          mend: "Write for example: cache example.org",
        },
      ],
    });
  });

  test("a fine one, also in a ConfigMap", async () => {
    for (const name of [file("Corefile", good), file("coredns.yaml", configMap(good))]) {
      expect(await run("corefile", "lint", name)).toEqual({ code: 0, stderr: "", stdout: `${name} is fine.\n` });
    }
  });

  test("places in a ConfigMap are those of the file; other texts beside the Corefile can be imported", async () => {
    const name = file(
      "coredns.yaml",
      configMap(good.replace("    reload", "    reload 1s\n    import more.conf"), "  more.conf: |\n    log\n"),
    );
    const { code, stdout } = await run("corefile", "lint", name);
    expect(code).toBe(1);
    expect(stdout).toContain(`${name}:14:16  reload: reload wants a duration, not "1s": it has to be at least 2s.\n`);
    expect(stdout).toContain("has 1 error.");
  });

  test("texts that clouds import have their places too", async () => {
    const custom =
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: coredns-custom\ndata:\n  log.override: |\n    lgo\n  corp.server: |\n    corp.example {\n        forward . 10.0.0.53\n    }\n";
    const name = file("custom.yaml", custom);
    const { stdout } = await run("corefile", "lint", name);
    expect(stdout).toBe(`${name}:7:5  lgo: CoreDNS 1.14.7 has no plugin "lgo".\n  Did you mean log?\n${name} has 1 error.\n`);
  });

  test("the version that judges", async () => {
    const name = file("Corefile", "example.org {\n    proxy . 10.0.0.53\n}\n");
    expect((await run("corefile", "lint", name, "--coredns", "v1.3.1")).code).toBe(0);
    expect((await run("corefile", "lint", name, "--kubernetes", "1.13")).code).toBe(0);
    expect((await run("corefile", "lint", name, "--kubernetes", "v1.34.4")).stdout).toContain(
      "proxy was removed in CoreDNS 1.5.0; 1.12.1 doesn't start with it.",
    );
    expect(await run("corefile", "lint", name, "--coredns", "latest")).toEqual({
      code: 2,
      stdout: "",
      stderr: "--coredns latest is no version of CoreDNS. Write for example --coredns 1.14.7\n",
    });
  });

  test("the node's resolv.conf", async () => {
    const resolver = file("resolv.conf", "nameserver 127.0.0.53\n");
    const { code, stdout } = await run("corefile", "lint", file("Corefile", good), "--resolv-conf", resolver);
    expect(code).toBe(1);
    expect(stdout).toContain("The resolv.conf names 127.0.0.53, which in CoreDNS's pod is CoreDNS itself.");
  });

  test("files beside it are imported", async () => {
    file("a.conf", "lgo\n");
    const name = file("Corefile", ".:53 {\n    import *.conf\n    import b.conf\n}\n");
    expect((await run("corefile", "lint", name)).stdout).toBe(
      `${name}:2:12  lgo: CoreDNS 1.14.7 has no plugin "lgo".\n  Did you mean log?\n${name}:3:12  There is neither a snippet nor a file b.conf; CoreDNS doesn't start.\n  Define it above: (b.conf) { … }, or remove the import.\n${name} has 2 errors.\n`,
    );
  });

  test("what isn't there, or is something else", async () => {
    const missing = path.join(folder, "none");
    expect(await run("corefile", "lint", missing)).toEqual({
      code: 2,
      stdout: "",
      stderr: `${missing} can't be read: there is no such file.\n`,
    });
    const name = file("pod.yaml", "apiVersion: v1\nkind: Pod\n");
    expect((await run("corefile", "lint", name)).stdout).toContain("There is no ConfigMap with a Corefile in this manifest.");
  });
});

describe("corefile fmt", () => {
  const crooked = ". {\n  errors\n}\n";
  const straight = ". {\n    errors\n}\n";

  test("prints, writes, or checks", async () => {
    const name = file("Corefile", crooked);
    expect(await run("corefile", "fmt", name)).toEqual({ code: 0, stderr: "", stdout: straight });
    expect(await run("corefile", "fmt", name, "--check")).toEqual({
      code: 1,
      stderr: "",
      stdout: `${name} has another layout; plumbline corefile fmt --write ${name} changes it.\n`,
    });
    expect((await run("corefile", "fmt", name, "--write")).code).toBe(0);
    expect(readFileSync(name, "utf8")).toBe(straight);
    expect(await run("corefile", "fmt", name, "--check")).toEqual({ code: 0, stderr: "", stdout: "" });
  });

  test("what isn't well-formed stays as it is", async () => {
    const name = file("Corefile", ". {\n  errors\n");
    const { code, stderr } = await run("corefile", "fmt", name, "--write");
    expect(code).toBe(2);
    expect(stderr).toContain("can't be laid out before it is well-formed");
    expect(readFileSync(name, "utf8")).toBe(". {\n  errors\n");
  });
});

test("corefile diff: exit code 1 for a difference", async () => {
  const [a, b] = [file("a", ". {\n    cache 30\n}\n"), file("b", configMap(". {\n    cache 60\n}\n"))];
  expect(await run("corefile", "diff", a, b)).toEqual({
    code: 1,
    stderr: "",
    stdout: "~ answers are kept for 60s at most (before: 30s)\n1 difference.\n",
  });
  expect(JSON.parse((await run("corefile", "diff", a, b, "--json")).stdout)).toEqual({
    differences: [{ kind: "changed", server: ".", plugin: "cache", message: "answers are kept for 60s at most (before: 30s)" }],
  });
  expect(await run("corefile", "diff", a, a)).toEqual({ code: 0, stderr: "", stdout: "Both mean the same.\n" });
});

describe("corefile migrate", () => {
  test("the Corefile to standard output, what was done to standard error", async () => {
    const name = file("Corefile", ". {\n    proxy . 10.0.0.53\n}\n");
    expect(await run("corefile", "migrate", name, "--from", "1.4.0", "--to", "1.5.0")).toEqual({
      code: 0,
      stdout: ". {\n    forward . 10.0.0.53\n}\n",
      stderr: "proxy is removed in 1.5.0; forward takes its place.\n",
    });
    const { stdout } = await run("corefile", "migrate", name, "--from", "1.4.0", "--to", "1.5.0", "--json");
    expect(JSON.parse(stdout)).toEqual({
      corefile: ". {\n    forward . 10.0.0.53\n}\n",
      notices: [{ severity: "removed", plugin: "proxy", version: "1.5.0", message: "proxy is removed in 1.5.0; forward takes its place" }],
      remaining: [],
    });
  });

  test("a release that isn't one", async () => {
    const name = file("Corefile", good);
    expect(await run("corefile", "migrate", name, "--from", "1.8.1", "--to", "1.9.0")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "--from 1.8.1: there is no such release of CoreDNS, or nothing is known of it. Write one of: 1.8.0, 1.8.3, 1.8.4, 1.8.5, 1.8.6, 1.8.7.\n",
    });
  });
});
