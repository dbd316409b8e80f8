import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { renderFiles } from "../../../cli/render/files";
import { judgeOn, planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { parseStackText } from "../../../core/stack/file";
import { smallest } from "../../support/stacks";

const certificates = path.join(__dirname, "lint", "certificates");
const now = new Date("2026-12-01T00:00:00Z");
const files = { certificateFile: "shop.crt.pem", keyFile: "shop.key.pem" };

/** A stack file in the folder of certificates, with one rule, or with Gateways. */
function judged(rule: object, folder = certificates) {
  const shop = { name: "shop", host: "shop.example", paths: [{ service: "shop", port: 80 }], ...rule };
  const ingress = { controllers: [{ name: "traefik" }], ...("gateways" in rule ? rule : { rules: [shop] }) };
  const config = Object.fromEntries(Object.entries({ ...smallest, ingress }).map(([key, value]) => [`plumbline:${key}`, value]));
  return parseStackText(stringify({ config }), folder, judgeOn(now));
}
const said = (rule: object, folder?: string) =>
  judged(rule, folder).findings.map(({ line: _, column: __, ...finding }) => showFinding(finding));

test.each([["shop.example"], ["a.shop.example"], ["*.shop.example"]])("a certificate that is good for %s", (host) => {
  expect(said({ host, tls: files })).toEqual([]);
});

test("the plan has the certificate in a Secret, and the Ingress names it; the key is nowhere", () => {
  const { stack } = judged({ tls: files });
  if (!stack) throw new Error("the stack has errors");
  const plan = planNetwork(stack);
  const of = (kind: string) => plan.manifests.find(({ object, part }) => part === "ingress" && object.kind === kind);
  expect(of("Secret")).toEqual({
    part: "ingress",
    object: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "shop-tls", namespace: "default" },
      type: "kubernetes.io/tls",
      data: { "tls.crt": readFileSync(path.join(certificates, "shop.crt.pem")).toString("base64") },
    },
    secretFiles: { "tls.key": "shop.key.pem" },
  });
  expect(of("Ingress")?.object.spec).toMatchObject({ tls: [{ secretName: "shop-tls", hosts: ["shop.example"] }] });
  const [, ...secretLines] = readFileSync(path.join(certificates, "shop.key.pem"), "utf8").trim().split("\n").slice(0, -1);
  const everything = `${JSON.stringify(plan)}${[...renderFiles(plan)].map(({ content }) => content).join("")}`;
  for (const line of secretLines) expect(everything).not.toContain(line);
  expect(everything).toContain(
    "# Its tls.key is what the file shop.key.pem holds when the stack is applied: secrets are not written here.",
  );
});

describe("a Gateway's listener", () => {
  const gateway = (tls: object, hostname = "shop.example") => ({
    rules: [],
    gateways: [{ name: "web", namespace: "edge", listeners: [{ name: "https", port: 443, protocol: "HTTPS", hostname, tls }] }],
  });

  test("its files become a Secret, which it names", () => {
    const { stack, findings } = judged(gateway({ files }));
    expect(findings).toEqual([]);
    if (!stack) throw new Error("the stack has errors");
    const manifests = planNetwork(stack).manifests.filter(({ part }) => part === "ingress/gateway-api");
    expect(manifests.find(({ object }) => object.kind === "Secret")).toEqual({
      part: "ingress/gateway-api",
      object: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "web-https-tls", namespace: "edge" },
        type: "kubernetes.io/tls",
        data: { "tls.crt": readFileSync(path.join(certificates, "shop.crt.pem")).toString("base64") },
      },
      secretFiles: { "tls.key": "shop.key.pem" },
    });
    expect(manifests.find(({ object }) => object.kind === "Gateway")?.object.spec).toMatchObject({
      listeners: [{ name: "https", tls: { mode: "Terminate", certificateRefs: [{ name: "web-https-tls" }] } }],
    });
  });

  test.each([
    [
      "for another host",
      gateway({ files }, "other.example"),
      "ingress.gateways[0].listeners[0].hostname: other.example isn't in the certificate",
    ],
    [
      "beside Secrets",
      gateway({ files, certificateRefs: [{ name: "shop-tls" }] }),
      "ingress.gateways[0].listeners[0].tls.certificateRefs: is there beside files",
    ],
    [
      "that can't be read",
      gateway({ files: { ...files, certificateFile: "none.pem" } }),
      "ingress.gateways[0].listeners[0].tls.files.certificateFile: none.pem can't be read.",
    ],
  ])("files %s", (_, ingress, message) => {
    expect(said(ingress)).toEqual([expect.stringContaining(message)]);
  });

  test("files where the pods behind have the certificate", () => {
    const { gateways, rules } = gateway({ files, mode: "Passthrough" });
    const listeners = [{ name: "tls", port: 443, protocol: "TLS", hostname: "shop.example", tls: { files, mode: "Passthrough" } }];
    expect(said({ rules, gateways: gateways.map((one) => ({ ...one, listeners })) })).toEqual([
      expect.stringContaining("ingress.gateways[0].listeners[0].tls.files: is a certificate, but with mode: Passthrough"),
    ]);
  });
});

