import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { run } from "../../run";
import { withFiles } from "./adoptFrom";

const source = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 192.168.10.20 }
nodeRegistration: { name: cp1, imagePullPolicy: Never }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: 1.34.0
networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56" }
`;

const written = `# Written by \`plumbline adopt --from\` from a kubeadm configuration. Look it over, then: plumbline check, plumbline adopt, pulumi preview.

config:
  plumbline:cluster:
    kubernetes: "1.34"
    podCIDRs: [10.244.0.0/16, "fd00:10:244::/56"]
    serviceCIDRs: [10.96.0.0/12]
  plumbline:nodes:
    - {name: cp1, roles: [control-plane, etcd], address: 192.168.10.20}
  plumbline:ssh:
    agent: true
`;

test("the stack file goes to standard output, everything else to standard error; an error of the stack's is exit code 1", async () => {
  await withFiles({ "k.yaml": source }, async (folder) => {
    const file = path.join(folder, "k.yaml");
    const { code, stdout, stderr } = await run("adopt", "--from", file);
    expect(stdout).toBe(written);
    expect(stderr).toBe(
      `Not carried over from ${file}, a kubeadm configuration:
${file}:4:32  nodeRegistration.imagePullPolicy: is nothing that a stack says; it stays as it is in the cluster.
  Nothing to do.
What \`plumbline check\` says:
stack:9:49  nodes[0].address: cp1 has no IPv6 address, but cluster.podCIDRs has an IPv6 range.
  Write a list of two: address: [192.168.10.20, its IPv6 address].
`,
    );
    expect(code).toBe(1);
  });
});

test("--out writes a file that check reads, and never over another", async () => {
  await withFiles({ "k.yaml": source.replace(",fd00:10:244::/56", "") }, async (folder) => {
    const out = path.join(folder, "stacks/Pulumi.new.yaml");
    const from = path.join(folder, "k.yaml");
    const first = await run("adopt", "--from", from, "--out", out);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain(`Written: ${out}`);
    const text = readFileSync(out, "utf8");
    expect(text).toContain("podCIDRs: [10.244.0.0/16]\n");
    expect(await run("check", "--stack", out, "--json")).toMatchObject({ code: 0, stdout: '{\n  "findings": []\n}\n' });
    const second = await run("adopt", "--from", from, "--out", out);
    expect(second).toMatchObject({ code: 2, stdout: "" });
    expect(second.stderr).toContain("is there already and is not overwritten");
    expect(readFileSync(out, "utf8")).toBe(text);
  });
});

test("--stack names the file to write, --dry-run writes none", async () => {
  await withFiles({ "k.yaml": source }, async (folder) => {
    const stack = path.join(folder, "mine.yaml");
    await run("adopt", "--from", path.join(folder, "k.yaml"), "--stack", stack, "--dry-run");
    expect(existsSync(stack)).toBe(false);
    await run("adopt", "--from", path.join(folder, "k.yaml"), "--stack", stack, "--json");
    expect(readFileSync(stack, "utf8")).toBe(written);
  });
});

test.each([
  ["nothing there", {}, "nowhere.yaml", "can't be read: there is no such file or folder."],
  ["an empty folder", {}, ".", "has none of the files that Plumbline knows"],
  ["something else", { "x.yaml": "apiVersion: v1\nkind: Pod\n" }, "x.yaml", "is none of the files that Plumbline knows"],
  ["an empty file", { "x.yaml": "" }, "x.yaml", "is none of the files that Plumbline knows"],
  ["broken YAML", { "x.yaml": "kind: [\n" }, "x.yaml", "x.yaml:2:1  is no YAML"],
  ["text", { "x.yaml": "hello" }, "x.yaml", "is none of the files that Plumbline knows"],
])("%s can't be adopted", async (_, files, from, message) => {
  await withFiles(files as Record<string, string>, async (folder) => {
    const { code, stdout, stderr } = await run("adopt", "--from", path.join(folder, from));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("mistake in Plumbline");
  });
});

test("--out without --from is a mistake", async () => {
  expect(await run("adopt", "--out", "x.yaml")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("--out needs --from"),
  });
});
