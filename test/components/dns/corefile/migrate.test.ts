import { lintCorefile } from "../../../../components/dns/corefile/lint/lint";
import { migrateCorefile } from "../../../../components/dns/corefile/migrate";
import { corpus } from "./corpus";

test("from the oldest to the newest, comments where they were", () => {
  const old = `# ours
.:53 {
    errors
    health # probes
    kubernetes cluster.local in-addr.arpa {
        pods insecure
        # for external names
        upstream # old
        transfer to *
    }
    proxy . /etc/resolv.conf {
        policy first
    }
    proxy corp.example 10.0.0.53
    cache 30 # seconds
}
`;
  const expected = `# ours
.:53 {
    errors
    health {
        lameduck 5s
    } # probes
    kubernetes cluster.local in-addr.arpa {
        pods insecure
        # for external names
    }
    forward . /etc/resolv.conf {
        policy sequential
        max_concurrent 1000
    }
    cache 30 # seconds
    loop
    ready
    transfer cluster.local {
        to *
    }
}

corp.example {
    forward . 10.0.0.53 {
        max_concurrent 1000
    }
    loop
    errors
    cache 30
}
`;
  const { corefile, notices, remaining } = migrateCorefile(old, { from: "1.1.3", to: "1.14.7" });
  expect(corefile).toBe(expected);
  expect(remaining).toEqual([]);
  expect(notices.map(({ severity, plugin, option = "", version }) => [severity, plugin, option, version].join(" "))).toEqual([
    "newdefault loop  1.2.1",
    "deprecated kubernetes upstream 1.4.0",
    "deprecated proxy  1.4.0",
    "ignored kubernetes upstream 1.5.0",
    "removed proxy  1.5.0",
    "newdefault ready  1.5.0",
    "newdefault health lameduck 1.6.5",
    "newdefault forward max_concurrent 1.7.0",
    "removed kubernetes transfer 1.8.0",
  ]);
});

test("downwards, what the older version doesn't know is taken out", () => {
  const { corefile, notices } = migrateCorefile(
    ".:53 {\n    cache 30 {\n        servfail 5s # short\n        prefetch 10\n    }\n    multisocket 2\n}\n",
    { from: "1.14.7", to: "1.9.3" },
  );
  expect(corefile).toBe(".:53 {\n    cache 30 {\n        prefetch 10\n    }\n}\n");
  expect(notices.map(({ message }) => message)).toEqual([
    "servfail came to cache in 1.9.4, and was taken out",
    "multisocket came in 1.12.0, and was taken out",
  ]);
});

test("what can't be migrated is said", () => {
  const { corefile, remaining } = migrateCorefile(". {\n    federation cluster.local\n}\n", { from: "1.6.9", to: "1.7.0" });
  expect(corefile).toBe(". {\n    federation cluster.local\n}\n");
  expect(remaining).toEqual(["line 2: federation was removed in CoreDNS 1.7.0; 1.7.0 doesn't start with it."]);
});

test.each(corpus)("%s stays as it is between newest releases, and is fine for older ones when it is taken back", (_name, text) => {
  expect(migrateCorefile(text, { from: "1.12.0", to: "1.14.7" }).corefile).toBe(text);
  for (const to of ["1.10.0", "1.11.3", "1.12.1", "1.13.1"]) {
    const { corefile, remaining } = migrateCorefile(text, { from: "1.14.7", to });
    expect(remaining).toEqual([]);
    expect(lintCorefile(corefile, { version: to }).filter(({ severity }) => severity === "error")).toEqual([]);
  }
});
