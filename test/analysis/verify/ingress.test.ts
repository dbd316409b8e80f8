import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Check, Facts, PacketCheck, Verdict } from "../../../analysis/verify/check";
import { planChecks } from "../../../analysis/verify/checks";
import { pathObjects } from "../../../analysis/verify/pathChecks";
import { pathCases } from "../../../components/ingress/pathTypes";
import type { Outcome } from "../../../components/node/dial";
import type { StackInput } from "../../../core/stack/schema";
import { run } from "../../../setup/run";
import { shop as gatewayShop } from "../../components/ingress/gatewayStack";
import { client, facts, manyNodes, nothingLive, planOf } from "./plans";

/** What is asked of ingress controllers from outside, and what is made of the answers. The outputs are those of curl 7.88. */
type Ingress = NonNullable<StackInput["ingress"]>;

const names = [
  "HTTP through the ingress",
  "HTTPS through the ingress",
  "TLS through the ingress",
  "redirect to HTTPS",
  "unknown host",
  "default backend",
  "path types",
];
const ingressChecks = (ingress: Ingress, changes: Partial<StackInput> = {}) =>
  planChecks(planOf({ ingress, ...changes }), client).checks.filter(({ name }) => names.includes(name));
const show = (check: Check) => `${check.name}: ${check.to}, ${check.kind === "skipped" ? `skipped: ${check.reason}` : check.expected}`;

function packet(checks: readonly Check[], name: string): PacketCheck {
  const check = checks.find((one) => one.name === name);
  if (check?.kind !== "packet") throw new Error(`no check ${name}`);
  return check;
}

const outcome = (stdout: string, code = 0, stderr = ""): Outcome => ({ code, stdout, stderr });
const page = (body: string, code: string, redirect = "") => outcome(`${body}\n1 ${code} ${redirect}`);
const good = (detail: string): Verdict => ({ passed: true, detail });
const bad = (detail: string): Verdict => ({ passed: false, detail });

const shop = { name: "shop", namespace: "shop", host: "shop.example" };
const path1 = { service: "shop", port: 80 };

