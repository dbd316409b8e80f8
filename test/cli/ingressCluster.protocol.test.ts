import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "../../offline/kubernetes/client";
import { connect } from "../../offline/kubernetes/kubeconfig";
import { describeWithApiServer } from "../offline/kubernetes/apiServer";

/** The compiled command: jest can't load the Kubernetes library, which is an ES module. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile("node", [path.join(__dirname, "..", "..", "bin", "plumbline.js"), ...args], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

describeWithApiServer("plumbline ingress with --cluster, on a real API server", (server) => {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-ingress-"));
  const kubeconfig = path.join(folder, "kubeconfig");

  beforeAll(async () => {
    writeFileSync(kubeconfig, server.kubeconfig);
    const client = new Client(connect(server.kubeconfig, {}));
    const create = (url: string, body: unknown) => client.send({ method: "POST", path: url, body });
    await create("/apis/networking.k8s.io/v1/ingressclasses", {
      metadata: { name: "nginx" },
      spec: { controller: "k8s.io/ingress-nginx" },
    });
    await create("/api/v1/namespaces/default/services", { metadata: { name: "web" }, spec: { ports: [{ port: 8080 }] } });
    const route = { path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } };
    await create("/apis/networking.k8s.io/v1/namespaces/default/ingresses", {
      metadata: { name: "shop", annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" } },
      spec: { ingressClassName: "nginx", rules: [{ host: "shop.example", http: { paths: [route] } }] },
    });
  }, 60_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true });
  });

  test("lint judges the cluster's Ingresses with its Services", async () => {
    const { code, stdout } = await run("ingress", "lint", "--json", "--cluster", kubeconfig);
    const { findings } = JSON.parse(stdout) as { findings: { severity: string; file: string; path: string; message: string }[] };
    const errors = findings.filter(({ severity }) => severity === "error");
    expect({ code, errors: errors.map(({ file, message }) => `${file} ${message}`) }).toEqual({
      code: 1,
      errors: ["Ingress default/shop Service default/web (in the cluster) has no port 80."],
    });
  }, 30_000);

  test("migrate writes what Traefik needs for them", async () => {
    const { code, stdout, stderr } = await run("ingress", "migrate", "--to", "traefik", "--cluster", kubeconfig);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("ingressClassName: traefik");
    expect(stdout).toContain("host: shop.example");
  }, 30_000);
});
