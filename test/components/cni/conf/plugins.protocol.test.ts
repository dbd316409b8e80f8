import { buildCniPlugins } from "../../../../lab/cniPlugins";
import { showProgress } from "../../../../setup/progress";
import { attachAll, missingGo } from "../../../support/cni";
import { missingNamespaces, testsWith } from "../../../support/judges";
import { examples } from "./examples/all";
import { lint } from "./examples/example";

const { test: realTest, note } = testsWith(missingNamespaces() ?? missingGo());

let plugins = "";
jest.setTimeout(600_000);
beforeAll(async () => {
  plugins = await buildCniPlugins(showProgress());
});

realTest(`print${note}`, async () => {
  for (const [subject, cases] of Object.entries(examples)) {
    const file = (e: (typeof cases)[number]) => (e.options?.kind === "plugin" ? { file: "10-pods.conf" } : {});
    const bad = await attachAll(plugins, cases.map((e) => ({ text: e.bad, ...file(e) })));
    const good = await attachAll(plugins, cases.map((e) => ({ text: e.good, ...file(e) })));
    process.stderr.write(`#### ${subject}\n`);
    cases.forEach((e, i) => {
      process.stderr.write(`${e.name}\n${lint(e.bad, e.options).map((x) => `     ${JSON.stringify(x)}\n`).join("")}   REAL ${bad[i]?.error?.split("\n").at(-1) ?? "ok"}\n`);
      for (const x of lint(e.good, e.options)) process.stderr.write(`  GOOD ${x}\n`);
      if (good[i]?.error) process.stderr.write(`  GOOD REAL ${good[i]?.error?.split("\n").at(-1)}\n`);
    });
  }
});