describe("what is tried", () => {
  test("every host and path, plain and by HTTPS, then a host that nobody has, then the path types", () => {
    const checks = ingressChecks({
      controllers: [{ name: "traefik" }],
      rules: [
        { ...shop, tlsSecret: "shop-tls", paths: [path1, { path: "/api", ...path1 }] },
        { name: "wild", host: "*.wild.example", tlsSecret: "wild-tls", redirectToHttps: true, paths: [path1] },
        { name: "old", host: "old.example", paths: [{ path: "/x(/|$)", pathType: "ImplementationSpecific", ...path1 }] },
      ],
    });
    expect(checks.map(show)).toEqual([
      "HTTP through the ingress: shop.example at w1, the application answers",
      "HTTPS through the ingress: shop.example at w1, the certificate of Secret shop/shop-tls, and the application answers",
      "HTTP through the ingress: shop.example/api at w1, the application answers",
      "HTTPS through the ingress: shop.example/api at w1, the certificate of Secret shop/shop-tls, and the application answers",
      "redirect to HTTPS: plumbline-verify.wild.example at w1, sent to https://plumbline-verify.wild.example/",
      "HTTPS through the ingress: plumbline-verify.wild.example at w1, the certificate of Secret default/wild-tls, and the application answers",
      "HTTP through the ingress: old.example/x(/|$), skipped: an expression, for which no request is known",
      "unknown host: unknown host at w1, refused: 404",
      "path types: traefik at w1, paths take what the Ingress specification says",
    ]);
  });

  test("with a default backend, a host that nobody has is its", () => {
    const rest = { name: "rest", namespace: "shop", defaultBackend: path1 };
    expect(ingressChecks({ controllers: [{ name: "traefik" }], rules: [rest] }).map(show)).toEqual([
      "default backend: unknown host at w1, shop/rest answers",
      "path types: traefik at w1, paths take what the Ingress specification says",
    ]);
  });

  test("a rule without a host takes every host", () => {
    const any = { name: "any", paths: [path1] };
    expect(
      ingressChecks({ controllers: [{ name: "traefik" }], rules: [any] })
        .map(show)
        .slice(0, 2),
    ).toEqual([
      "HTTP through the ingress: plumbline-verify.invalid at w1, the application answers",
      "unknown host: unknown host at w1, default/any answers",
    ]);
  });

  test("each controller at its own ports; a load balancer's address isn't known", () => {
    const checks = ingressChecks({
      controllers: [
        { name: "traefik" },
        { name: "haproxy", class: "haproxy", expose: "nodePort" },
        { name: "f5-nginx", class: "f5", expose: "loadBalancer" },
      ],
      rules: [
        { ...shop, paths: [path1] },
        { ...shop, name: "other", class: "haproxy", tlsSecret: "shop-tls", redirectToHttps: true, paths: [path1] },
      ],
    });
    expect(checks.map(show)).toEqual([
      "HTTP through the ingress: shop.example at w1, the application answers",
      "unknown host: unknown host at w1, refused: 404",
      "path types: traefik at w1, paths take what the Ingress specification says",
      "redirect to HTTPS: shop.example at cp1, sent to https://shop.example:30443/",
      "HTTPS through the ingress: shop.example at cp1, the certificate of Secret shop/shop-tls, and the application answers",
      "redirect to HTTPS: shop.example at w1, sent to https://shop.example:30443/",
      "HTTPS through the ingress: shop.example at w1, the certificate of Secret shop/shop-tls, and the application answers",
      "unknown host: unknown host at cp1, refused: 404",
      "path types: haproxy at cp1, paths take what the Ingress specification says",
      "HTTP through the ingress: f5-nginx, skipped: behind a load balancer, whose address isn't the plan's",
    ]);
  });

  test("routes of Gateway API: HTTP and HTTPS by their listeners, TLS by the name in its handshake", () => {
    expect(ingressChecks(gatewayShop).map(show)).toEqual([
      "HTTP through the ingress: shop.example at w1, the application answers",
      "HTTPS through the ingress: shop.example/api at w1, the certificate of Secret shop/shop-tls, and the application answers",
      "HTTP through the ingress: plumbline-verify.invalid at w1, the application answers",
      "HTTPS through the ingress: shop.example at w1, the certificate of Secret shop/shop-tls, and the application answers",
      "TLS through the ingress: www.bank.example at w1, the application's own certificate",
      "unknown host: unknown host at w1, an HTTPRoute for any host answers",
      "path types: traefik at w1, paths take what the Ingress specification says",
    ]);
  });

  test.each([
    [undefined, "*.lab.example", "plumbline-verify.lab.example at w1"],
    ["a.lab.example", "*.lab.example", "a.lab.example at w1"],
    ["*.lab.example", "a.lab.example", "a.lab.example at w1"],
    ["b.lab.example", "a.lab.example", undefined],
  ])("a route for %s behind a listener for %s is tried as %s", (ofRoute, hostname, to) => {
    const checks = ingressChecks({
      controllers: [{ name: "traefik" }],
      gateways: [{ name: "web", listeners: [{ name: "http", port: 80, protocol: "HTTP", hostname }] }],
      httpRoutes: [{ name: "a", ...(ofRoute ? { hostnames: [ofRoute] } : {}), rules: [{ backendRefs: [{ name: "a", port: 80 }] }] }],
    });
    expect(checks.filter(({ name }) => name === "HTTP through the ingress").map((check) => check.to)).toEqual(to ? [to] : []);
  });

  test("a large cluster: every page once and every entrance once, not each by each", () => {
    const rules = Array.from({ length: 100 }, (_, index) => ({ name: `shop-${index}`, host: `shop-${index}.example`, paths: [path1] }));
    const checks = ingressChecks(
      { controllers: [{ name: "traefik" }], rules },
      { nodes: manyNodes(1000), cluster: { podCIDRs: ["10.240.0.0/12"] } },
    ).filter(({ name }) => name === "HTTP through the ingress");
    expect(checks.length).toBe(100);
    expect(new Set(checks.map(({ to }) => to.split(" at ")[0])).size).toBe(100);
    expect(new Set(checks.map(({ to }) => to.split(" at ")[1])).size).toBe(31);
  });
});

