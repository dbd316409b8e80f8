import { readFileSync } from "node:fs";
import path from "node:path";
import { complaints, lint } from "./judge";
import { ingress } from "./manifests";

const pem = (name: string) => readFileSync(path.join(__dirname, "certificates", `${name}.pem`), "utf8");
const base64 = (text: string) => Buffer.from(text).toString("base64");

function secret(certificate: string, key?: string, { name = "tls", namespace = "shop", type = "kubernetes.io/tls" } = {}): string {
  const data = { "tls.crt": base64(certificate), ...(key === undefined ? {} : { "tls.key": base64(key) }) };
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: ${namespace} }\ntype: ${type}\ndata: ${JSON.stringify(data)}\n`;
}

const shop = secret(pem("shop.crt"), pem("shop.key"));
const withTls = (tls: string, host = "shop.example") => ingress({ tls, host });
const together = (...files: string[]) => complaints(files.join("---\n"));

describe("certificates", () => {
  test.each([
    ["its name", "shop.example"],
    ["a name below its wildcard", "a.shop.example"],
    ["the wildcard itself", "*.shop.example"],
  ])("one that is good for %s", (_, host) => {
    expect(lint([withTls(`[{ hosts: ["${host}"], secretName: tls }]`, `"${host}"`), shop].join("---\n"))).toEqual([]);
  });

  test.each([
    [
      "another name",
      "other.example",
      "other.example isn't in the certificate: the certificate of Secret shop/tls is for shop.example, *.shop.example. Clients refuse it.",
    ],
    [
      "two labels below its wildcard",
      "a.b.shop.example",
      "a.b.shop.example isn't in the certificate: the certificate of Secret shop/tls is for shop.example, *.shop.example. Clients refuse it.",
    ],
  ])("one that isn't good for %s", (_, host, message) => {
    expect(together(withTls(`[{ hosts: [${host}], secretName: tls }]`, host), shop)).toEqual([`error spec.tls[0].hosts[0]: ${message}`]);
  });

  test("without hosts in tls, those of the rules count", () => {
    expect(together(withTls("[{ secretName: tls }]"), shop)).toEqual([]);
    expect(together(withTls("[{ secretName: tls }]", "other.example"), shop)).toEqual([
      expect.stringContaining("error spec.rules[0].host: other.example isn't in the certificate"),
    ]);
  });

  test("without alternative names", () => {
    expect(together(withTls("[{ hosts: [shop.example], secretName: tls }]"), secret(pem("nameless.crt"), "")).at(-1)).toContain(
      "has no subject alternative names, and clients look at no other",
    );
  });

  test.each([
    ["expired", "error data.tls.crt: expired on 2026-11-25; clients refuse it."],
    ["soon", "warning data.tls.crt: expires on 2026-12-14, in 13 days."],
  ])("%s", (name, expected) => {
    expect(complaints(secret(pem(`${name}.crt`), pem("shop.key"))).filter((line) => line.includes("tls.crt:"))).toEqual([expected]);
  });

  test("not valid yet", () => {
    expect(complaints(shop, { now: new Date("2026-01-01T00:00:00Z") })).toEqual([
      "error data.tls.crt: is valid from 2026-11-24 only; clients refuse it until then.",
    ]);
  });

  test("with the key of another one, or none that can be read", () => {
    expect(complaints(secret(pem("nameless.crt"), pem("shop.key")))).toEqual([
      "error data.tls.key: is the key of another certificate than tls.crt; controllers pass the Secret over.",
    ]);
    expect(complaints(secret(pem("shop.crt"), "no key"))).toEqual([
      "error data.tls.key: is no private key in PEM form, or it is encrypted; controllers pass the Secret over.",
    ]);
    expect(complaints(secret("no certificate", pem("shop.key")))).toEqual([
      "error data.tls.crt: is no certificate in PEM form; controllers pass the Secret over.",
    ]);
  });
});

describe("Secrets", () => {
  const tls = "[{ hosts: [shop.example], secretName: tls }]";
  test.each([
    ["none in the files: nothing to judge by", [withTls(tls)], []],
    [
      "another one only",
      [withTls(tls), secret(pem("shop.crt"), pem("shop.key"), { name: "other" })],
      ["warning spec.tls[0].secretName: there is no Secret tls in these files, only other."],
    ],
    [
      "in another namespace",
      [withTls(tls), secret(pem("shop.crt"), pem("shop.key"), { namespace: "beta" })],
      [
        "error spec.tls[0].secretName: there is no Secret tls in the namespace shop, only in beta (a.yaml:15); an Ingress reads its own namespace alone.",
      ],
    ],
    [
      "made by cert-manager",
      [ingress({ tls, annotations: { "cert-manager.io/issuer": "a" } }), secret(pem("shop.crt"), pem("shop.key"), { name: "other" })],
      [],
    ],
    ["Opaque, with the keys of TLS", [withTls(tls), secret(pem("shop.crt"), pem("shop.key"), { type: "Opaque" })], []],
    [
      "Opaque, without a key",
      [withTls(tls), secret(pem("shop.crt"), undefined, { type: "Opaque" })],
      ["error : Secret shop/tls has no tls.key, which TLS needs."],
    ],
    [
      "of type TLS, without a key",
      [secret(pem("shop.crt"))],
      ["error data: Secret shop/tls has no tls.key; the API server refuses a Secret of type kubernetes.io/tls without it."],
    ],
  ])("%s", (_, files, expected) => {
    expect(together(...files)).toEqual(expected);
  });
});

describe("hosts of TLS and of rules", () => {
  test.each([
    [
      "TLS for a host that no rule has",
      withTls("[{ hosts: [other.example] }]"),
      ["warning spec.tls[0].hosts[0]: no rule is for other.example: its requests get a certificate, and then 404."],
    ],
    ["TLS for one host more", withTls("[{ hosts: [shop.example, other.example] }]"), []],
    ["a wildcard over the rule's host", withTls('[{ hosts: ["*.example"] }]'), []],
    [
      "one host, two Secrets",
      withTls("[{ hosts: [shop.example], secretName: a }, { hosts: [shop.example], secretName: b }]"),
      ["warning spec.tls[1].hosts[0]: shop.example has the Secret a already; only one of the two certificates is shown."],
    ],
  ])("%s", (_, file, expected) => {
    expect(complaints(file)).toEqual(expected);
  });

  test("a rule's host that is in no TLS is worth a remark", () => {
    const file = `${withTls("[{ hosts: [shop.example] }]")}    - host: b.example\n`;
    expect(lint(file).map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      "info b.example is in no entry of tls, where other hosts are: it is served without a certificate of its own.",
    ]);
  });
});
