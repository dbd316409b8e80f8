import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "./run";
import { inProject } from "./stacks";

inProject();

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-ingress-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const full = path.join(folder, name);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const good = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: traefik
  defaultBackend: { service: { name: web, port: { number: 80 } } }
`;

test("a fine file", async () => {
  const name = file("good.yaml", good);
  expect(await run("ingress", "lint", name)).toEqual({ code: 0, stdout: `${name} is fine.\n`, stderr: "" });
  expect(await run("ingress", "lint", "--json", name)).toEqual({ code: 0, stdout: '{\n  "findings": []\n}\n', stderr: "" });
});

test("findings with their places; an error ends with 1, a warning with 0", async () => {
  const name = file("bad.yaml", good.replace("number: 80", "number: 0"));
  expect(await run("ingress", "lint", name)).toEqual({
    code: 1,
    stdout: `${name}:6:43  ingress spec.defaultBackend.service.port: names no port; the API server refuses it.\n  Write port: { number: 80 } or port: { name: http }, as in the Service.\n${name} has 1 error.\n`,
    stderr: "",
  });
  const other = file("other.yaml", good);
  const { code, stdout } = await run("ingress", "lint", "--json", "--controller", "haproxy", other);
  expect({ code, findings: (JSON.parse(stdout) as { findings: unknown }).findings }).toEqual({
    code: 0,
    findings: [
      {
        severity: "warning",
        file: other,
        path: "spec.ingressClassName",
        line: 5,
        column: 3,
        plugin: "haproxy",
        message: "traefik is usually the class of another controller than HAProxy.",
        mend: "Name the class whose IngressClass has HAProxy as its controller.",
      },
    ],
  });
});

test("several files and a folder are judged together; what is no manifest in a folder is passed over", async () => {
  file("shop/ingress.yaml", good);
  file("shop/values.yaml", "replicas: 1\n");
  file(
    "shop/services/web.json",
    JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { ports: [{ port: 8080 }] } }),
  );
  const { code, stdout } = await run("ingress", "lint", path.join(folder, "shop"));
  expect(code).toBe(1);
  expect(stdout).toContain("has no port 80.\n  It has 8080.\n");
  expect(stdout).not.toContain("values.yaml");
});

test.each([
  [["ingress", "lint", "missing.yaml"], "missing.yaml can't be read: there is no such file."],
  [["ingress", "lint", "--controller", "contour", "a.yaml"], "Allowed choices are traefik, haproxy, nginx, f5-nginx, ingress-nginx, gce."],
  [["ingress", "lint"], "missing required argument 'file'"],
  [["ingress", "migrate", "a.yaml"], "required option '-t, --to <target>' not specified"],
])("%j can't run", async (args, message) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("convert prints the manifest, and the changes beside it", async () => {
  const old = file(
    "old.yaml",
    "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: { name: a }\nspec: { backend: { serviceName: b, servicePort: 80 } }\n",
  );
  const { code, stdout, stderr } = await run("ingress", "convert", old);
  expect(code).toBe(0);
  expect(stdout).toBe(
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: a }\nspec: { defaultBackend: { service: { name: b, port: { number: 80 } } } }\n",
  );
  expect(stderr).toContain(`${old}: line 1  apiVersion: extensions/v1beta1 -> networking.k8s.io/v1\n`);
});

test("migrate writes the rules of a stack, and files lend their Services alone", async () => {
  const stack = file(
    "Pulumi.shop.yaml",
    `config:
  plumbline:cluster: { name: shop }
  plumbline:ssh: { agent: true }
  plumbline:nodes: [{ name: cp1, roles: [control-plane, etcd, worker], address: 10.0.0.10 }]
  plumbline:ingress:
    controllers: [{ name: haproxy }]
    rules:
      - name: shop
        host: shop.example
        annotations: { haproxy.org/check: "true" }
        paths:
          - { path: /api/v1.0, service: api, port: http, rewrite: /new }
          - { path: /old, pathType: Exact, service: api, port: http, rewrite: /new.html }