describe("TLS that the pods behind end", () => {
  const check = packet(ingressChecks(gatewayShop), "TLS through the ingress");
  const target = "https://www.bank.example:443/";
  const handshake = (seconds: string, code: number, stderr: string) => outcome(`\n${seconds}`, code, stderr);

  test("any certificate is taken, for the name in the handshake", () => {
    expect(check.command(facts)).toBe(
      "curl -qgsSv --noproxy '*' -m 3 -k --connect-to ::10.100.0.21:443 -w '\\n%{time_appconnect}' 'https://www.bank.example:443/'",
    );
  });

  test.each([
    ["an application that speaks HTTP", handshake("0.012345", 0, "*  subject: CN=bank\n"), good(`${target}: CN=bank`)],
    ["one that waits for another protocol", handshake("0.012345", 28, "*  subject: CN=bank\n"), good(`${target}: CN=bank`)],
    [
      "no route",
      handshake("0.012345", 0, "*  subject: CN=TRAEFIK DEFAULT CERT\n"),
      bad(`${target}: Traefik answers with a certificate of its own: it knows no route of that name. Is the TLSRoute accepted?`),
    ],
    [
      "a controller that refuses the name",
      handshake("0.000000", 35, "curl: (35) unrecognized name"),
      bad(`${target}: no TLS handshake: curl: (35) unrecognized name (exit code 35). Has the controller read the TLSRoute?`),
    ],
    [
      "nobody there",
      handshake("0.000000", 28, "curl: (28) Connection timed out after 3001 milliseconds"),
      bad(`no answer from ${target} within 3 s: dropped on the way; see \`plumbline plan --node w1\``),
    ],
  ])("%s", (_, said, verdict) => {
    expect(check.judge(said, facts)).toEqual(verdict);
  });
});

describe("HTTP through the ingress", () => {
  const check = packet(
    ingressChecks({ controllers: [{ name: "traefik" }], sample: { host: "hello.example" } }),
    "HTTP through the ingress",
  );
  const target = "http://10.100.0.21:80/hostname";
  test.each([
    ["the application", page("hello-1", "200"), good(`${target} for hello.example: 200, hello-1`)],
    ["the application's own 404", page("<h1>Lost</h1>", "404"), good(`${target} for hello.example: 404`)],
    [
      "no route",
      page("404 page not found\n", "404"),
      bad(
        `${target} for hello.example: the ingress controller knows no such host and path (404). Does the Ingress exist, and is its class the controller's?`,
      ),
    ],
    [
      "no pods",
      page("Bad Gateway", "502"),
      bad(`${target} for hello.example: the ingress controller gets no answer from the service behind (502). Are its pods ready?`),
    ],
    [
      "silence behind the controller",
      outcome("\n1 000 ", 28, "curl: (28) Operation timed out after 3001 milliseconds with 0 bytes received\n"),
      bad(
        `${target}: the ingress controller accepts, but nothing comes from the application within 3 s. Does the controller's node reach the application's pods?`,
      ),
    ],
    ["dropped", outcome("\n0 000 ", 28), bad(`no answer from ${target} within 3 s: dropped on the way; see \`plumbline plan --node w1\``)],
    [
      "no controller",
      outcome("\n0 000 ", 7, "* connect to 10.100.0.21 port 80 failed: Connection refused\n"),
      bad(`connection to ${target} refused: no ingress controller listens on w1; see its pods`),
    ],
  ])("%s", (_, said, verdict) => {
    expect(check.judge(said, facts)).toEqual(verdict);
  });
});

describe("a redirect to HTTPS", () => {
  const of = (controller: NonNullable<Ingress["controllers"]>[number]) =>
    packet(
      ingressChecks({ controllers: [controller], rules: [{ ...shop, tlsSecret: "tls", redirectToHttps: true, paths: [path1] }] }),
      "redirect to HTTPS",
    );
  const target = "http://10.100.0.21:80/ for shop.example";
  test.each([
    ["as it should be", page("", "301", "https://shop.example/"), good("301 to https://shop.example/")],
    ["with the port that HTTPS has anyway", page("", "308", "https://shop.example:443/"), good("308 to https://shop.example:443/")],
    [
      "to another port",
      page("", "301", "https://shop.example:8443/"),
      bad(
        `${target}: sent to https://shop.example:8443/ (301) instead of being sent to https://shop.example/. Is the Ingress as planned, and has the controller taken it up?`,
      ),
    ],
    [
      "none",
      page("hello", "200"),
      bad(
        `${target}: answered with 200 instead of being sent to https://shop.example/. Is the Ingress as planned, and has the controller taken it up?`,
      ),
    ],
  ])("%s", (_, said, verdict) => {
    expect(of({ name: "traefik" }).judge(said, facts)).toEqual(verdict);
  });

  test("behind NodePorts: to the port of HTTPS; NGINX knows 443 alone", () => {
    expect(of({ name: "haproxy", expose: "nodePort" }).expected).toBe("sent to https://shop.example:30443/");
    expect(of({ name: "f5-nginx", expose: "nodePort" }).expected).toBe("sent to https://shop.example/");
  });
});

