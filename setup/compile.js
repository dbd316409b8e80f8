// Compiles the TypeScript of every room to dist/, file for file, so that commands start quickly. Types are checked by `npm run check`.
const { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const dist = path.join(root, "dist");
const rooms = ["analysis", "bench", "cli", "components", "core", "lab", "offline", "setup"];

function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? files(full) : [full];
  });
}

/** Compiles when a source is newer than the last compilation. Writes in place, file by file: other commands may be running from dist/. */
function compile() {
  const sources = rooms.flatMap((room) => files(path.join(root, room))).filter((file) => /\.(ts|sh|json)$/.test(file));
  const target = (file) => path.join(dist, path.relative(root, file)).replace(/\.ts$/, ".js");
  const stamp = path.join(dist, "package.json");
  const newest = Math.max(...[...sources, __filename].map((file) => statSync(file).mtimeMs));
  const started = new Date();
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newest && sources.every((file) => existsSync(target(file)))) return;
  require("esbuild").buildSync({
    entryPoints: sources.filter((file) => file.endsWith(".ts")),
    outbase: root,
    outdir: dist,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "linked",
    logLevel: "warning",
  });
  for (const file of sources.filter((source) => !source.endsWith(".ts"))) {
    mkdirSync(path.dirname(target(file)), { recursive: true });
    copyFileSync(file, target(file));
  }
  // What is left of sources that are gone could be found by a require.
  const expected = new Set([stamp, ...sources.flatMap((file) => [target(file), `${target(file)}.map`])]);
  for (const file of files(dist)) if (!expected.has(file)) rmSync(file, { force: true });
  writeFileSync(stamp, '{ "type": "commonjs" }\n');
  utimesSync(stamp, started, started);
}

module.exports = { compile };
if (require.main === module) compile();
