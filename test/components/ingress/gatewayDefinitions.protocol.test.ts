import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { gatewayApi } from "../../../core/versions";
import { run } from "../../../setup/run";
import { expectGolden } from "../../support/golden";

/** Without the texts that explain fields: they are most of it, and `kubectl explain` alone shows them. */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key, inner]) => key !== "description" || typeof inner !== "string");
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDescriptions(inner)]));
}

/** `UPDATE_GOLDEN=1` writes the file anew, for another pin in core/versions.ts. */
test("the definitions that Plumbline installs are the standard channel of the pinned Gateway API", async () => {
  const module = `sigs.k8s.io/gateway-api@${gatewayApi.version}`;
  const { Dir } = JSON.parse(await run("go", ["mod", "download", "-json", module], { cwd: "/" })) as { Dir: string };
  const folder = path.join(Dir, "config", "crd", "standard");
  const lines = readdirSync(folder)
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(path.join(folder, file), "utf8")).map((document): unknown => document.toJS()))
    // The admission policy beside them is left out: what Plumbline installs is judged by Plumbline (gatewayApi/live.ts).
    .filter((object) => (object as { kind?: string } | null)?.kind === "CustomResourceDefinition")
    .map((object) => JSON.stringify(withoutDescriptions(object)));
  expectGolden("components/ingress/gatewayApi/standardChannel.json", `[\n${lines.join(",\n")}\n]\n`);
}, 120_000);