describe("HTTPS through the ingress", () => {
  const check = packet(
    ingressChecks({ controllers: [{ name: "traefik" }], rules: [{ ...shop, tlsSecret: "shop-tls", paths: [path1] }] }),
    "HTTPS through the ingress",
  );
  const target = "https://shop.example:443/";
  const curlSays = (code: number, message: string) => outcome("\n1 000 ", code, `* noise\ncurl: (${code}) ${message}\n`);
  const withSecret = (data: Record<string, string> | undefined): Facts => ({
    ...facts,
    live: {
      ...nothingLive,
      object: ({ metadata: { namespace, name } }) =>
        data && namespace === "shop" && name === "shop-tls" ? ({ data } as object) : undefined,
    },
  });

  test.each([
    ["the application, with its certificate", page("hello", "200"), good(`${target}: 200, hello`)],
    [
      "another certificate",
      curlSays(60, "SSL certificate problem: self-signed certificate"),
      bad(
        `${target}: shows another certificate than that of Secret shop/shop-tls: curl: (60) SSL certificate problem: self-signed certificate (exit code 60). Has the controller read the Secret?`,
      ),
    ],
    [
      "another name",
      curlSays(60, "SSL: no alternative certificate subject name matches target host name 'shop.example'"),
      bad(
        `${target}: the certificate of Secret shop/shop-tls isn't for shop.example: curl: (60) SSL: no alternative certificate subject name matches target host name 'shop.example' (exit code 60)`,
      ),
    ],
    [
      "expired",
      curlSays(60, "SSL certificate problem: certificate has expired"),
      bad(
        `${target}: the certificate of Secret shop/shop-tls isn't valid now: curl: (60) SSL certificate problem: certificate has expired (exit code 60)`,
      ),
    ],
    [
      "no certificate at all",
      curlSays(35, "OpenSSL/3.0.17: error:0A000458:SSL routines::tlsv1 unrecognized name"),
      bad(
        `${target}: no TLS handshake: curl: (35) OpenSSL/3.0.17: error:0A000458:SSL routines::tlsv1 unrecognized name (exit code 35). Has the controller read Secret shop/shop-tls?`,
      ),
    ],
  ])("%s", (_, said, verdict) => {
    expect(check.judge(said, facts)).toEqual(verdict);
  });

  test("the host's own certificate of the Secret is trusted, not what signed it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "plumbline-certificate-"));
    const make = async (name: string) => {
      const file = path.join(folder, name);
      const options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null", "-out", file];
      await run("openssl", ["req", ...options, "-subj", `/CN=${name}`]);
      return readFileSync(file, "utf8");
    };
    const [own, signer] = [await make("shop.example"), await make("signer.example")];
    const command = check.command(withSecret({ "tls.crt": Buffer.from(`${own}${signer}`).toString("base64") }));
    expect(command).toBe(
      `printf %s '${own}' | curl -qgsSv --noproxy '*' -m 3 --cacert /dev/stdin --connect-to ::10.100.0.21:443 -w '\\n%{num_connects} %{http_code} %{redirect_url}' 'https://shop.example:443/'`,
    );
  });

  test.each<[string, Record<string, string> | undefined, string]>([
    ["no Secret", undefined, "Secret shop/shop-tls isn't in the cluster"],
    ["no certificate in it", {}, "Secret shop/shop-tls has no tls.crt: is it of type kubernetes.io/tls?"],
    ["rubbish in it", { "tls.crt": "aGVsbG8=" }, "tls.crt of Secret shop/shop-tls is no certificate: "],
  ])("%s", (_, data, message) => {
    expect(() => check.command(withSecret(data))).toThrow(message);
  });
});

