import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../run";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-proxy-lint-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, fields: string): string {
  const target = path.join(folder, name);
  writeFileSync(
    target,
    `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n${fields}\n`,
  );
  return target;
}

test("a fine file", async () => {
  const good = file("good.yaml", "mode: nftables");
  expect(await run("proxy", "lint", good)).toEqual({ code: 0, stdout: `${good} is fine.\n`, stderr: "" });
  expect(await run("proxy", "lint", "--json", good)).toEqual({ code: 0, stdout: '{\n  "findings": []\n}\n', stderr: "" });
});

test("for people: errors first, with place and mend", async () => {
  const bad = file("bad.yaml", "scheduler: rr\nmode: userspace");
  expect(await run("proxy", "lint", bad)).toEqual({
    code: 1,
    stdout: [
      `${bad}:5:1  kube-proxy mode: userspace was removed in Kubernetes 1.26; kube-proxy 1.34 refuses it.`,
      "  Write iptables or nftables.",
      `${bad}:4:1  warning: kube-proxy scheduler: is not a field of this place: kube-proxy logs that and ignores it.`,
      "  Move it: write ipvs.scheduler.",
      `${bad} has 1 error.`,
      "",
    ].join("\n"),
    stderr: "",
  });
});

test("for machines; a warning alone ends with 0", async () => {
  const ignored = file("ignored.yaml", "ipvs:\n  strictARP: true");
  const { code, stdout } = await run("proxy", "lint", ignored, "--json");
  expect({ code, json: JSON.parse(stdout) }).toEqual({
    code: 0,
    json: {
      findings: [
        {
          severity: "warning",
          file: ignored,
          path: "ipvs.strictARP",
          line: 5,
          column: 3,
          plugin: "kube-proxy",
          message: "does nothing in the mode iptables.",
          mend: "Remove it, or write mode: ipvs.",
        },
      ],
    },
  });
});

test("the version decides", async () => {
  const ipvs = file("ipvs.yaml", "mode: nftables");
  expect(await run("proxy", "lint", ipvs, "--kubernetes", "1.28")).toMatchObject({ code: 1 });
  expect(await run("proxy", "lint", ipvs, "--kubernetes", "v1.33.2")).toMatchObject({ code: 0 });
});

test("what can't be run ends with 2", async () => {
  const good = file("good.yaml", "");
  const missing = path.join(folder, "missing.yaml");
  expect(await run("proxy", "lint", missing)).toEqual({
    code: 2,
    stdout: "",
    stderr: `${missing} can't be read: there is no such file.\n`,
  });
  expect(await run("proxy", "lint", good, "--kubernetes", "latest")).toEqual({
    code: 2,
    stdout: "",
    stderr: "--kubernetes latest is no version: write for example 1.34.\n",
  });
  expect(await run("proxy", "lint")).toMatchObject({ code: 2 });
});
