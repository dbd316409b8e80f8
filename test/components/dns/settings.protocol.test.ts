import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { corefile } from "../../../components/dns/corefile";
import { builtProgram, missingNamespaces, testsWith } from "../../support/judges";
import { stackWith } from "../../support/stacks";

/** Settings as CoreDNS itself answers by them. Its upstreams are another CoreDNS, on addresses of the same network. */
const program = builtProgram("coredns");
const judged = testsWith(program ? missingNamespaces() : "CoreDNS isn't built: `plumbline lab up` builds it");

/** Who answers: each upstream says which one it is by its address. */
const upstreams = `
.:53 {
  bind 10.0.0.53
  template IN A {
    answer "{{ .Name }} 60 IN A 192.0.2.53"
  }
  template IN PTR {
    answer "{{ .Name }} 60 IN PTR upstream.example."
  }
}
.:5353 {
  bind 10.0.0.54
  template IN A {
    answer "{{ .Name }} 60 IN A 192.0.2.54"
  }
  template IN PTR {
    answer "{{ .Name }} 60 IN PTR office.example."
  }
}
tls://.:853 {
  bind 10.0.0.55
  tls cert.pem key.pem
  template IN A {
    answer "{{ .Name }} 60 IN A 192.0.2.55"
  }
}
`;

/** Asks each question once, and prints the answers. */
const asker = `
const { Resolver } = require("node:dns").promises;
const resolver = new Resolver({ timeout: 3000, tries: 1 });
resolver.setServers(["127.0.0.1"]);
const pause = () => new Promise((done) => setTimeout(done, 250));
const ask = ([type, name]) => resolver.resolve(name, type).then((answers) => answers.join(" "), ({ code }) => code);
(async () => {
  const wait = (left) => ask(["A", "up.example"]).then((answer) => (/^192/.test(answer) || left === 0 ? undefined : pause().then(() => wait(left - 1))));
  await wait(60);
  console.log(JSON.stringify(await Promise.all(JSON.parse(process.argv[1]).map(ask))));
})();`;

const script = `
ip link set lo up
for address in 10.0.0.53 10.0.0.54 10.0.0.55; do ip address add $address dev lo; done
mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount && echo token > /run/secrets/kubernetes.io/serviceaccount/token
cd "$1"
"$0" -conf Upstreams >upstreams.log 2>&1 & first=$!
"$0" -conf Corefile >coredns.log 2>&1 & second=$!
"$2" -e "$3" "$4"
kill -9 $first $second`;

/** The answers of CoreDNS with a stack's Corefile. */
function answers(sections: Parameters<typeof stackWith>[0], questions: readonly (readonly [string, string])[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-dns-"));
  try {
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", "key.pem", "-out", "cert.pem"];
    const names = ["-subj", "/CN=dns.example", "-addext", "subjectAltName=DNS:dns.example"];
    execFileSync("openssl", [...request, ...names], { cwd: folder, stdio: "ignore" });
    writeFileSync(path.join(folder, "Upstreams"), upstreams);
    writeFileSync(path.join(folder, "Corefile"), corefile(stackWith(sections)));
    const env = { ...process.env, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "1", SSL_CERT_FILE: "cert.pem" };
    const words = ["--net", "--mount", "sh", "-c", script, program ?? "", folder, process.execPath, asker, JSON.stringify(questions)];
    const { stdout, stderr } = spawnSync("unshare", words, { env, encoding: "utf8" });
    if (stderr !== "") throw new Error(stderr);
    return JSON.parse(stdout) as string[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

judged.test(
  `stub domains, fixed names and rewrites${judged.note}`,
  () => {
    const dns = {
      upstream: ["10.0.0.53"],
      zones: [
        { zone: "corp.example", forward: ["10.0.0.54:5353"] },
        { zone: "lab.corp.example", forward: ["tls://10.0.0.55"], tlsServerName: "dns.example" },
        { zone: "wrong.example", forward: ["tls://10.0.0.55"], tlsServerName: "another.example" },
      ],
      hosts: [{ address: "10.0.0.7", names: ["registry.example", "git.corp.example"] }],
      rewrites: [
        { from: "old.example", to: "registry.example" },
        { match: "suffix" as const, from: ".shop.example", to: ".corp.test" },
        { match: "prefix" as const, from: "www-", to: "web-", answer: "none" as const },
        { match: "regex" as const, from: "^(.*)\\.v1\\.example\\.$", to: "{1}.v2.example." },
      ],
    };
    const questions = [
      ["A", "www.example"],
      ["A", "a.corp.example"],
      ["A", "a.lab.corp.example"],
      ["A", "a.wrong.example"],
      ["A", "registry.example"],
      ["A", "git.corp.example"],
      ["A", "old.example"],
      ["A", "a.shop.example"],
      ["A", "a.v1.example"],
    ] as const;
    expect(answers({ dns }, questions)).toEqual([
      "192.0.2.53",
      "192.0.2.54",
      "192.0.2.55",
      // The certificate is another server's.
      "ESERVFAIL",
      "10.0.0.7",
      "10.0.0.7",
      "10.0.0.7",
      "192.0.2.53",
      "192.0.2.53",
    ]);
  },
  40_000,
);

judged.test(
  `a stub domain around the cluster's domain and addresses takes neither${judged.note}`,
  () => {
    const cluster = { domain: "k8s.corp.example", serviceCIDRs: ["10.96.0.0/12"], podCIDRs: ["10.244.0.0/16"] };
    const zones = [
      { zone: "corp.example", forward: ["10.0.0.54:5353"] },
      { zone: "10.in-addr.arpa", forward: ["10.0.0.54:5353"] },
    ];
    const questions = [
      ["A", "a.corp.example"],
      ["PTR", "1.0.8.10.in-addr.arpa"],
      // Without an API server the plugin kubernetes knows no names; the stub domain's resolver would answer.
      ["A", "kubernetes.default.svc.k8s.corp.example"],
      ["PTR", "1.0.96.10.in-addr.arpa"],
      ["PTR", "1.0.100.10.in-addr.arpa"],
      ["PTR", "1.0.244.10.in-addr.arpa"],
    ] as const;
    expect(answers({ cluster, dns: { upstream: ["10.0.0.53"], zones } }, questions)).toEqual([
      "192.0.2.54",
      "office.example",
      "ESERVFAIL",
      // Past the plugin kubernetes, and to the upstream of every name.
      "upstream.example",
      "upstream.example",
      "upstream.example",
    ]);
  },
  40_000,
);

judged.test(
  `own lines and blocks${judged.note}`,
  () => {
    const extra = 'template IN TXT extra.example {\n    answer "{{ .Name }} 60 IN TXT extra"\n}\n';
    const blocks = 'block.example:53 {\n    template IN A {\n        answer "{{ .Name }} 60 IN A 192.0.2.99"\n    }\n}\n';
    const questions = [
      ["TXT", "extra.example"],
      ["A", "a.block.example"],
    ] as const;
    expect(answers({ dns: { upstream: ["10.0.0.53"], extra, blocks } }, questions)).toEqual(["extra", "192.0.2.99"]);
  },
  40_000,
);
