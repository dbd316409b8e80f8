import { existsSync } from "node:fs";
import { UserError } from "../core/finding";
import type { Progress } from "./progress";
import { attempt, run } from "./run";

/**
 * Makes sure that Debian packages are installed; asks the archive only for what is missing.
 * Throws a `UserError` when some are missing and this isn't Debian or the user isn't root.
 */
export async function ensureDebianPackages(packages: readonly string[], progress: Progress): Promise<void> {
  if (!existsSync("/etc/debian_version")) {
    throw new UserError(`This needs Debian 12 or a system made from it, with these packages: ${packages.join(" ")}.`);
  }
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new UserError(
      `Debian packages are missing and only root can install them: run "apt-get install ${missing.join(" ")}" as root, or this command as root.`,
    );
  }
  await progress.step(`Install Debian packages: ${missing.join(" ")}`, "about half a minute", async (log) => {
    const options = { log, env: { DEBIAN_FRONTEND: "noninteractive" } };
    await run("dpkg", ["--configure", "-a"], options); // An installation that was interrupted would make apt-get refuse.
    await run("apt-get", ["update"], options);
    await run("apt-get", ["install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...missing], options);
  });
}

async function missingPackages(packages: readonly string[]): Promise<string[]> {
  // dpkg-query fails when it doesn't know one of the names, and still prints the others.
  const { stdout } = await attempt("dpkg-query", ["--show", "--showformat", `\${Package} \${db:Status-Status}\n`, ...packages]);
  const installed = new Set(stdout.split("\n").flatMap((line) => (line.endsWith(" installed") ? [line.split(" ")[0]] : [])));
  return packages.filter((name) => !installed.has(name));
}