describe("a host that nobody has", () => {
  const target = "http://10.100.0.21:80/ for plumbline-verify.invalid";
  const check = packet(ingressChecks({ controllers: [{ name: "traefik" }] }), "unknown host");
  const withIngress = (spec: object): Facts => ({
    ...facts,
    live: { ...nothingLive, ingresses: [{ metadata: { namespace: "blog", name: "all" }, spec }] },
  });
  test.each<[string, Outcome, Facts, Verdict]>([
    ["is refused", page("404 page not found\n", "404"), facts, good(`${target}: 404`)],
    [
      "is answered by nobody that is known",
      page("hello", "200"),
      facts,
      bad(`${target} is answered with 200, though no Ingress takes any host. See the controller's logs.`),
    ],
    [
      "is answered by an Ingress that isn't of this stack",
      page("hello", "200"),
      withIngress({ ingressClassName: "traefik", rules: [{}] }),
      good(`${target}: 200; not of this stack, and for any host: blog/all`),
    ],
    [
      "is answered, but there is such an Ingress of another class only",
      page("hello", "200"),
      withIngress({ ingressClassName: "haproxy", rules: [{}] }),
      bad(`${target} is answered with 200, though no Ingress takes any host. See the controller's logs.`),
    ],
  ])("%s", (_, said, known, verdict) => {
    expect(check.judge(said, known)).toEqual(verdict);
  });
});

describe("path types", () => {
  const of = (name: "traefik" | "f5-nginx") => packet(ingressChecks({ controllers: [{ name }] }), "path types");
  const target = "10.100.0.21:80";
  const requests = pathCases.flatMap(({ paths, requests }) =>
    Object.entries(requests).map(([request, taker]) => ({ paths, request, taker })),
  );
  type Answers = Record<string, string>;

  /** What curl prints when all is as specified, but for what `otherwise` says by its paths and request. */
  const answers = (otherwise: Answers = {}) =>
    outcome(
      `200200\n${requests
        .map(({ paths, request, taker }) => {
          const says = /^\/host[nN]ame$/.test(request) ? ["backend", "probe-1"][taker ?? 0] : "NOW: 2026-01-01";
          const asSpecified = taker === null ? "404 page not found\n\n#404" : `${says}\n#200`;
          return otherwise[`${paths.map((one) => one.join(" ")).join(", ")} < ${request}`] ?? asSpecified;
        })
        .join("\n")}\n`,
    );

  test.each<[string, "traefik" | "f5-nginx", Outcome, Verdict]>([
    ["all as specified", "traefik", answers(), good(`${target}: ${requests.length} of ${requests.length} requests as specified`)],
    [
      "a trailing slash that doesn't matter to Exact, and Prefix before Exact",
      "f5-nginx",
      answers({ "Exact /foo < /foo/": "NOW: 2026\n#200", "Prefix /hostname, Exact /hostname < /hostname": "backend\n#200" }),
      bad(
        `${target}: otherwise than specified: Exact /foo with /foo/: 200; Prefix /hostname and Exact /hostname with /hostname: 200 from backend. See "Path types" in docs/ingress.md.`,
      ),
    ],
    [
      "what is known of the controller",
      "f5-nginx",
      answers({ "Prefix /aaa/bb < /aaa/bbb": "NOW: 2026\n#200" }),
      good(
        `${target}: ${requests.length - 1} of ${requests.length} requests as specified; known to be otherwise: Prefix /aaa/bb with /aaa/bbb: 200`,
      ),
    ],
    [
      "not taken up",
      "traefik",
      outcome("404404\n"),
      bad(
        `${target}: the probe Ingress of class traefik isn't served within 15 s (404, 404). Does the controller run, and does it read that class?`,
      ),
    ],
    [
      "nobody listens",
      "traefik",
      outcome("000000\n", 0, "* connect to 10.100.0.21 port 80 failed: Connection refused\n"),
      bad(`connection to ${target} refused: no ingress controller listens on w1; see its pods`),
    ],
  ])("%s", (_, name, said, verdict) => {
    expect(of(name).judge(said, facts)).toEqual(verdict);
  });

  test("a probe Ingress that the API server refuses", () => {
    const refused = { ...facts, ingressProblem: "The API server refuses to create Ingress paths-traefik: no webhook" };
    expect(() => of("traefik").command(refused)).toThrow("The API server refuses to create Ingress paths-traefik: no webhook");
  });

  test("each class gets one Ingress, with a host for each case; without classes nothing is made", () => {
    const objects = pathObjects("plumbline-verify-1", ["traefik", "haproxy"]);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(["Ingress paths-traefik", "Ingress paths-haproxy"]);
    const { rules } = (objects[0]?.spec ?? {}) as { rules?: { host: string }[] };
    expect(rules?.length).toBe(pathCases.length + 1);
    expect(rules?.[1]?.host).toBe("case-1.traefik.plumbline-verify-1.invalid");
    expect(pathObjects("plumbline-verify-1", [])).toEqual([]);
  });
});
