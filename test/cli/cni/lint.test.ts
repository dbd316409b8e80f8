import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../run";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "net.d-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
}

const list = (name: string, subnet: string, more = "") => `{
  "cniVersion": "1.0.0",
  "name": "${name}",
  "plugins": [
    {
      "type": "bridge",${more}
      "isDefaultGateway": true,
      "ipam": { "type": "host-local", "ranges": [[{ "subnet": "${subnet}" }]] }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
`;
const good = list("pods", "10.244.1.0/24");

describe("a file", () => {
  test("that is fine", async () => {
    const name = file("10-pods.conflist", good);
    expect(await run("cni", "lint", name)).toEqual({ code: 0, stdout: `${name} is fine.\n`, stderr: "" });
  });

  test("with an error: its place, the mend, exit code 1", async () => {
    const name = file("10-pods.conflist", list("pods", "10.244.1.1/24"));
    expect(await run("cni", "lint", name)).toEqual({
      code: 1,
      stderr: "",
      stdout: `${name}:8:53  bridge plugins[0].ipam.ranges[0][0].subnet: 10.244.1.1/24 has bits set after the prefix: the plugin refuses it.
  Did you mean 10.244.1.0/24?
${name} has 1 error.
`,
    });
  });

  test("with a warning only: exit code 0", async () => {
    const name = file("10-pods.conflist", list("pods", "10.244.1.0/24", '\n      "hairpin": true,'));
    const { code, stdout } = await run("cni", "lint", name);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${name}:7:7  warning: bridge plugins[0].hairpin: is no known key, so it is ignored without a word.\n  Did you mean hairpinMode?\n${name} is fine, with remarks.\n`,
    );
  });

  test("that is YAML: the JSON to write", async () => {
    const name = file("10-pods.conflist", "cniVersion: 1.0.0\nname: pods\n");
    expect((await run("cni", "lint", name)).stdout).toBe(`${name}:1:1  is YAML; container runtimes read JSON only.
  Write
{
  "cniVersion": "1.0.0",
  "name": "pods"
}
${name} has 1 error.
`);
  });

  test("for machines: all mistakes at once, and nothing else", async () => {
    const name = file("10-pods.conflist", list("my pods", "10.244.1.0/24", '\n      "mtu": "1450",'));
    const { code, stdout } = await run("cni", "lint", name, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      findings: [
        {
          severity: "error",
          file: name,
          path: "name",
          line: 3,
          column: 3,
          plugin: "",
          message:
            "\"my pods\" is no name for a network: the runtime takes letters, digits, '_', '.' and '-', with a letter or digit first.",
          mend: 'Did you mean "my-pods"?',
        },
        {
          severity: "error",
          file: name,
          path: "plugins[0].mtu",
          line: 7,
          column: 7,
          plugin: "bridge",
          message: 'found "1450", expected a number.',
          mend: 'Go converts no texts: write "mtu": 1450 without quotes.',
        },
      ],
    });
  });

  test("that is fine, for machines", async () => {
    expect(JSON.parse((await run("cni", "lint", file("1.conflist", good), "--json")).stdout)).toEqual({ findings: [] });
  });

  test("that isn't there: exit code 2", async () => {
    const name = path.join(folder, "no.conflist");
    expect(await run("cni", "lint", name)).toEqual({ code: 2, stdout: "", stderr: `${name} can't be read: there is no such file.\n` });
  });

  test("plugins in a folder of the network's name count, as CNI 1.1 allows", async () => {
    const text = '{"cniVersion": "1.1.0", "name": "pods"}';
    const name = file("10-pods.conflist", text);
    expect((await run("cni", "lint", name)).code).toBe(1);
    mkdirSync(path.join(folder, "pods"));
    expect((await run("cni", "lint", name)).code).toBe(0);
  });
});

describe("a folder", () => {
  test("the first file by name counts; the others are shadowed", async () => {
    const first = file("10-pods.conflist", good);
    const second = file("20-other.conflist", list("other", "10.99.0.0/24"));
    file("README", "no configuration");
    expect(await run("cni", "lint", folder)).toEqual({
      code: 0,
      stderr: "",
      stdout: `${first}:1:1  info: is the file that the runtime takes, the first by name: bridge, portmap.
  Another network's file has to sort before 10-pods.conflist to count.
${second}:1:1  warning: has no effect: 10-pods.conflist is before it by name, and the runtime takes the first only.
  Remove the one that isn't meant; a rest of a former network is best moved away.
${first} is fine, with remarks.
${second} is fine, with remarks.
`,
    });
  });

  test("a first file that is broken hides a good one", async () => {
    file("05-old.conf", "{");
    file("10-pods.conflist", good);
    const { code, stdout } = await run("cni", "lint", folder, "--json");
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { severity: string; file: string; message: string }[] };
    expect(findings.map(({ severity, file: name, message }) => `${severity} ${path.basename(name)}: ${message}`)).toEqual([
      "error 05-old.conf: is the first by name, so the runtime takes it, and it has errors: containerd gives pods no network at all, CRI-O may skip it for 10-pods.conflist.",
      "error 05-old.conf: found the end of the file, expected a key in double quotes.",
      "warning 10-pods.conflist: has no effect: 05-old.conf is before it by name, and the runtime takes the first only.",
    ]);
  });

  test("without a configuration: exit code 2", async () => {
    expect(await run("cni", "lint", folder)).toEqual({
      code: 2,
      stdout: "",
      stderr: `${folder} has no CNI configuration: runtimes read *.conf, *.conflist and *.json.\n`,
    });
  });
});
