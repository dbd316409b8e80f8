import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Result } from "../../analysis/verify/check";
import { run } from "../../setup/run";
import { initStack, kubectl, on, plumbline, pulumi, stackFile, startTestLab, stopTestLab, testLab } from "./support/testLab";
import { startServer } from "./support/traffic";

/** Two controllers side by side: Traefik on the workers' ports, and a second one behind NodePorts with a class of its own. Requests come from outside. */
const w1 = testLab.address(21);
const image = "image: 'lab.local/traefik:v3.7.15'";

/** The lab's stack with these controllers. The rule `shop` names no class: it goes to the default one. */
const stackWith = (name: string, ...controllers: string[]) =>
  stackFile(name, (text) =>
    text.replace(
      /^ {4}controllers: .*\n/m,
      `    controllers:
${controllers.map((controller) => `      - {${controller}, ${image}}\n`).join("")}    rules:
      - name: shop
        host: shop.lab.test
        tlsSecret: shop-tls
        redirectToHttps: true
        paths:
          - {path: /, service: first, port: 8080}
          - {path: /hostname, pathType: Exact, service: second, port: 8080}
      - name: internal
        host: internal.lab.test
        class: internal
        paths:
          - {path: /, service: second, port: 8080}
          - {path: /names/of, service: second, port: 8080, rewrite: /}
`,
    ),
  );

beforeAll(async () => {
  await startTestLab();
  await initStack();
  await createCertificate("shop-tls", "shop.lab.test");
  const stack = stackWith("first", "name: traefik", "name: traefik, as: internal, class: internal, expose: nodePort");
  await pulumi(stack, "up", "--yes", "--skip-preview");
  for (const [name, node] of [
    ["first", "w1"],
    ["second", "w2"],
  ] as const) {
    await startServer(name, node);
    await kubectl(`expose pod ${name} --port=8080`);
  }
}, 900_000);

afterAll(stopTestLab, 60_000);

