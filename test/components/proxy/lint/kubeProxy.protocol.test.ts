import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { gateNames, judgeGate } from "../../../../components/proxy/lint/gates";
import { lintProxyConfiguration } from "../../../../components/proxy/lint/lint";
import { builtProgram, testsWith } from "../../../support/judges";
import { anyConfiguration } from "./anyConfiguration";
import { cases, file } from "./cases";

const kubernetes = builtProgram("kubernetes");
const judged = testsWith(kubernetes ? undefined : "kube-proxy isn't built: `plumbline lab up` builds it");
const version = { major: 1, minor: 34 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-proxy-lint-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What kube-proxy makes of a file: it decodes, fills in defaults, validates, and writes what it would run with instead of running. */
function kubeProxy(text: string) {
  const config = path.join(folder, "config.conf");
  writeFileSync(config, text);
  const { status, stderr } = spawnSync(kubernetes ?? "", [`--config=${config}`, `--write-config-to=${path.join(folder, "written")}`], {
    argv0: "kube-proxy",
    encoding: "utf8",
  });
  return { isRefused: status !== 0, isLenient: stderr.includes("Using lenient decoding"), stderr };
}

judged.test.each(Object.entries(cases))(`kube-proxy agrees about %s${judged.note}`, (_, { yaml, endsLater }) => {
  const findings = lintProxyConfiguration(file(yaml), version);
  const hasError = findings.some(({ severity }) => severity === "error");
  const real = kubeProxy(file(yaml));
  expect({ isRefused: real.isRefused, stderr: real.stderr }).toEqual({ isRefused: hasError && !endsLater, stderr: real.stderr });
  // What it passes over because it doesn't know it is what lint says it ignores.
  const unknown = findings.filter(({ message }) => /logs that|ignores it/.test(message));
  if (!hasError) expect({ isLenient: real.isLenient, stderr: real.stderr }).toEqual({ isLenient: unknown.length > 0, stderr: real.stderr });
});

const gates = (value: boolean) =>
  file(
    `featureGates:\n${gateNames
      .filter((name) => judgeGate(name, value, version).kind === "fine")
      .map((name) => `  ${name}: ${value}\n`)
      .join("")}`,
  );

judged.test.each([true, false])(`kube-proxy takes every feature gate that may be %s${judged.note}`, (value) => {
  expect(kubeProxy(gates(value))).toMatchObject({ isRefused: false });
});

const locked = gateNames.flatMap((name) =>
  [true, false].filter((value) => judgeGate(name, value, version).kind === "locked").map((value) => ({ name, value })),
);

judged.test(`kube-proxy refuses every feature gate that is locked${judged.note}`, () => {
  expect(locked.length).toBeGreaterThan(40);
  const refusals = locked.map(({ name, value }) => ({ name, ...kubeProxy(file(`featureGates: {${name}: ${value}}`)) }));
  expect(refusals.filter(({ isRefused, stderr }) => !isRefused || !stderr.includes("feature is locked"))).toEqual([]);
});

/** What kube-proxy's validation doesn't see: it would end later, when it uses the value. */
const endsLater = (path: string) => ["ipvs.scheduler", "detectLocal.bridgeInterface", "detectLocal.interfaceNamePrefix"].includes(path);

judged.test(
  `kube-proxy agrees about any values of any fields${judged.note}`,
  () => {
    fc.assert(
      fc.property(anyConfiguration, (configuration) => {
        const text = JSON.stringify(configuration);
        const errors = lintProxyConfiguration(text, version).filter(({ severity }) => severity === "error");
        const isCertain = !errors.some(({ path: place, message }) => endsLater(place.join(".")) || message.includes("of the same address"));
        if (isCertain) expect({ text, isRefused: kubeProxy(text).isRefused }).toEqual({ text, isRefused: errors.length > 0 });
      }),
      { numRuns: Number(process.env.KUBE_PROXY_RUNS ?? 60) },
    );
  },
  600_000,
);
