import { type LintOptions, lintCorefile } from "../../../../components/dns/corefile/lint/lint";
import { corpus } from "./corpus";

/** What is above a remark, a line each: `error 3:5 message`. */
const lint = (text: string, options: LintOptions = {}) =>
  lintCorefile(text, options)
    .filter(({ severity }) => severity !== "info")
    .map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`);

const block = (line: string) => `.:1053 {\n    ${line}\n}\n`;

interface Example {
  readonly name: string;
  readonly bad: string;
  readonly findings: readonly string[];
  readonly good: string;
  readonly options?: LintOptions;
}

const kubernetes = (properties: string, more = "") => `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        ${properties}
    }
    forward . /etc/resolv.conf
    loop
    reload${more}
}
`;

const syntax: readonly Example[] = [
  {
    name: "a block that isn't closed",
    bad: ". {\n    whoami\n",
    findings: ["error 1:3 The server block isn't closed."],
    good: ". {\n    whoami\n}\n",
  },
  {
    name: "a block that the last plugin closes",
    bad: ". {\n    health {\n    }\n",
    findings: ["warning 1:3 The server block isn't closed; CoreDNS lets the } of its last plugin pass for its own."],
    good: ". {\n    health {\n    }\n}\n",
  },
  {
    name: "one } too many",
    bad: ". {\n    whoami\n}\n}\n",
    findings: ["warning 4:1 This } closes nothing; CoreDNS takes it for a zone."],
    good: ". {\n    whoami\n}\n",
  },
  {
    name: "no space before {",
    bad: "example.org{\n    whoami\n}\n",
    findings: [
      'error 1:1 A space is missing before the { in "example.org{"; CoreDNS takes it for a part of the zone.',
      "warning 3:1 This } closes a block that no { has opened; CoreDNS takes the addresses on line 1 to begin one.",
    ],
    good: "example.org {\n    whoami\n}\n",
  },
  {
    name: "a comma before {",
    bad: "a.example, {\n    whoami\n}\n",
    findings: ["error 1:12 An address is missing behind the last comma."],
    good: "a.example, b.example {\n    whoami\n}\n",
  },
  {
    name: "a comma without space",
    bad: "a.example,b.example {\n    whoami\n}\n",
    findings: ['error 1:1 "a.example,b.example" is one zone to CoreDNS, with a comma in its name.'],
    good: "a.example,\nb.example {\n    whoami\n}\n",
  },
  {
    name: "a block on one line",
    bad: block("health { lameduck 5s }"),
    findings: ["error 2:26 This } stands on the line of a property, which takes it for a value."],
    good: block("health {\n        lameduck 5s\n    }"),
  },
  {
    name: "a semicolon",
    bad: block("cache 30;"),
    findings: ['error 2:11 "30;" ends with a semicolon, which CoreDNS takes for a part of the word.'],
    good: block("cache 30"),
  },
  {
    name: "a colon behind a plugin",
    bad: block("errors:"),
    findings: ['error 2:5 There is no plugin "errors:": a Corefile has no : there.'],
    good: block("errors"),
  },
  {
    name: "a comment in a word",
    bad: block("log example.org#why not"),
    findings: ['warning 2:9 A # in the middle of a word cuts it: CoreDNS reads "example.org", and the comment ends at the next space.'],
    good: block("log example.org # why not"),
  },
  {
    name: "a snippet that isn't there",
    bad: block("import common"),
    findings: ["error 2:12 There is neither a snippet nor a file common; CoreDNS doesn't start."],
    good: `(common) {\n    errors\n}\n${block("import common")}`,
  },
  {
    name: "a snippet below its use",
    bad: `${block("import common")}(common) {\n    errors\n}\n`,
    findings: [
      "error 2:12 The snippet common is defined further down; CoreDNS reads from above.",
      "warning 4:1 Nothing imports the snippet (common).",
    ],
    good: `(common) {\n    errors\n}\n${block("import common")}`,
  },
  {
    name: "a snippet twice",
    bad: `(a) {\n    errors\n}\n(a) {\n    log\n}\n${block("import a")}`,
    findings: ["error 4:1 There is already a snippet (a)."],
    good: `(a) {\n    errors\n}\n(b) {\n    log\n}\n${block("import a\n    import b")}`,
  },
  {
    name: "two wildcards",
    bad: block("import */*.conf"),
    findings: ["error 2:12 CoreDNS allows one wildcard in an import; */*.conf has more."],
    good: block("import conf.d/*.conf"),
  },
  {
    name: "no zone",
    bad: "{\n    whoami\n}\n",
    findings: ["error 1:1 This server block has no zone; CoreDNS leaves it out."],
    good: ". {\n    whoami\n}\n",
  },
];

const servers: readonly Example[] = [
  {
    name: "a zone twice",
    bad: `${block("whoami")}. :1053 {\n    whoami\n}\n`.replace(". :", ".:"),
    findings: ["error 4:1 .:1053 is already served on line 1; CoreDNS doesn't start."],
    good: `${block("whoami")}.:1054 {\n    whoami\n}\n`,
  },
  {
    name: "a zone with and without bind",
    bad: `.:1053 {\n    bind 127.0.0.1\n}\n${block("whoami")}`,
    findings: ["error 4:1 .:1053 is served on line 1 too, there or here on all addresses; CoreDNS doesn't start."],
    good: `.:1053 {\n    bind 127.0.0.1\n}\n.:1053 {\n    bind 127.0.0.2\n}\n`,
  },
  {
    name: "a name that is none",
    bad: "a..example {\n    whoami\n}\n",
    findings: ['error 1:1 "a..example" is no address of a server block: a..example is no domain name.'],
    good: "a.example {\n    whoami\n}\n",
  },
  {
    name: "a port alone",
    bad: ":53 {\n    whoami\n}\n",
    findings: ['error 1:1 ":53" is no address of a server block: the zone is missing before the colon.'],
    good: ".:53 {\n    whoami\n}\n",
  },
  {
    name: "an unknown scheme",
    bad: "http://a.example {\n    whoami\n}\n",
    findings: ["error 1:1 CoreDNS doesn't know http://, and takes it for a part of the zone."],
    good: "dns://a.example {\n    whoami\n}\n",
  },
  {
    name: "QUIC without certificate",
    bad: "quic://. {\n    whoami\n}\n",
    findings: ["error 1:1 quic:// needs tls in its server block; CoreDNS doesn't start."],
    good: "quic://. {\n    tls cert.pem key.pem\n}\n",
  },
  {
    name: "a forward that is never asked",
    bad: block("forward . 10.0.0.1\n    forward corp.example 10.0.0.2"),
    findings: ["warning 3:13 forward on line 2 answers for . too; this one is never asked."],
    good: block("forward corp.example 10.0.0.2\n    forward . 10.0.0.1"),
  },
  {
    name: "a forward outside of its zone",
    bad: "a.example {\n    forward b.example 10.0.0.1\n}\n",
    findings: ["warning 2:13 Queries for b.example never come to this server block."],
    good: "a.example {\n    forward . 10.0.0.1\n}\n",
  },
  {
    name: "two plugins on a port",
    bad: block("health\n    prometheus :8080"),
    findings: ["error 3:16 prometheus listens on port 8080, as health on line 2 does: each gets a part of the requests."],
    good: block("health\n    prometheus :9153"),
  },
  {
    name: "health in two blocks",
    bad: `${block("health")}a.example {\n    health\n}\n`,
    findings: ["warning 5:5 health is on port 8080 already, on line 2; it speaks for all of CoreDNS."],
    good: `${block("health")}a.example {\n    errors\n}\n`,
  },
];

const loops: readonly Example[] = [
  {
    name: "itself by loopback",
    bad: ". {\n    forward . 127.0.0.1\n}\n",
    findings: ["error 2:15 127.0.0.1 is CoreDNS itself: it would ask itself without end."],
    good: ". {\n    forward . 127.0.0.1:5353\n}\n",
  },
  {
    name: "itself by its own address",
    bad: ". {\n    bind 10.0.0.9\n    forward . 10.0.0.9\n}\n",
    findings: ["error 3:15 10.0.0.9 is CoreDNS itself: it would ask itself without end."],
    good: ". {\n    bind 10.0.0.9\n    forward . 127.0.0.1\n}\n",
  },
  {
    name: "the node's systemd-resolved",
    bad: kubernetes("ttl 30"),
    findings: ["error 8:15 The resolv.conf names 127.0.0.53, which in CoreDNS's pod is CoreDNS itself."],
    good: kubernetes("ttl 30").replace("/etc/resolv.conf", "10.0.0.53"),
    options: { resolvConf: "nameserver 127.0.0.53\n" },
  },
  {
    name: "an empty resolv.conf",
    bad: ". {\n    forward . /etc/resolv.conf\n}\n",
    findings: ["error 2:15 The resolv.conf names no server, so /etc/resolv.conf gives forward none; CoreDNS doesn't start."],
    good: ". {\n    forward . 10.0.0.53\n}\n",
    options: { resolvConf: "search example\n" },
  },
];

const wrongArguments: readonly Example[] = [
  {
    name: "a misspelt plugin",
    bad: block("fowrard . 10.0.0.53"),
    findings: ['error 2:5 CoreDNS 1.14.7 has no plugin "fowrard".'],
    good: block("forward . 10.0.0.53"),
  },
  {
    name: "a property outside of its block",
    bad: block("max_concurrent 1000"),
    findings: ["error 2:5 max_concurrent is no plugin; it belongs into the block of forward."],
    good: block("forward . 10.0.0.53 {\n        max_concurrent 1000\n    }"),
  },
  {
    name: "a plugin twice",
    bad: block("cache 30\n    cache 60"),
    findings: ["error 3:5 is there twice in this server block (first on line 2); CoreDNS allows it once."],
    good: block("cache 30"),
  },
  {
    name: "a plugin twice, where the last counts",
    bad: block("health\n    health :8081"),
    findings: ["warning 3:5 is there twice in this server block (first on line 2); CoreDNS only takes the last."],
    good: block("health :8081"),
  },
  {
    name: "a duration without unit",
    bad: block("health {\n        lameduck 5\n    }"),
    findings: ['error 3:18 lameduck wants a duration, not "5": the unit is missing.'],
    good: block("health {\n        lameduck 5s\n    }"),
  },
  {
    name: "a port without colon",
    bad: block("prometheus 9153"),
    findings: ['error 2:16 prometheus wants an address to listen on, not "9153": the colon before the port is missing.'],
    good: block("prometheus :9153"),
  },
  {
    name: "a word too many",
    bad: block("loop now"),
    findings: ['error 2:10 loop takes nothing behind it; "now" is one too many.'],
    good: block("loop"),
  },
  {
    name: "too few words",
    bad: block("forward ."),
    findings: ["error 2:5 forward wants the address of a server, or a resolv.conf behind it."],
    good: block("forward . 10.0.0.53"),
  },
  {
    name: "a misspelt property",
    bad: block("forward . 10.0.0.53 {\n        max_fail 3\n    }"),
    findings: ['error 3:9 forward has no property "max_fail"; CoreDNS doesn\'t start with it.'],
    good: block("forward . 10.0.0.53 {\n        max_fails 3\n    }"),
  },
  {
    name: "an unknown policy",
    bad: block("forward . 10.0.0.53 {\n        policy first\n    }"),
    findings: ['error 3:16 policy wants one of random, round_robin, sequential, not "first": CoreDNS doesn\'t know that.'],
    good: block("forward . 10.0.0.53 {\n        policy sequential\n    }"),
  },
  {
    name: "an address with a prefix",
    bad: block("forward . 10.0.0.256"),
    findings: ['error 2:15 forward wants the address of a server, or a resolv.conf, not "10.0.0.256": that is no IP address.'],
    good: block("forward . 10.0.0.25"),
  },
  {
    name: "tls names without tls",
    bad: block("forward . 9.9.9.9 {\n        tls_servername dns.quad9.net\n    }"),
    findings: ["warning 3:9 tls_servername does nothing: no upstream begins with tls://."],
    good: block("forward . tls://9.9.9.9 {\n        tls_servername dns.quad9.net\n    }"),
  },
  {
    name: "a ttl of nothing",
    bad: block("cache 0"),
    findings: ['error 2:11 cache wants a zone, not "0": a ttl of 0 isn\'t allowed; to cache nothing, leave the plugin out.'],
    good: block("cache 1"),
  },
  {
    name: "a duration for a ttl",
    bad: block("cache 30s"),
    findings: ["warning 2:11 cache takes 30s for a zone, so nothing else is cached: the ttl is a number of seconds."],
    good: block("cache 30 example.org"),
  },
  {
    name: "entries behind fallthrough",
    bad: block("hosts {\n        fallthrough\n        10.0.0.1 a.example\n    }"),
    findings: ['error 4:9 "10.0.0.1" stands behind fallthrough; CoreDNS takes no entries there.'],
    good: block("hosts {\n        10.0.0.1 a.example\n        fallthrough\n    }"),
  },
  {
    name: "an entry the wrong way round",
    bad: block("hosts {\n        a.example 10.0.0.1\n        fallthrough\n    }"),
    findings: ['warning 3:9 The entry "a.example" doesn\'t begin with an IP address; CoreDNS drops it.'],
    good: block("hosts {\n        10.0.0.1 a.example\n        fallthrough\n    }"),
  },
  {
    name: "more groups than there are",
    bad: block(String.raw`rewrite name regex .*\.a\.example {1}.b.example`),
    findings: [String.raw`error 2:39 {1}.b.example uses more groups than .*\.a\.example has (0).`],
    good: block(String.raw`rewrite name regex (.*)\.a\.example {1}.b.example`),
  },
  {
    name: "a look-ahead",
    bad: block("template IN A {\n        match ^(?!a)\n    }"),
    findings: ['error 3:15 match wants a regular expression, not "^(?!a)": Go\'s regular expressions have no look-ahead (?!.'],
    good: block("template IN A {\n        match ^[^a]\n        rcode NXDOMAIN\n    }"),
  },
  {
    name: "a template that isn't closed",
    bad: block('template IN A {\n        answer "{{ .Name } 60 IN A 10.0.0.1"\n    }'),
    findings: ['error 3:16 answer wants a record as a template, not "{{ .Name } 60 IN A 10.0.0.1": a {{ is never closed.'],
    good: block('template IN A {\n        answer "{{ .Name }} 60 IN A 10.0.0.1"\n    }'),
  },
  {
    name: "small letters of a type",
    bad: block("template IN a"),
    findings: ['error 2:17 template wants a record type, not "a": CoreDNS wants it in capital letters.'],
    good: block("template IN A"),
  },
  {
    name: "an acl without net",
    bad: block("acl {\n        allow 10.0.0.0/8\n    }"),
    findings: ['error 3:15 Here only type or net can follow, not "10.0.0.0/8".'],
    good: block("acl {\n        allow net 10.0.0.0/8\n    }"),
  },
  {
    name: "autopath without @",
    bad: block("autopath kubernetes"),
    findings: ["error 2:14 autopath takes kubernetes for a resolv.conf, and there is no such file."],
    good: block("autopath /etc/resolv.conf"),
  },
  {
    name: "a variable is judged where it is known",
    bad: block("cache {$TTL} {\n        prefetch x\n    }"),
    findings: ['error 3:18 prefetch wants a whole number, not "x": that is no whole number.'],
    good: block("cache {$TTL}"),
  },
  {
    name: "a transfer to nobody",
    bad: block("transfer"),
    findings: ["error 2:5 transfer doesn't say who may have the zone."],
    good: block("transfer {\n        to *\n    }"),
  },
];

const cluster: readonly Example[] = [
  {
    name: "an unknown pod mode",
    bad: kubernetes("pods verifed"),
    findings: ['error 6:14 pods wants one of disabled, insecure, verified, not "verifed": CoreDNS doesn\'t know that.'],
    good: kubernetes("pods verified"),
  },
  {
    name: "a ttl out of range",
    bad: kubernetes("ttl 3601"),
    findings: ['error 6:13 ttl wants a whole number, not "3601": it can be at most 3600.'],
    good: kubernetes("ttl 30"),
  },
  {
    name: "a ttl that hurts",
    bad: kubernetes("ttl 3600"),
    findings: ["warning 6:9 ttl 3600 keeps clients on addresses of services and pods that are gone."],
    good: kubernetes("ttl 30"),
  },
  {
    name: "namespaces by name and by label",
    bad: kubernetes("namespaces a\n        namespace_labels app=b"),
    findings: ["error 7:9 kubernetes takes namespaces or namespace_labels, not both."],
    good: kubernetes("namespaces a b"),
  },
  {
    name: "a zone within another",
    bad: kubernetes("ttl 30").replace("in-addr.arpa", "svc.cluster.local"),
    findings: ["warning 5:30 kubernetes serves cluster.local already; names in svc.cluster.local are looked for in the wrong place then."],
    good: kubernetes("ttl 30"),
  },
  {
    name: "a server block that takes the cluster's zone",
    bad: `${kubernetes("ttl 30")}cluster.local {\n    forward . 10.0.0.53\n}\n`,
    findings: ["warning 5:16 The server block on line 12 takes all of cluster.local.; nothing of it comes to kubernetes here."],
    good: `${kubernetes("ttl 30")}corp.example {\n    forward . 10.0.0.53\n}\n`,
  },
  {
    name: "autopath without verified pods",
    bad: kubernetes("pods insecure", "\n    autopath @kubernetes"),
    findings: ["warning 11:14 autopath does nothing with pods insecure: it has to know a pod by its address."],
    good: kubernetes("pods verified", "\n    autopath @kubernetes"),
  },
  {
    name: "no probes",
    bad: kubernetes("ttl 30").replace("    health\n    ready\n", ""),
    findings: [
      "warning 1:1 health is missing: the liveness probe of kubeadm's Deployment asks it, and Kubernetes restarts the pod.",
      "warning 1:1 ready is missing: the readiness probe of kubeadm's Deployment asks it, and no query comes to the pod.",
    ],
    good: kubernetes("ttl 30"),
  },
  {
    name: "no loop",
    bad: kubernetes("ttl 30").replace("    loop\n", ""),
    findings: ["warning 1:1 loop is missing: when an upstream leads back here, CoreDNS eats memory instead of saying so."],
    good: kubernetes("ttl 30"),
  },
  {
    name: "no kubernetes",
    bad: ".:53 {\n    forward . 10.0.0.53\n}\n",
    findings: ["warning 1:1 No server block has kubernetes, so no name of a Service is answered."],
    good: kubernetes("ttl 30"),
    options: { isCluster: true },
  },
];

const versions: readonly Example[] = [
  {
    name: "proxy, deprecated",
    bad: block("proxy . 10.0.0.53"),
    findings: ["warning 2:5 proxy is deprecated since CoreDNS 1.4.0: 1.5.0 doesn't start with it."],
    good: block("forward . 10.0.0.53"),
    options: { version: "1.4.0" },
  },
  {
    name: "proxy, removed",
    bad: block("proxy . 10.0.0.53"),
    findings: ["error 2:5 proxy was removed in CoreDNS 1.5.0; 1.6.2 doesn't start with it."],
    good: block("forward . 10.0.0.53"),
    options: { version: "1.6.2" },
  },
  {
    name: "upstream, ignored",
    bad: kubernetes("upstream"),
    findings: [
      "warning 6:9 upstream in kubernetes is ignored since CoreDNS 1.5.0: external names are looked up by the server itself; 1.7.0 doesn't start with it.",
    ],
    good: kubernetes("ttl 30"),
    options: { version: "1.6.2" },
  },
  {
    name: "upstream, removed",
    bad: kubernetes("upstream"),
    findings: ["error 6:9 upstream was removed from kubernetes in CoreDNS 1.7.0; 1.14.7 doesn't start with it."],
    good: kubernetes("ttl 30"),
  },
  {
    name: "federation",
    bad: block("federation cluster.local"),
    findings: ["error 2:5 federation was removed in CoreDNS 1.7.0; 1.14.7 doesn't start with it."],
    good: block("errors"),
  },
  {
    name: "a plugin that is too new",
    bad: block("multisocket"),
    findings: ["error 2:5 multisocket came in CoreDNS 1.12.0; 1.11.3 doesn't start with it."],
    good: block("bufsize"),
    options: { version: "1.11.3" },
  },
  {
    name: "a property that is too new",
    bad: block("cache {\n        keepttl\n    }"),
    findings: ["error 3:9 keepttl came to cache in CoreDNS 1.10.1; 1.9.3 doesn't know it."],
    good: block("cache 30"),
    options: { version: "1.9.3" },
  },
  {
    name: "forward twice before 1.9.4",
    bad: block("forward a.example 10.0.0.1\n    forward b.example 10.0.0.1"),
    findings: ["error 3:5 is there twice in this server block (first on line 2); CoreDNS allows it once."],
    good: block("forward . 10.0.0.1"),
    options: { version: "1.9.3" },
  },
  {
    name: "a plugin of somebody else's",
    bad: block("k8s_gateway example.org"),
    findings: ["error 2:5 The plugin k8s_gateway is not part of CoreDNS's own releases, which don't start with it."],
    good: block("k8s_external example.org\n    kubernetes cluster.local"),
    options: { isCluster: false },
  },
];

describe.each([
  ["syntax", syntax],
  ["server blocks", servers],
  ["loops", loops],
  ["arguments", wrongArguments],
  ["a cluster's Corefile", cluster],
  ["versions", versions],
])("%s", (_group, examples) => {
  test.each(examples)("$name", ({ bad, findings, good, options }) => {
    expect(lint(bad, options)).toEqual(findings);
    expect(lint(good, options)).toEqual([]);
  });
});

test.each(corpus)("nothing above a remark in %s", (_name, text) => expect(lint(text)).toEqual([]));

test("all mistakes at once, each with its mend", () => {
  const text = ". {\n    helth\n    cache x {\n        prefetch\n    }\n    loop 1\n";
  expect(lintCorefile(text).map(({ message, mend }) => [message, mend])).toEqual([
    ["The server block isn't closed.", "Write } on a line of its own behind its last plugin."],
    ['CoreDNS 1.14.7 has no plugin "helth".', "Did you mean health?"],
    ["prefetch wants a whole number behind it.", "Write for example: prefetch 10"],
    ['loop takes nothing behind it; "1" is one too many.', "Write loop alone."],
  ]);
});

test("a snippet that is imported twice is judged once, in its own place", () => {
  expect(lint("(a) {\n    cache 0\n}\na.example {\n    import a\n}\nb.example {\n    import a\n}\n")).toEqual([
    'error 2:11 cache wants a zone, not "0": a ttl of 0 isn\'t allowed; to cache nothing, leave the plugin out.',
  ]);
});

test("what an import brings from another file is judged where it is imported", () => {
  const files = (pattern: string) => (pattern === "more.conf" ? [{ path: "/etc/coredns/more.conf", text: "log\nlopo\n" }] : []);
  expect(lint(block("import more.conf"), { files })).toEqual(['error 2:12 CoreDNS 1.14.7 has no plugin "lopo".']);
});
