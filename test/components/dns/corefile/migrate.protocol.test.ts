import { execFileSync } from "node:child_process";
import path from "node:path";
import { type MigrateSettings, migrateCorefile } from "../../../../components/dns/corefile/migrate";
import { parseCorefile, type Statement } from "../../../../components/dns/corefile/tree";
import { releases } from "../../../../components/dns/corefile/versions";
import { goBuild } from "../../../../setup/goBuild";
import { showProgress } from "../../../../setup/progress";

// Migrations upwards against the official library, github.com/coredns/corefile-migration, on the same inputs.
interface Official {
  readonly Corefile: string;
  readonly Error: string;
  readonly Notices: readonly { Plugin: string; Option: string; Severity: string }[] | null;
}

let program = "";

beforeAll(async () => {
  const module = path.join(__dirname, "migration");
  const build = {
    name: "corefile-migration",
    version: "1.0.36",
    module,
    package: ".",
    ldflags: "-s -w",
    cgo: false,
    expect: "half a minute",
  };
  program = await goBuild(build, showProgress({ write: () => true }));
}, 300_000);

function official(inputs: readonly (MigrateSettings & { corefile: string; down?: boolean })[]): {
  versions: string[];
  results: Official[];
} {
  return JSON.parse(execFileSync(program, { input: JSON.stringify(inputs), encoding: "utf8", maxBuffer: 1e8 }));
}

/** What a Corefile says, whatever the order and the layout. */
function meaning(text: string): unknown {
  const said = ({ words, body }: Statement): string => `${words.map((word) => word.text).join(" ")} {${body.map(said).sort().join("; ")}}`;
  return parseCorefile(text).statements.map(said).sort();
}

const kubernetes = (properties: string) => `    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
${properties}        fallthrough in-addr.arpa ip6.arpa
    }
`;
const corefiles: readonly string[] = [
  `.:53 {\n    errors\n    health\n${kubernetes("        upstream\n")}    prometheus :9153\n    proxy . /etc/resolv.conf\n    cache 30\n    reload\n}\n`,
  `.:53 {\n    errors\n    health\n${kubernetes("        upstream 8.8.8.8\n        resyncperiod 1m\n        endpoint http://a http://b\n        transfer to 10.0.0.1 10.0.0.2\n")}    forward . 10.0.0.53\n    loop\n}\n`,
  `. {\n${kubernetes("        ttl 30\n")}    proxy . 10.0.0.53 10.0.0.54 {\n        policy least_conn\n        except a.example\n        max_fails 3\n        fail_timeout 5s\n        health_check /health\n        spray\n        protocol dns\n    }\n}\n`,
  `.:53 {\n    errors\n${kubernetes("")}    proxy . 10.0.0.53 {\n        protocol https_google\n    }\n}\nexample.org {\n    forward . 10.0.0.1\n}\n`,
  `.:53 {\n    health {\n        lameduck 10s\n    }\n    ready\n${kubernetes("")}    forward corp.example 10.0.0.53\n    forward . /etc/resolv.conf {\n        max_concurrent 5\n    }\n    loop\n    log . "{type} {name}" {\n        class error\n    }\n}\n`,
];

const pairs: readonly (readonly [string, string])[] = [
  ["1.1.3", "1.14.7"],
  ["1.1.3", "1.2.2"],
  ["1.2.6", "1.3.1"],
  ["1.3.1", "1.6.2"],
  ["1.3.1", "1.4.0"],
  ["1.4.0", "1.5.0"],
  ["1.6.2", "1.6.7"],
  ["1.6.7", "1.7.0"],
  ["1.7.0", "1.8.0"],
  ["1.8.0", "1.8.4"],
  ["1.5.0", "1.15.0"],
  ["1.9.3", "1.12.1"],
  ["1.12.1", "1.12.1"],
];

test("the same releases", () => expect(official([]).versions).toEqual(releases));

describe.each([false, true])("upwards, what is only deprecated replaced: %s", (deprecations) => {
  test.each(pairs)("from %s to %s: the same Corefile, the same notices", (from, to) => {
    const inputs = corefiles.map((corefile) => ({ corefile, from, to, deprecations }));
    for (const [index, expected] of official(inputs).results.entries()) {
      const { corefile = "" } = inputs[index] ?? {};
      const own = migrateCorefile(corefile, { from, to, deprecations });
      expect(expected.Error).toBe("");
      expect(meaning(own.corefile)).toEqual(meaning(expected.Corefile));
      const theirs = (expected.Notices ?? []).filter(({ Severity }) => Severity !== "newdefault");
      const ours = own.notices.filter(({ severity }) => severity !== "newdefault");
      const severities = new Set(theirs.map(({ Plugin, Option, Severity }) => `${Severity} ${Plugin} ${Option}`));
      expect(ours.filter(({ severity, plugin, option = "" }) => !severities.has(`${severity} ${plugin} ${option}`))).toEqual([]);
      const subjects = new Set(ours.map(({ plugin, option = "" }) => `${plugin} ${option}`));
      // The library speaks of every protocol of proxy; only https_google is gone.
      const missed = theirs.filter(({ Plugin, Option }) => !subjects.has(`${Plugin} ${Option}`) && Option !== "protocol");
      expect(missed).toEqual([]);
    }
  });
});

test("downwards, below a plugin's first release, the library takes the same plugins out", () => {
  const corefile = `.:53 {\n    ready\n${kubernetes("")}    forward . 10.0.0.53\n    loop\n}\n`;
  for (const to of ["1.4.0", "1.2.0"]) {
    const [expected] = official([{ corefile, from: "1.6.2", to, down: true }]).results;
    expect(meaning(migrateCorefile(corefile, { from: "1.6.2", to }).corefile)).toEqual(meaning(expected?.Corefile ?? ""));
  }
});