async function createCertificate(secret: string, host: string): Promise<void> {
  const [key, certificate] = ["tls.key", "tls.crt"].map((name) => path.join(folder, name)) as [string, string];
  const options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate];
  await run("openssl", ["req", ...options, "-days", "2", "-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`]);
  const data = (file: string) => readFileSync(file).toString("base64");
  const object = {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: { name: secret },
    data: { "tls.crt": data(certificate), "tls.key": data(key) },
  };
  await on("cp1", `echo '${JSON.stringify(object)}' | kubectl apply -f -`);
}

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-ingress-"));

/** What `verify` has seen of the ingress, without what pods happened to say; and everything that failed. */
async function verify(stack: string): Promise<{ seen: string[]; failed: Result[] }> {
  const { code, stdout, stderr } = await plumbline("verify", "--stack", stack, "--json");
  if (code === 2) throw new Error(`plumbline verify could not run:\n${stderr}`);
  const { checks } = JSON.parse(stdout) as { checks: Result[] };
  const names = ["HTTP through the ingress", "HTTPS through the ingress", "redirect to HTTPS", "unknown host", "path types"];
  return {
    seen: checks.filter(({ name }) => names.includes(name)).map(({ name, to, status }) => `${status} ${name}: ${to}`),
    failed: checks.filter(({ status }) => status === "failed"),
  };
}

/** The status of a request by host name, 000 without an answer. */
const status = (host: string, door: string) =>
  on("client", `curl -s -o /dev/null -m 3 -w '%{http_code}' -H 'Host: ${host}' http://${door}/hostname || true`);

test("each serves its own rules, every host and path, and nothing of the other's", async () => {
  const stack = stackWith("first", "name: traefik", "name: traefik, as: internal, class: internal, expose: nodePort");
  expect(await verify(stack)).toEqual({
    failed: [],
    seen: [
      "passed HTTP through the ingress: hello.lab.test/hostname at w1",
      "passed redirect to HTTPS: shop.lab.test at w2",
      "passed HTTPS through the ingress: shop.lab.test at w2",
      "passed redirect to HTTPS: shop.lab.test/hostname at w1",
      "passed HTTPS through the ingress: shop.lab.test/hostname at w1",
      "passed unknown host: unknown host at w1",
      "passed path types: traefik at w1",
      "passed HTTP through the ingress: internal.lab.test at cp1",
      "passed HTTP through the ingress: internal.lab.test/names/of at w1",
      "passed HTTP through the ingress: internal.lab.test at w2",
      "passed unknown host: unknown host at cp1",
      "passed path types: internal at cp1",
    ],
  });
  expect(await status("internal.lab.test", `${w1}:80`)).toBe("404");
  expect(await status("hello.lab.test", `${w1}:30080`)).toBe("404");
  // No worker, so nobody's port 80.
  expect(await status("hello.lab.test", `${testLab.address(20)}:80`)).toBe("000");
}, 300_000);

test("a path that is exact comes before the prefix that has it too", async () => {
  const get = (url: string) => on("client", `curl -sk -m 3 --connect-to ::${w1}:443 https://shop.lab.test${url}`);
  expect(await get("/hostname")).toBe("second");
  expect(await get("/hostname/")).toMatch(/^NOW: /);
}, 60_000);

test("the beginning of a path is taken away on the way to its pod, and what follows stays", async () => {
  const get = (url: string) => on("client", `curl -s -m 3 -H 'Host: internal.lab.test' http://${w1}:30080${url}`);
  expect(await get("/names/of/hostname")).toBe("second");
  expect(await get("/names/of")).toMatch(/^NOW: /);
  expect(await get("/names/off/hostname")).not.toBe("second");
}, 60_000);

test("preview judges the rules together with the Ingresses that others have made", async () => {
  const stack = stackWith("first", "name: traefik", "name: traefik, as: internal, class: internal, expose: nodePort");
  const conflict =
    /ingress\.rules\[1\]\.paths\[0\]\.path: internal\.lab\.test \/ \(Prefix\) is claimed by Ingress default\/stray \(in the cluster\)/;
  expect(await pulumi(stack, "preview")).not.toMatch(conflict);
  await kubectl('create ingress stray --class=internal --rule="internal.lab.test/*=first:8080"');
  expect(await pulumi(stack, "preview")).toMatch(conflict);
  await kubectl("delete ingress stray");
}, 300_000);

test("a certificate that isn't the Secret's is found", async () => {
  // Traefik doesn't hear of a Secret that is replaced and taken back within its two seconds; verify reads the Secret first.
  const stack = stackWith("first", "name: traefik", "name: traefik, as: internal, class: internal, expose: nodePort");
  await kubectl('patch ingress shop-exact --type merge -p \'{"spec":{"tls":null}}\'');
  await kubectl('patch ingress shop --type merge -p \'{"spec":{"tls":null}}\'');
  const { failed } = await verify(stack);
  expect(failed.map(({ name, to }) => `${name}: ${to}`)).toEqual([
    "HTTPS through the ingress: shop.lab.test at w2",
    "HTTPS through the ingress: shop.lab.test/hostname at w1",
  ]);
  expect(failed[0]?.detail).toMatch(
    /^https:\/\/shop\.lab\.test:443\/: shows another certificate than that of Secret default\/shop-tls: curl: \(60\) /,
  );
}, 300_000);

test("the default class goes to the other, and the workers' ports are closed", async () => {
  const stack = stackWith(
    "switched",
    "name: traefik, class: traefik, expose: nodePort, nodePorts: {http: 30081, https: 30444}",
    "name: traefik, as: internal, expose: nodePort",
  );
  await pulumi(stack, "up", "--yes", "--skip-preview", "--refresh");
  expect(
    await kubectl(
      "get ingressclass -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.annotations}{\"\\n\"}{end}' | grep -c is-default",
    ),
  ).toBe("1\n");
  const { seen, failed } = await verify(stack);
  expect(failed).toEqual([]);
  expect(seen).toContain("passed HTTPS through the ingress: shop.lab.test/hostname at w2");
  expect(await status("shop.lab.test", `${w1}:30080`)).toBe("301");
  expect(await status("shop.lab.test", `${w1}:30081`)).toBe("404");
  expect(await status("shop.lab.test", `${w1}:80`)).toBe("000");
  expect(await on("w1", "sudo nft list table inet plumbline")).not.toMatch(/HTTP and HTTPS for the ingress controller/);
}, 400_000);