test("the Ingress of a rule's exact paths names the rule's Secret", () => {
  const backend = { service: "shop", port: 80 };
  const { stack } = judged({ tls: files, paths: [backend, { ...backend, path: "/api", pathType: "Exact" }] });
  if (!stack) throw new Error("the stack has errors");
  const ingresses = planNetwork(stack).manifests.filter(({ object }) => object.kind === "Ingress");
  const tls = [{ secretName: "shop-tls", hosts: ["shop.example"] }];
  expect(ingresses.map(({ object: { metadata, spec } }) => [metadata.name, spec])).toEqual([
    ["shop", expect.objectContaining({ tls })],
    ["shop-exact", expect.objectContaining({ tls })],
  ]);
});

test.each<[string, object, string[]]>([
  [
    "another host",
    { host: "other.example", tls: files },
    [
      "ingress.rules[0].host: other.example isn't in the certificate: shop.crt.pem is for shop.example, *.shop.example. Clients refuse it.\n  Order a certificate with that name, or name the host that it is for.",
    ],
  ],
  [
    "two labels below the wildcard",
    { host: "a.b.shop.example", tls: files },
    [expect.stringContaining("a.b.shop.example isn't in the certificate") as unknown as string],
  ],
  [
    "files that aren't there",
    { tls: { certificateFile: "no.crt", keyFile: "no.key" } },
    [
      "ingress.rules[0].tls.certificateFile: no.crt can't be read.\n  Write the file's path from the stack file's folder.",
      "ingress.rules[0].tls.keyFile: no.key can't be read.\n  Write the file's path from the stack file's folder.",
    ],
  ],
  [
    "each in the other's place",
    { tls: { certificateFile: "shop.key.pem", keyFile: "shop.crt.pem" } },
    [
      "ingress.rules[0].tls.certificateFile: shop.key.pem has no certificate in PEM form.\n  Write the PEM of the certificate, the host's own first.",
      "ingress.rules[0].tls.keyFile: shop.crt.pem has no private key in PEM form, or an encrypted one.\n  Write the unencrypted PEM of the key.",
    ],
  ],
  [
    "an existing Secret as well",
    { tls: files, tlsSecret: "shop-tls" },
    ["ingress.rules[0].tlsSecret: is there beside tls, which makes a Secret of its own.\n  Keep one of the two."],
  ],
])("%s", (_, rule, expected) => {
  expect(said(rule)).toEqual(expected);
});

test.each([
  ["expired", "ingress.rules[0].tls.certificateFile: expired.crt.pem expired on 2026-11-25; clients refuse it.\n  Renew it."],
  [
    "soon",
    "warning: ingress.rules[0].tls.certificateFile: soon.crt.pem expires on 2026-12-14, in 13 days.\n  Renew it, or let cert-manager do so.",
  ],
])("a certificate that is %s", (name, expected) => {
  expect(said({ tls: { ...files, certificateFile: `${name}.crt.pem` } })).toContain(expected);
});

test("a file with the key in it as well keeps its key to itself; another's key is noticed", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-certificates-"));
  try {
    const read = (name: string) => readFileSync(path.join(certificates, name), "utf8");
    writeFileSync(path.join(folder, "both.pem"), `${read("shop.key.pem")}${read("shop.crt.pem")}`);
    expect(JSON.stringify(judged({ tls: { certificateFile: "both.pem", keyFile: "both.pem" } }, folder))).not.toContain("PRIVATE KEY");
    expect(said({ tls: { certificateFile: "both.pem", keyFile: "both.pem" } }, folder)).toEqual([]);
    const other =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n";
    writeFileSync(path.join(folder, "other.key"), other);
    expect(said({ tls: { certificateFile: "both.pem", keyFile: "other.key" } }, folder)).toEqual([
      "ingress.rules[0].tls.keyFile: other.key is the key of another certificate than both.pem.\n  Write the key that the certificate was made for; the host's certificate comes first in certificateFile.",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
