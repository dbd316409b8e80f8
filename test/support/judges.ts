import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "../../setup/paths";

/** Tests by a real program, or skipped with the reason; with CI=true they run all the same, and fail. */
export function testsWith(missing: string | undefined) {
  const isRun = missing === undefined || process.env.CI === "true";
  return { test: isRun ? test : test.skip, note: missing === undefined ? "" : ` (skipped: ${missing})` };
}

/** Why programs can't be run with a network of their own; undefined when they can. */
export function missingNamespaces(): string | undefined {
  return spawnSync("unshare", ["--net", "--mount", "true"]).status === 0 ? undefined : "network namespaces need Linux and root";
}

export function missingNft(): string | undefined {
  const { error } = spawnSync("nft", ["--version"]);
  return error ? "nft is not installed: apt-get install nftables" : missingNamespaces();
}

/** A program that the lab has built, by the name of its cache entry; undefined when it hasn't yet. */
export function builtProgram(name: string): string | undefined {
  const folder = cacheFolder();
  const entries = existsSync(folder)
    ? readdirSync(folder).filter((entry) => entry.startsWith(`${name}-`) && !entry.endsWith(".unfinished"))
    : [];
  return entries.map((entry) => path.join(folder, entry, name)).find((program) => existsSync(program));
}