`,
  );
  const service = file(
    "api.yaml",
    `apiVersion: v1
kind: Service
metadata: { name: api, namespace: default }
spec: { ports: [{ name: http, port: 8080 }] }
---
${good}`,
  );
  const { code, stdout } = await run("ingress", "migrate", service, "--stack", stack, "--to", "gateway", "--json");
  const { objects, annotations } = JSON.parse(stdout);
  const routes = objects.flatMap(({ kind, metadata, spec }: { kind: string; metadata: { name: string }; spec: { rules: unknown } }) =>
    kind === "HTTPRoute" ? [[metadata.name, spec.rules]] : [],
  );
  const rewrite = (path: object) => [{ type: "URLRewrite", urlRewrite: { path } }];
  const backendRefs = [{ name: "api", port: 8080 }];
  expect(code).toBe(0);
  expect(routes).toEqual([
    [
      "shop-path-1",
      [
        {
          matches: [{ path: { type: "PathPrefix", value: "/api/v1.0" } }],
          filters: rewrite({ type: "ReplacePrefixMatch", replacePrefixMatch: "/new" }),
          backendRefs,
        },
      ],
    ],
    [
      "shop-path-2",
      [
        {
          matches: [{ path: { type: "Exact", value: "/old" } }],
          filters: rewrite({ type: "ReplaceFullPath", replaceFullPath: "/new.html" }),
          backendRefs,
        },
      ],
    ],
  ]);
  expect(annotations).toContainEqual({
    ingress: "default/shop-path-1",
    annotation: "haproxy.org/check",
    value: "true",
    verdict: "unsupported",
    how: "is of HAProxy; those of ingress-nginx alone are translated.",
  });
});

test("migrate prints the objects, and what differs beside them", async () => {
  const nginx = file(
    "nginx.yaml",
    good
      .replace("traefik", "nginx")
      .replace("name: web }", 'name: web, annotations: { nginx.ingress.kubernetes.io/proxy-body-size: "8m" } }'),
  );
  const { code, stdout, stderr } = await run("ingress", "migrate", nginx, "--to", "traefik");
  expect(code).toBe(0);
  expect(stdout).toContain("maxRequestBodyBytes: 8388608");
  expect(stderr).toMatch(/default\/web\s+proxy-body-size\s+different/);
  const { stdout: json } = await run("ingress", "migrate", nginx, "--to", "gateway", "--json");
  expect(JSON.parse(json)).toMatchObject({
    annotations: [{ annotation: "nginx.ingress.kubernetes.io/proxy-body-size", verdict: "unsupported" }],
  });
});

test("a self-signed certificate for a lab: two files, and nothing is overwritten", async () => {
  const out = path.join(folder, "certs", "shop");
  const made = await run("ingress", "certificate", "--host", "shop.example", "*.shop.example", "--out", out, "--days", "10");
  expect(made).toEqual({
    code: 0,
    stdout: `${out}.crt and ${out}.key: for shop.example, *.shop.example, 10 days. Browsers don't trust it; keep the key out of version control.\nIn the stack file, from its folder:\n  tls: { certificateFile: shop.crt, keyFile: shop.key }\n`,
    stderr: "",
  });
  const certificate = new X509Certificate(readFileSync(`${out}.crt`));
  expect(certificate.subjectAltName).toBe("DNS:shop.example, DNS:*.shop.example");
  expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(`${out}.key`)))).toBe(true);
  expect(statSync(`${out}.key`).mode & 0o777).toBe(0o600);
  const again = await run("ingress", "certificate", "--host", "shop.example", "--out", out);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain(`${out}.crt and ${out}.key: already there.`);
  const wrong = await run("ingress", "certificate", "--host", "http://shop.example", "--out", path.join(folder, "x"));
  expect(wrong.stderr).toContain("--host: http://shop.example has a scheme, and a host has none");
});
