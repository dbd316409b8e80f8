import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clusterIdentity, connect } from "../../../offline/kubernetes/kubeconfig";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const kubeadm = `apiVersion: v1
kind: Config
current-context: admin@lab
contexts:
- { name: admin@lab, context: { cluster: lab, user: admin } }
- { name: other, context: { cluster: other, user: robot, namespace: apps } }
clusters:
- { name: lab, cluster: { server: "https://10.100.0.20:6443/", certificate-authority-data: ${base64("CA")} } }
- { name: other, cluster: { server: "https://10.9.0.1:6443", insecure-skip-tls-verify: true, tls-server-name: kubernetes } }
- { name: behind-proxy, cluster: { server: "https://10.9.0.1:6443", proxy-url: "http://10.9.0.9:3128" } }
users:
- { name: admin, user: { client-certificate-data: ${base64("CERT")}, client-key-data: ${base64("KEY")} } }
- { name: robot, user: { token: secret-token } }
`;

describe("connect", () => {
  test("kubeadm's kubeconfig: a client certificate, and the default namespace", () => {
    expect(connect(kubeadm, {})).toEqual({
      server: "https://10.100.0.20:6443",
      ca: Buffer.from("CA"),
      serverName: undefined,
      insecure: false,
      cert: Buffer.from("CERT"),
      key: Buffer.from("KEY"),
      token: undefined,
      namespace: "default",
    });
  });

  test("another context, by the provider's settings", () => {
    expect(connect(kubeadm, { context: "other" })).toMatchObject({
      server: "https://10.9.0.1:6443",
      serverName: "kubernetes",
      insecure: true,
      token: "secret-token",
      namespace: "apps",
    });
    expect(connect(kubeadm, { context: "other", cluster: "lab", namespace: "mine" })).toMatchObject({
      server: "https://10.100.0.20:6443",
      namespace: "mine",
    });
  });

  test("a file, with files beside it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "plumbline-kubeconfig-"));
    const file = path.join(folder, "config");
    writeFileSync(path.join(folder, "ca.crt"), "CA from a file");
    writeFileSync(file, kubeadm.replace(/certificate-authority-data: \w+=*/, "certificate-authority: ca.crt"));
    expect(connect(file, {}).ca?.toString()).toBe("CA from a file");
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["neither text nor file", "/nowhere/kubeconfig", {}, "kubeconfig: neither the text of a kubeconfig nor the path of an existing file"],
    ["an unknown context", kubeadm, { context: "prod" }, 'kubeconfig: there is no context "prod"'],
    ["no context", "clusters: []", {}, "kubeconfig: no current-context"],
    ["an unknown cluster", kubeadm, { cluster: "prod" }, 'kubeconfig: there is no cluster "prod", which context "admin@lab" names'],
    [
      "what a small client can't do",
      kubeadm,
      { cluster: "behind-proxy" },
      "kubeconfig: `proxy-url` is not supported here; use a client certificate or a token, or the official kubernetes plugin",
    ],
  ])("%s is refused", (_, text, overrides, message) => {
    expect(() => connect(text, overrides)).toThrow(new Error(message));
  });

  test("a mistake in the text is told without the text, which may hold a key", () => {
    expect(() => connect("users:\n- { name: a, user: { token: s3cr3t }\nclusters: []\n", {})).toThrow(
      /^kubeconfig: not valid YAML at line \d+ \([A-Z_]+\)$/,
    );
  });
});

describe("clusterIdentity", () => {
  test("is that of the cluster alone: neither the user nor the order of things matters", () => {
    const reordered = kubeadm.replace(/- \{ name: lab, cluster.*\n/, "").replace("clusters:\n", (line) => {
      return `${line}- { cluster: { certificate-authority-data: ${base64("CA")}, server: "https://10.100.0.20:6443/" }, name: lab }\n`;
    });
    const renewed = kubeadm.replace(base64("CERT"), base64("NEW"));
    expect(clusterIdentity(reordered, {})).toBe(clusterIdentity(kubeadm, {}));
    expect(clusterIdentity(renewed, {})).toBe(clusterIdentity(kubeadm, {}));
  });

  test("changes with the server, and with the context", () => {
    expect(clusterIdentity(kubeadm.replace("10.100.0.20", "10.100.0.21"), {})).not.toBe(clusterIdentity(kubeadm, {}));
    expect(clusterIdentity(kubeadm, { context: "other" })).not.toBe(clusterIdentity(kubeadm, {}));
  });

  test("can't be told from what leads nowhere", () => {
    expect([undefined, "", "{", "clusters: []"].map((text) => clusterIdentity(text, {}))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
